'use client'

import { Menu } from '@base-ui/react/menu'
import { Check, LogOut, Monitor, Moon, Sun, UserRound } from 'lucide-react'
import { useState } from 'react'
import { toast } from 'sonner'
import { signOut } from '../../app/sign-in/sign-out'
import type { Person } from './places'
import { applyTheme, type Theme, themes } from './theme'

const icons = { system: Monitor, light: Sun, dark: Moon } satisfies Record<Theme, unknown>
const words = { system: 'System theme', light: 'Light theme', dark: 'Dark theme' } satisfies Record<Theme, string>
const item =
  'flex w-full items-center gap-2 rounded-md px-2 py-1.5 text-[13px] outline-none data-highlighted:bg-surface-sunken'

export const leave = () => signOut().catch((error: Error) => toast.error(error.message))

export function ViewerMenu({ viewer, theme, narrow }: { viewer: Person; theme: Theme; narrow: boolean }) {
  const [chosen, setChosen] = useState(theme)
  const choose = (next: Theme) => {
    setChosen(next)
    applyTheme(next)
  }
  return (
    <Menu.Root>
      <Menu.Trigger
        className="flex min-w-0 flex-1 items-center gap-2.5 rounded-md px-2 py-1.5 text-left text-[13px] hover:bg-surface-sunken"
        aria-label={`${viewer.name}: theme and sign-out`}
      >
        <UserRound size={16} className="shrink-0 text-ink-soft" aria-hidden />
        {narrow ? null : (
          <span className="min-w-0">
            <span className="block truncate font-medium">{viewer.name}</span>
            <span className="block truncate text-ink-soft">{viewer.groups.join(', ') || 'no groups'}</span>
          </span>
        )}
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner side="top" align="start" sideOffset={6} className="z-50">
          <Menu.Popup className="w-52 rounded-md border border-line bg-surface-raised p-1 shadow-float outline-none">
            <Menu.RadioGroup value={chosen} onValueChange={choose}>
              {themes.map((name) => {
                const Icon = icons[name]
                return (
                  <Menu.RadioItem key={name} value={name} className={item} closeOnClick={false}>
                    <Icon size={14} aria-hidden />
                    <span className="flex-1">{words[name]}</span>
                    <Menu.RadioItemIndicator>
                      <Check size={14} aria-hidden />
                    </Menu.RadioItemIndicator>
                  </Menu.RadioItem>
                )
              })}
            </Menu.RadioGroup>
            <div className="my-1 border-t border-line" />
            <Menu.Item className={item} onClick={leave}>
              <LogOut size={14} aria-hidden />
              Sign out
            </Menu.Item>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  )
}

/** The same as plain controls, for a sheet on a phone. */
export function ViewerChoices({ theme }: { theme: Theme }) {
  const [chosen, setChosen] = useState(theme)
  return (
    <>
      <fieldset className="flex items-center gap-1 px-2 py-1.5">
        <legend className="sr-only">Theme</legend>
        {themes.map((name) => {
          const Icon = icons[name]
          return (
            <label
              key={name}
              className="flex h-9 flex-1 cursor-pointer items-center justify-center gap-2 rounded-md border border-line text-[13px] capitalize has-checked:border-accent has-checked:text-accent has-focus-visible:outline-2 has-focus-visible:outline-accent"
            >
              <input
                type="radio"
                name="theme"
                className="sr-only"
                checked={chosen === name}
                onChange={() => {
                  setChosen(name)
                  applyTheme(name)
                }}
              />
              <Icon size={16} aria-hidden />
              {name}
            </label>
          )
        })}
      </fieldset>
      <button
        type="button"
        onClick={leave}
        className="flex h-11 items-center gap-3 rounded-md px-2 text-left text-[14px] hover:bg-surface-sunken"
      >
        <LogOut size={18} className="text-ink-soft" aria-hidden />
        Sign out
      </button>
    </>
  )
}
