'use client'

import { clsx } from 'clsx'
import type { OutcomeCounts } from '../../server/sessions/schemas'
import type { Outcome } from '../../server/types'
import { Link } from '../ui/link'
import { Meaning } from '../ui/meaning'
import { Section } from '../ui/page'
import { hourOf } from '../ui/time'
import { useZone } from '../ui/zone'
import { colors, inOrder, wordsOf } from './outcome-bar'

type Bucket = { at: string; outcomes: OutcomeCounts }

const hourMs = 3_600_000

/** Calls per hour by outcome; an hour leads to the sessions that were under way in it. */
export function Histogram({ buckets }: { buckets: Bucket[] }) {
  const totals = buckets.map(({ outcomes }) => Object.values(outcomes).reduce((sum, n) => sum + n, 0))
  const most = Math.max(1, ...totals)
  const zone = useZone()
  return (
    <Section title="Calls per hour, last 24 hours" aside={<Legend buckets={buckets} />}>
      <ol className="relative flex h-20 items-end gap-px border-b border-line">
        {totals.every((n) => n === 0) ? (
          <li className="absolute inset-0 flex items-center justify-center text-[13px] text-ink-soft">No calls</li>
        ) : null}
        {buckets.map((bucket, index) => (
          <li key={bucket.at} className="h-full flex-1">
            {totals[index] === 0 ? null : <Hour bucket={bucket} most={most} zone={zone} />}
          </li>
        ))}
      </ol>
      <div className="tabular mt-1 flex justify-between text-[11px] text-ink-soft" aria-hidden>
        <span>{buckets[0] === undefined ? '' : hourOf(Date.parse(buckets[0].at), zone)}</span>
        <span>now</span>
      </div>
    </Section>
  )
}

type HourProps = { bucket: Bucket; most: number; zone: string | undefined }

function Hour({ bucket: { at, outcomes }, most, zone }: HourProps) {
  const to = new Date(Date.parse(at) + hourMs).toISOString()
  const words = `${hourOf(Date.parse(at), zone)}: ${wordsOf(outcomes)}`
  return (
    <Link
      href={`/sessions?${new URLSearchParams({ from: at, to })}`}
      className="flex h-full flex-col justify-end hover:brightness-110"
      title={words}
      aria-label={words}
    >
      {inOrder(outcomes)
        .reverse()
        .map(([outcome, n]) => (
          <span
            key={outcome}
            className={clsx('block w-full', colors[outcome] ?? 'bg-ink-soft/60')}
            style={{ height: `${(n / most) * 100}%` }}
          />
        ))}
    </Link>
  )
}

/** What the colours mean, with how many there were. */
function Legend({ buckets }: { buckets: Bucket[] }) {
  const all: OutcomeCounts = {}
  for (const { outcomes } of buckets)
    for (const [outcome, n] of inOrder(outcomes)) all[outcome as Outcome] = (all[outcome as Outcome] ?? 0) + n
  return (
    <ul className="flex flex-wrap gap-x-3 sm:justify-end" aria-label="Outcomes">
      {inOrder(all).map(([outcome, n]) => (
        <li key={outcome} className="tabular flex items-center gap-1 text-[13px] text-ink-soft">
          {n.toLocaleString('en')} <Meaning of={outcome} />
        </li>
      ))}
    </ul>
  )
}
