'use client'

import { clsx } from 'clsx'
import { ChevronRight, X } from 'lucide-react'
import { useRouter } from 'next/navigation'
import type { SessionFilter } from '../../server/sessions/schemas'
import { Button } from '../ui/button'
import { inputClass } from '../ui/field'
import { Link } from '../ui/link'
import { wordOf } from '../ui/meaning'
import { exact } from '../ui/time'
import { useZone } from '../ui/zone'

const names = {
  person: 'Person',
  client: 'Client',
  connection: 'Connection',
  tool: 'Tool',
  outcome: 'Outcome',
  version: 'Policy version',
  from: 'From',
  to: 'Until',
  text: 'Text',
} as const
type Name = keyof typeof names
type Given = Partial<Record<string, unknown>>
const outcomes = ['ok', 'denied', 'held', 'tool_error', 'error', 'withheld', 'unreachable', 'unknown', 'cancelled']
const isTime = (name: string) => name === 'from' || name === 'to'

function hrefOf(filter: Given): string {
  const query = new URLSearchParams()
  for (const name of Object.keys(names))
    if (filter[name] !== undefined && filter[name] !== '') query.set(name, String(filter[name]))
  return query.size === 0 ? '/sessions' : `/sessions?${query}`
}

/** What was typed; a time is one of the person's own clock. */
const typed = (form: FormData): Given =>
  Object.fromEntries(
    [...form]
      .filter(([, value]) => value !== '')
      .map(([name, value]) => [name, isTime(name) ? new Date(String(value)).toISOString() : value]),
  )

/** The filter is the URL; a chip takes one part of it away. `people`: there are sessions of others to look for. */
export function Filters({ filter, people }: { filter: SessionFilter; people: boolean }) {
  const router = useRouter()
  const set = (Object.keys(names) as Name[]).filter((name) => filter[name] !== undefined)
  return (
    <div className="flex flex-col gap-2">
      <form
        className="flex flex-col gap-2"
        aria-label="Filter sessions"
        action={(form) => router.push(hrefOf({ ...filter, ...typed(form) }))}
      >
        <div
          className={clsx(
            'grid grid-cols-2 gap-2',
            people ? 'sm:grid-cols-[1fr_1fr_1fr_1fr_2fr_auto]' : 'sm:grid-cols-[1fr_1fr_1fr_2fr_auto]',
          )}
        >
          {([...(people ? (['person'] as const) : []), 'connection', 'tool'] as const).map((name) => (
            <input key={name} name={name} aria-label={names[name]} placeholder={names[name]} className={inputClass} />
          ))}
          <select
            name="outcome"
            aria-label="Outcome"
            className={clsx(inputClass, !people && 'max-sm:col-span-2')}
            defaultValue=""
          >
            <option value="">Outcome</option>
            {outcomes.map((outcome) => (
              <option key={outcome} value={outcome}>
                {wordOf(outcome)}
              </option>
            ))}
          </select>
          <input
            type="search"
            name="text"
            aria-label="Text in calls and replies"
            placeholder="Text in calls and replies"
            className={`${inputClass} max-sm:col-span-2`}
          />
          <Button type="submit" className="max-sm:col-span-2">
            Search
          </Button>
        </div>
        <More />
      </form>
      {set.length === 0 ? null : (
        <ul className="flex flex-wrap gap-1.5" aria-label="Filters that are on">
          {set.map((name) => (
            <li key={name}>
              <Chip name={name} value={String(filter[name])} href={hrefOf({ ...filter, [name]: undefined })} />
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

/** What is asked for less often. */
const More = () => (
  <details className="group">
    <summary className="inline-flex items-center gap-1 text-[13px] text-ink-soft hover:text-ink">
      <ChevronRight size={14} className="shrink-0 transition-transform group-open:rotate-90" aria-hidden />
      Client, policy version, time
    </summary>
    <div className="mt-2 grid grid-cols-2 gap-2 lg:grid-cols-4">
      {(['client', 'version', 'from', 'to'] as const).map((name) => (
        <label key={name} className="flex min-w-0 flex-col gap-1 text-[13px] text-ink-soft">
          {names[name]}
          <input
            name={name}
            type={isTime(name) ? 'datetime-local' : name === 'version' ? 'number' : 'text'}
            min={name === 'version' ? 0 : undefined}
            className={clsx(inputClass, 'min-w-0')}
          />
        </label>
      ))}
    </div>
  </details>
)

function Chip({ name, value, href }: { name: Name; value: string; href: string }) {
  const zone = useZone()
  return (
    <Link
      href={href}
      className="inline-flex items-center gap-1 rounded-md border border-line bg-surface-raised px-2 py-0.5 text-[13px] hover:bg-surface-sunken"
      aria-label={`Take away ${names[name]} ${value}`}
    >
      <span className="text-ink-soft">{names[name]}</span>{' '}
      <span>{isTime(name) ? exact(Date.parse(value), zone) : name === 'outcome' ? wordOf(value) : value}</span>
      <X size={12} aria-hidden />
    </Link>
  )
}
