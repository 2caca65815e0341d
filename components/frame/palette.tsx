'use client'

import { useQuery } from '@tanstack/react-query'
import { Command } from 'cmdk'
import {
  Cable,
  History,
  Inbox,
  Keyboard,
  LogOut,
  Monitor,
  Moon,
  Plus,
  Search,
  ShieldCheck,
  Sun,
  UserRound,
  Wrench,
} from 'lucide-react'
import { useRouter } from 'next/navigation'
import { type ReactNode, useState } from 'react'
import type { ConnectionView } from '../../server/connections/schemas'
import type { ReviewView } from '../../server/reviews/schemas'
import type { SessionList } from '../../server/sessions/schemas'
import type { PolicyDocument } from '../../server/types'
import { get } from '../api'
import { Dialog } from '../ui/dialog'
import { Time } from '../ui/time'
import { mayLeave } from './leave'
import type { Person, Place } from './places'
import { applyTheme } from './theme'
import { leave } from './viewer-menu'

type Props = {
  open: boolean
  onOpenChange(open: boolean): void
  onKeys(): void
  places: Place[]
  viewer: Person
}

const itemClass =
  'flex min-h-9 cursor-pointer items-center gap-2.5 rounded-md px-2 py-1 text-[13px] data-[selected=true]:bg-surface-sunken'
const groupClass =
  'px-2 pb-1 **:[[cmdk-group-heading]]:px-2 **:[[cmdk-group-heading]]:pt-2 **:[[cmdk-group-heading]]:pb-1 **:[[cmdk-group-heading]]:text-[12px] **:[[cmdk-group-heading]]:text-ink-soft'

/** Finds everything: pages, actions, questions, people, tools, connections, roles and sessions. */
export function Palette({ open, onOpenChange, onKeys, places, viewer }: Props) {
  const router = useRouter()
  const close = () => onOpenChange(false)
  const go = (href: string) => {
    close()
    if (mayLeave(href)) router.push(href)
  }
  const [typed, setTyped] = useState('')
  return (
    <Dialog open={open} onClose={close} title="Find anything" at="top" bare>
      <Command label="Find anything" loop>
        <div className="flex items-center gap-2.5 border-b border-line px-4">
          <Search size={16} className="shrink-0 text-ink-soft" aria-hidden />
          <Command.Input
            autoFocus
            value={typed}
            onValueChange={setTyped}
            placeholder="Pages, people, tools, roles, sessions, actions"
            className="h-12 w-full bg-transparent text-[14px] outline-none placeholder:text-ink-soft"
          />
        </div>
        <Command.List className="max-h-[min(420px,60dvh)] overflow-y-auto py-1">
          <Command.Empty className="px-4 py-8 text-center text-ink-soft">Nothing by that name.</Command.Empty>
          <Command.Group heading="Pages" className={groupClass}>
            {places.map((place) => (
              <Item key={place.href} value={`page ${place.name}`} icon={place.icon} onSelect={() => go(place.href)}>
                <span className="flex-1">{place.name}</span>
                <kbd className="font-mono text-[11px] text-ink-soft">{place.keys}</kbd>
              </Item>
            ))}
          </Command.Group>
          {open ? <Found go={go} all={viewer.admin || viewer.auditor} /> : null}
          <Actions {...{ go, close, onKeys, viewer }} />
          {typed.trim() === '' ? null : (
            <Command.Group heading="Search" className={groupClass} forceMount>
              <Item
                value={`search ${typed}`}
                icon={Search}
                onSelect={() => go(`/sessions?text=${encodeURIComponent(typed.trim())}`)}
              >
                Calls and replies with “{typed.trim()}”
              </Item>
            </Command.Group>
          )}
        </Command.List>
      </Command>
    </Dialog>
  )
}

type ItemProps = { value: string; icon: Place['icon']; onSelect: () => void; children: ReactNode }

function Item({ value, icon: Icon, onSelect, children }: ItemProps) {
  return (
    <Command.Item value={value} onSelect={onSelect} className={itemClass}>
      <Icon size={14} className="shrink-0 text-ink-soft" aria-hidden />
      {children}
    </Command.Item>
  )
}

type ActionProps = { go(href: string): void; close(): void; onKeys(): void; viewer: Person }

