'use client'

import { ArrowDown, ArrowUp, Copy, Trash2 } from 'lucide-react'

/** The keyboard goes with what was moved: a second press moves it on, not what took its place. */
const follow = (what: string, by: -1 | 1) =>
  setTimeout(() => {
    const button = (to: -1 | 1) =>
      document.querySelector<HTMLButtonElement>(
        `button[aria-label=${JSON.stringify(`Move ${what} ${to === 1 ? 'down' : 'up'}`)}]:not(:disabled)`,
      )
    ;(button(by) ?? button(by === 1 ? -1 : 1))?.focus()
  }, 0)

type Props = {
  /** What these act on: `rule read-shop`. */
  what: string
  first: boolean
  last: boolean
  onMove(by: -1 | 1): void
  onCopy(): void
  onRemove(): void
}

const look =
  'rounded-md p-1.5 text-ink-soft hover:bg-surface-sunken hover:text-ink disabled:cursor-not-allowed disabled:opacity-35'

/** Reorder, duplicate and delete; every one of them can be undone. */
export function RowActions({ what, first, last, onMove, onCopy, onRemove }: Props) {
  const move = (by: -1 | 1) => {
    onMove(by)
    follow(what, by)
  }
  return (
    <span className="inline-flex shrink-0">
      <button type="button" className={look} aria-label={`Move ${what} up`} disabled={first} onClick={() => move(-1)}>
        <ArrowUp size={14} aria-hidden />
      </button>
      <button type="button" className={look} aria-label={`Move ${what} down`} disabled={last} onClick={() => move(1)}>
        <ArrowDown size={14} aria-hidden />
      </button>
      <button type="button" className={look} aria-label={`Duplicate ${what}`} onClick={onCopy}>
        <Copy size={14} aria-hidden />
      </button>
      <button type="button" className={`${look} hover:text-deny`} aria-label={`Delete ${what}`} onClick={onRemove}>
        <Trash2 size={14} aria-hidden />
      </button>
    </span>
  )
}
