'use client'

import { Command } from 'cmdk'
import { Keyboard, LogOut, Monitor, Moon, Plus, Search, Sun } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { Dialog } from '../ui/dialog'
import { mayLeave } from './leave'
import { Found } from './palette-found'
import { groupClass, Item } from './palette-item'
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
