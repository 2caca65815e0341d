'use client'

import { Menu } from '@base-ui/react/menu'
import { LogOut, Monitor, Moon, Sun, UserRound } from 'lucide-react'
import { useState } from 'react'
import { toast } from 'sonner'
import { signOut } from '../../app/sign-in/sign-out'
import type { Person } from './frame'
import { type Theme, themeCookie, themes } from './theme'

const icons = { system: Monitor, light: Sun, dark: Moon } satisfies Record<Theme, unknown>
const item =
  'flex w-full items-center gap-2 rounded-md px-2 py-1.5 text-[13px] outline-none data-highlighted:bg-surface-sunken'

export function ViewerMenu({ viewer, theme, narrow }: { viewer: Person; theme: Theme; narrow: boolean }) {
  const [chosen, setChosen] = useState(theme)
  const choose = (next: Theme) => {
    setChosen(next)
    // biome-ignore lint/suspicious/noDocumentCookie: the server reads it with the first byte; the Cookie Store API is not everywhere yet
    document.cookie = `${themeCookie}=${next}; path=/; max-age=31536000; samesite=lax`
    if (next === 'system') delete document.documentElement.dataset.theme
    else document.documentElement.dataset.theme = next
  }
  return (
    <Menu.Root>
      <Menu.Trigger
        className="flex items-center gap-2.5 rounded-md px-2 py-1.5 text-left text-[13px] hover:bg-surface-sunken"
        aria-label={`${viewer.name}: theme and sign-out`}
      >
        <UserRound size={16} className="text-ink-soft" aria-hidden />
        {narrow ? null : (
          <span className="min-w-0">
            <span className="block truncate font-medium">{viewer.name}</span>
            <span className="block truncate text-ink-soft">{viewer.groups.join(', ') || 'no groups'}</span>
          </span>
        )}
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner side="top" align="start" sideOffset={6} className="z-50">
          <Menu.Popup className="w-52 rounded-md border border-line bg-surface-raised p-1 shadow-lg outline-none">
            {themes.map((name) => {
              const Icon = icons[name]
              return (
                <Menu.Item key={name} className={item} onClick={() => choose(name)} closeOnClick={false}>
                  <Icon size={14} aria-hidden />
                  <span className="flex-1 capitalize">{name} theme</span>
                  {chosen === name ? <span aria-hidden>✓</span> : null}
                </Menu.Item>
              )
            })}
            <div className="my-1 border-t border-line" />
            <Menu.Item className={item} onClick={() => signOut().catch((error: Error) => toast.error(error.message))}>
              <LogOut size={14} aria-hidden />
              Sign out
            </Menu.Item>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  )
}