function Actions({ go, close, onKeys, viewer }: ActionProps) {
  const theme = (name: 'light' | 'dark' | 'system') => () => {
    applyTheme(name)
    close()
  }
  return (
    <Command.Group heading="Actions" className={groupClass}>
      {viewer.admin ? (
        <Item value="action add a connection" icon={Plus} onSelect={() => go('/connections/new')}>
          Add a connection
        </Item>
      ) : null}
      {viewer.admin ? (
        <Item value="action enrol an agent" icon={Plus} onSelect={() => go('/agents/new')}>
          Enrol an agent
        </Item>
      ) : null}
      <Item value="action keys shortcuts help" icon={Keyboard} onSelect={onKeys}>
        Show the keys
      </Item>
      <Item value="action theme light" icon={Sun} onSelect={theme('light')}>
        Light theme
      </Item>
      <Item value="action theme dark" icon={Moon} onSelect={theme('dark')}>
        Dark theme
      </Item>
      <Item value="action theme system" icon={Monitor} onSelect={theme('system')}>
        System theme
      </Item>
      <Item value="action sign out" icon={LogOut} onSelect={() => void leave()}>
        Sign out
      </Item>
    </Command.Group>
  )
}

const mono = 'font-mono text-[12px]'
const sessionsShown = 30

function Found({ go, all }: { go(href: string): void; all: boolean }) {
  const read = <T,>(key: string, path: string) => ({ queryKey: [key, 'palette'], queryFn: () => get<T>(path) })
  const { data: reviews = [] } = useQuery(read<ReviewView[]>('reviews', '/api/reviews'))
  const { data: connections = [] } = useQuery(read<ConnectionView[]>('connections', '/api/connections'))
  const { data: policy } = useQuery(read<{ document: PolicyDocument }>('policy', '/api/policy'))
  const { data: recent } = useQuery(read<SessionList>('sessions', `/api/sessions?limit=${sessionsShown}`))
  const sessions = recent?.sessions ?? []
  const people = all ? [...new Set(sessions.map((session) => session.principal))] : []
  const tools = connections.flatMap(({ name, tools: known }) => known.map((tool) => ({ on: name, name: tool.name })))
  const groups: [heading: string, items: ReactNode[]][] = [
    [
      'Questions',
      reviews.map(({ id, caller, resource }) => (
        <Item
          key={id}
          value={`review ${caller.name} ${resource.id} ${id}`}
          icon={Inbox}
          onSelect={() => go(`/reviews/${id}`)}
        >
          <span>
            {caller.name} wants <code className={mono}>{resource.id}</code>
          </span>
        </Item>
      )),
    ],
    [
      'People',
      people.map((person) => (
        <Item
          key={person}
          value={`person ${person}`}
          icon={UserRound}
          onSelect={() => go(`/sessions?person=${encodeURIComponent(person)}`)}
        >
          Sessions of {person}
        </Item>
      )),
    ],
    [
      'Connections and tools',
      [
        ...connections.map(({ name }) => (
          <Item key={name} value={`connection ${name}`} icon={Cable} onSelect={() => go(`/connections/${name}`)}>
            <code className={mono}>{name}</code>
          </Item>
        )),
        ...tools.map((tool) => (
          <Item
            key={`${tool.on} ${tool.name}`}
            value={`tool ${tool.on} ${tool.name}`}
            icon={Wrench}
            onSelect={() => go(`/sessions?connection=${tool.on}&tool=${encodeURIComponent(tool.name)}`)}
          >
            <span>
              Calls of <code className={mono}>{tool.name}</code> on {tool.on}
            </span>
          </Item>
        )),
      ],
    ],
    [
      'Roles',
      (policy?.document.roles ?? []).map(({ name, description }) => (
        <Item
          key={name}
          value={`role ${name} ${description}`}
          icon={ShieldCheck}
          onSelect={() => go(`/roles#role-${encodeURIComponent(name)}`)}
        >
          <span className="shrink-0 font-medium">{name}</span>
          <span className="min-w-0 truncate text-ink-soft">{description}</span>
        </Item>
      )),
    ],
    [
      'Last sessions',
      sessions.map((session) => (
        <Item
          key={session.id}
          value={`session ${session.principal} ${session.client} ${session.connection} ${session.id}`}
          icon={History}
          onSelect={() => go(`/sessions/${session.id}`)}
        >
          <span className="min-w-0 flex-1 truncate">
            {session.principal} on {session.connection}
            {session.client === '' ? '' : `, ${session.client}`}
          </span>
          <Time at={session.lastAt} className="text-ink-soft" />
        </Item>
      )),
    ],
  ]
  return groups
    .filter(([, items]) => items.length > 0)
    .map(([heading, items]) => (
      <Command.Group key={heading} heading={heading} className={groupClass}>
        {items}
      </Command.Group>
    ))
}
