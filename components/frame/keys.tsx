'use client'

import { useRouter } from 'next/navigation'
import { useEffect, useRef, useState } from 'react'
import { Dialog } from '../ui/dialog'
import type { Place } from './places'

const sheet: [keys: string, does: string][] = [
  ['Ctrl K', 'find anything'],
  ['?', 'these keys'],
  ['j k', 'next and previous in a list'],
  ['enter', 'open'],
  ['esc', 'back'],
  ['a', 'approve once'],
  ['d', 'deny'],
]

const typing = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))

const between = 900

/** Keys that work everywhere. Lists are any elements with `data-row`, in the order of the page. */
export function Keys({ places, onFind }: { places: Place[]; onFind(): void }) {
  const router = useRouter()
  const [open, setOpen] = useState(false)
  const goPressedAt = useRef(0)
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault()
        return onFind()
      }
      if (
        typing(event.target) ||
        event.metaKey ||
        event.ctrlKey ||
        event.altKey ||
        document.querySelector('[role=dialog]')
      )
        return
      if (event.key === '?') return setOpen(true)
      if (event.key === 'g') {
        goPressedAt.current = Date.now()
        return
      }
      const place =
        Date.now() - goPressedAt.current < between ? places.find(({ keys }) => keys === `g ${event.key}`) : undefined
      goPressedAt.current = 0
      if (place !== undefined) return router.push(place.href)
      if (event.key === 'j' || event.key === 'k') move(event.key === 'j' ? 1 : -1)
      if (event.key === 'Escape') router.back()
    }
    window.addEventListener('keydown', pressed)
    return () => window.removeEventListener('keydown', pressed)
  }, [places, onFind, router])
  return (
    <Dialog open={open} onClose={() => setOpen(false)} title="Keys">
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1.5 text-[13px]">
        {[...sheet, ...places.map((place): [string, string] => [place.keys, place.name])].map(([keys, does]) => (
          <div key={keys} className="contents">
            <dt className="font-mono text-[12px]">{keys}</dt>
            <dd className="text-ink-soft">{does}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  )
}

function move(by: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>('[data-row]')]
  const at = rows.indexOf(document.activeElement as HTMLElement)
  rows[at === -1 ? 0 : Math.max(0, Math.min(rows.length - 1, at + by))]?.focus()
}
