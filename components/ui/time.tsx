'use client'

import { useEffect, useState } from 'react'

const units: [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
]

function relative(at: Date, now: number): string {
  const seconds = Math.round((at.getTime() - now) / 1000)
  const format = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'narrow' })
  for (const [unit, size] of units)
    if (Math.abs(seconds) >= size) return format.format(Math.trunc(seconds / size), unit)
  return Math.abs(seconds) < 10 ? 'now' : format.format(seconds, 'second')
}

function useNow(everyMs: number): number | null {
  const [now, setNow] = useState<number | null>(null)
  useEffect(() => {
    setNow(Date.now())
    const timer = setInterval(() => setNow(Date.now()), everyMs)
    return () => clearInterval(timer)
  }, [everyMs])
  return now
}

const exact = (at: Date): string => at.toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'long' })

/** Relative, with the exact time and zone on hover. The server sends the exact one, in UTC, so that nothing jumps. */
export function Time({ at }: { at: string }) {
  const now = useNow(15_000)
  const date = new Date(at)
  return (
    <time dateTime={at} title={now === null ? at : exact(date)} className="whitespace-nowrap">
      {now === null ? at.slice(0, 16).replace('T', ' ') : relative(date, now)}
    </time>
  )
}

/** Time left, as a ring that empties and in words. */
export function TimeLeft({ from, to }: { from: string; to: string }) {
  const now = useNow(1_000)
  const total = Math.max(1, Date.parse(to) - Date.parse(from))
  const left = now === null ? total : Math.max(0, Date.parse(to) - now)
  const share = Math.min(1, left / total)
  const seconds = Math.ceil(left / 1000)
  const words = seconds === 0 ? 'over' : seconds < 120 ? `${seconds} s left` : `${Math.floor(seconds / 60)} min left`
  return (
    <span
      className="tabular inline-flex items-center gap-1.5 whitespace-nowrap text-[13px] text-ink-soft"
      title={`until ${exact(new Date(to))}`}
    >
      <svg viewBox="0 0 20 20" className="size-3.5 -rotate-90" aria-hidden>
        <circle cx="10" cy="10" r="8" fill="none" strokeWidth="3" className="stroke-line" />
        <circle
          cx="10"
          cy="10"
          r="8"
          fill="none"
          strokeWidth="3"
          className="stroke-current"
          strokeDasharray={`${share * 50.3} 50.3`}
        />
      </svg>
      {words}
    </span>
  )
}
