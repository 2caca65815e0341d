'use client'

import { usePathname, useRouter } from 'next/navigation'
import { useEffect, useRef } from 'react'
import { Dialog } from '../ui/dialog'
import { cameFrom, tread } from '../ui/trail'
import { mayLeave } from './leave'
import type { Place } from './places'

const sheet: [keys: string, does: string][] = [
  ['Ctrl K', 'find anything'],
  ['?', 'these keys'],
  ['j k', 'next and previous in a list'],
  ['enter', 'open'],
  ['esc', 'back'],
  ['/', 'search on this page'],
  ['[', 'narrow or widen the rail'],
]
const inReview: typeof sheet = [
  ['a', 'approve once'],
  ['shift a', 'approve for longer'],
  ['e', 'change the arguments'],
  ['d', 'deny'],
]
const inSession: typeof sheet = [
  ['space', 'play or pause'],
  ['← →', 'step before and after'],
  ['home end', 'first and last step'],
]

export const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))

/** Whether a bare key belongs to the page: nobody types, nothing floats above it, no other key is held. */
export const isForPage = (event: KeyboardEvent): boolean =>
  !isTyping(event.target) &&
  !event.metaKey &&
  !event.ctrlKey &&
  !event.altKey &&
  document.querySelector('[role=dialog], [role=alertdialog], [role=menu], [role=listbox]') === null

const betweenMs = 900

type Props = { places: Place[]; open: boolean; setOpen(open: boolean): void; onFind(): void; onRail(): void }

/** Keys that work everywhere. Lists are any elements with `data-row`, in the order of the page. */
export function Keys({ places, open, setOpen, onFind, onRail }: Props) {
  const router = useRouter()
  const back = useBack()
  const latest = useRef({ places, setOpen, onFind, onRail, back })
  latest.current = { places, setOpen, onFind, onRail, back }
  const goPressedAt = useRef(0)
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const now = latest.current
      if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault()
        return now.onFind()
      }
      if (event.key === 'Escape' && isTyping(event.target)) return (event.target as HTMLElement).blur()
      if (event.defaultPrevented || !isForPage(event)) return
      if (event.key === '?') now.setOpen(true)
      else if (event.key === 'j' || event.key === 'k') move(event.key === 'j' ? 1 : -1)
      else if (event.key === '[') now.onRail()
      else if (event.key === 'Escape') now.back()
      else if (event.key === '/') {
        event.preventDefault()
        document.querySelector<HTMLInputElement>('main input[type=search]')?.focus()
      }
    }
    // Before the page: the second key must not mean what it means alone.
    const go = (event: KeyboardEvent) => {
      if (!isForPage(event)) return
      const place =
        Date.now() - goPressedAt.current < betweenMs ? placeFor(latest.current.places, event.key) : undefined
      goPressedAt.current = event.key === 'g' && place === undefined ? Date.now() : 0
      if (place === undefined) return
      event.preventDefault()
      event.stopImmediatePropagation()
      if (mayLeave(place.href)) router.push(place.href)
    }
    window.addEventListener('keydown', go, { capture: true })
    window.addEventListener('keydown', pressed)
    return () => {
      window.removeEventListener('keydown', go, { capture: true })
      window.removeEventListener('keydown', pressed)
    }
  }, [router])
  return (
    <Dialog open={open} onClose={() => setOpen(false)} title="Keys">
      <div className="grid gap-x-8 gap-y-4 sm:grid-cols-2">
        <Group name="Everywhere" keys={sheet} />
        <Group name="Go to" keys={places.map(({ keys, name }) => [keys, name])} />
        <Group name="In a review" keys={inReview} />
        <Group name="In a session" keys={inSession} />
      </div>
    </Dialog>
  )
}

const Group = ({ name, keys }: { name: string; keys: typeof sheet }) => (
  <section aria-label={name}>
    <h3 className="mb-1.5 text-[13px] font-medium">{name}</h3>
    <dl className="grid grid-cols-[64px_1fr] gap-y-1.5 text-[13px]">
      {keys.map(([pressed, does]) => (
        <div key={pressed} className="contents">
          <dt className="font-mono text-[12px]">{pressed}</dt>
          <dd className="text-ink-soft">{does}</dd>
        </div>
      ))}
    </dl>
  </section>
)

const placeFor = (places: Place[], key: string) => places.find(({ keys }) => keys === `g ${key}`)

/** To where one came from inside the console; else one level up. */
function useBack(): () => void {
  const router = useRouter()
  const path = usePathname()
  useEffect(() => tread(path), [path])
  return () => {
    const parent = path.slice(0, path.lastIndexOf('/'))
    if (parent === '' || !mayLeave(parent)) return
    if (cameFrom(parent)) router.back()
    else router.push(parent)
  }
}

function move(by: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>('[data-row]')].filter((row) => row.offsetParent !== null)
  const focused = rows.indexOf(document.activeElement as HTMLElement)
  const at = focused === -1 ? rows.findIndex((row) => row.hasAttribute('aria-current')) : focused
  rows[at === -1 ? 0 : Math.max(0, Math.min(rows.length - 1, at + by))]?.focus()
}
