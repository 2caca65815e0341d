'use client'

import { X } from 'lucide-react'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import type { SessionFilter } from '../../server/sessions/schemas'
import { Button } from '../ui/button'
import { inputClass } from '../ui/field'

const names = {
  person: 'Person',
  client: 'Client',
  connection: 'Connection',
  tool: 'Tool',
  outcome: 'Outcome',
  version: 'Policy version',
  text: 'Text',
} as const
type Name = keyof typeof names
const outcomes = ['ok', 'denied', 'tool_error', 'error', 'withheld', 'unreachable', 'unknown', 'cancelled']

function hrefOf(filter: Partial<Record<string, unknown>>): string {
  const query = new URLSearchParams()
  for (const name of Object.keys(names))
    if (filter[name] !== undefined && filter[name] !== '') query.set(name, String(filter[name]))
  return query.size === 0 ? '/sessions' : `/sessions?${query}`
}

/** The filter is the URL; a chip takes one part of it away. */
export function Filters({ filter }: { filter: SessionFilter }) {
  const router = useRouter()
  const set = (Object.keys(names) as Name[]).filter((name) => filter[name] !== undefined)
  return (
    <div className="flex flex-col gap-2">
      <form
        className="grid grid-cols-2 gap-2 sm:grid-cols-[1fr_1fr_1fr_1fr_2fr_auto] [&>:nth-child(5)]:col-span-2 sm:[&>:nth-child(5)]:col-span-1"
        aria-label="Filter sessions"
        action={(form) =>
          router.push(hrefOf({ ...filter, ...Object.fromEntries([...form].filter(([, value]) => value !== '')) }))
        }
      >
        {(['person', 'connection', 'tool'] as const).map((name) => (
          <input key={name} name={name} aria-label={names[name]} placeholder={names[name]} className={inputClass} />
        ))}
        <select name="outcome" aria-label="Outcome" className={inputClass} defaultValue="">
          <option value="">Outcome</option>
          {outcomes.map((outcome) => (
            <option key={outcome} value={outcome}>
              {outcome.replace('_', ' ')}
            </option>
          ))}
        </select>
        <input
          name="text"
          aria-label="Text in calls and replies"
          placeholder="Text in calls and replies"
          className={inputClass}
        />
        <Button type="submit">Search</Button>
      </form>
      {set.length === 0 ? null : (
        <ul className="flex flex-wrap gap-1.5" aria-label="Filters that are on">
          {set.map((name) => (
            <li key={name}>
              <Link
                href={hrefOf({ ...filter, [name]: undefined })}
                className="inline-flex items-center gap-1 rounded-md border border-line bg-surface-raised px-2 py-0.5 text-[13px] hover:bg-surface-sunken"
                aria-label={`Take away ${names[name]} ${filter[name]}`}
              >
                <span className="text-ink-soft">{names[name]}</span> {String(filter[name])}
                <X size={12} aria-hidden />
              </Link>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
