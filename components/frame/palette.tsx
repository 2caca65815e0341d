'use client'

import { Command } from 'cmdk'
import { LogOut } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useEffect, useState } from 'react'
import { signOut } from '../../app/sign-in/sign-out'
import { get } from '../api'
import { Dialog } from '../ui/dialog'
import type { Person } from './frame'
import type { Place } from './places'

type Props = { open: boolean; onOpenChange(open: boolean): void; places: Place[]; viewer: Person }
type Found = {
  connections: { name: string; tools: { name: string }[] }[]
  reviews: { id: string; caller: { name: string }; resource: { id: string } }[]
}

const itemClass =
  'flex cursor-pointer items-center gap-2 rounded-md px-2 py-1.5 text-[13px] data-[selected=true]:bg-surface-sunken'

/** Finds pages, connections, tools and waiting questions. */
export function Palette({ open, onOpenChange, places }: Props) {
  const router = useRouter()
  const [found, setFound] = useState<Found>({ connections: [], reviews: [] })
  useEffect(() => {
    if (!open) return
    Promise.all([get<Found['connections']>('/api/connections'), get<Found['reviews']>('/api/reviews')])
      .then(([connections, reviews]) => setFound({ connections, reviews }))
      .catch(() => {})
  }, [open])
  const go = (href: string) => {
    onOpenChange(false)
    router.push(href)
  }
  return (
    <Dialog open={open} onClose={() => onOpenChange(false)} title="Find">
      <Command label="Find anything" className="-mx-2">
        <Command.Input
          autoFocus
          placeholder="Pages, connections, tools, questions"
          className="h-9 w-full border-b border-line bg-transparent px-2 text-[14px] outline-none"
        />
        <Command.List className="max-h-72 overflow-y-auto pt-2">
          <Command.Empty className="px-2 py-6 text-center text-ink-soft">Nothing by that name.</Command.Empty>
          {places.map((place) => (
            <Command.Item
              key={place.href}
              value={`page ${place.name}`}
              onSelect={() => go(place.href)}
              className={itemClass}
            >
              <place.icon size={14} className="text-ink-soft" aria-hidden />
              <span className="flex-1">{place.name}</span>
              <kbd className="font-mono text-[11px] text-ink-soft">{place.keys}</kbd>
            </Command.Item>
          ))}
          {found.reviews.map((review) => (
            <Command.Item
              key={review.id}
              value={`review ${review.caller.name} ${review.resource.id} ${review.id}`}
              onSelect={() => go(`/reviews/${review.id}`)}
              className={itemClass}
            >
              {review.caller.name} wants <code className="font-mono text-[12px]">{review.resource.id}</code>
            </Command.Item>
          ))}
          {found.connections.flatMap(({ name, tools }) => [
            <Command.Item
              key={name}
              value={`connection ${name}`}
              onSelect={() => go(`/connections/${name}`)}
              className={itemClass}
            >
              Connection <code className="font-mono text-[12px]">{name}</code>
            </Command.Item>,
            ...tools.map((tool) => (
              <Command.Item
                key={`${name} ${tool.name}`}
                value={`tool ${name} ${tool.name}`}
                onSelect={() => go(`/sessions?connection=${name}&tool=${tool.name}`)}
                className={itemClass}
              >
                Calls of <code className="font-mono text-[12px]">{tool.name}</code> on {name}
              </Command.Item>
            )),
          ])}
          <Command.Item value="sign out" onSelect={() => void signOut()} className={itemClass}>
            <LogOut size={14} className="text-ink-soft" aria-hidden />
            Sign out
          </Command.Item>
        </Command.List>
      </Command>
    </Dialog>
  )
}
