'use client'

import { clsx } from 'clsx'
import { useNow } from './clock'
import { useZone } from './zone'

const units: [unit: string, seconds: number][] = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 10],
]

/** `5 min ago`, `in 2 h`: the units of what is left and of how long something took. */
export function relative(at: number, now: number): string {
  const seconds = Math.round((at - now) / 1000)
  const away = Math.abs(seconds)
  const unit = units.find(([, size]) => away >= size)
  if (unit === undefined) return 'now'
  const words = `${unit[0] === 's' ? away : Math.floor(away / unit[1])} ${unit[0]}`
  return seconds < 0 ? `${words} ago` : `in ${words}`
}

/** With its zone; see `useZone`. */
export const exact = (at: number, timeZone: string | undefined): string =>
  new Date(at).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'long', timeZone }).replace('GMT', 'UTC')

/** Hour and minute, with the zone. */
export const hourOf = (at: number, timeZone: string | undefined): string =>
  new Date(at)
    .toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit', timeZoneName: 'short', timeZone })
    .replace('GMT', 'UTC')

/** Relative, with the exact time and zone on hover. */
export function Time({ at, className }: { at: string; className?: string }) {
  const now = useNow(15_000)
  const zone = useZone()
  const date = Date.parse(at)
  // Server and browser may differ by the seconds between them.
  return (
    <time
      dateTime={at}
      title={exact(date, zone)}
      className={clsx('whitespace-nowrap', className)}
      suppressHydrationWarning
    >
      {relative(date, now)}
    </time>
  )
}

/** As the clock of whoever looks shows it, with its zone: for what is read later. */
export function Exactly({ at }: { at: string }) {
  const zone = useZone()
  return (
    <time dateTime={at} title={at} className="tabular whitespace-nowrap">
      {exact(Date.parse(at), zone)}
    </time>
  )
}

const around = 50.27
const soonMs = 120_000

/** Time left, as a ring that empties and in words. */
export function TimeLeft({ from, to }: { from: string; to: string }) {
  const now = useNow(1_000)
  const zone = useZone()
  const total = Math.max(1, Date.parse(to) - Date.parse(from))
  const left = Math.max(0, Date.parse(to) - now)
  return (
    <span
      className={clsx(
        'tabular inline-flex items-center gap-1.5 whitespace-nowrap text-[13px]',
        left < soonMs ? 'text-review' : 'text-ink-soft',
      )}
      title={`until ${exact(Date.parse(to), zone)}`}
      suppressHydrationWarning
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
          strokeDasharray={`${(Math.min(1, left / total) * around).toFixed(1)} ${around}`}
          suppressHydrationWarning
        />
      </svg>
      <span suppressHydrationWarning>{leftWords(left)}</span>
    </span>
  )
}

function leftWords(left: number): string {
  const seconds = Math.ceil(left / 1000)
  if (seconds === 0) return 'over'
  if (seconds < 120) return `${seconds} s left`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 120) return `${minutes} min left`
  const hours = Math.floor(minutes / 60)
  return hours < 48 ? `${hours} h left` : `${Math.floor(hours / 24)} d left`
}
