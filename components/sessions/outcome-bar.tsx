import { clsx } from 'clsx'
import type { OutcomeCounts } from '../../server/sessions/schemas'
import { wordOf } from '../ui/meaning'

const colors: Record<string, string> = { ok: 'bg-allow', denied: 'bg-deny', refused: 'bg-deny', withheld: 'bg-masked' }
const order = ['ok', 'tool_error', 'error', 'unreachable', 'unknown', 'cancelled', 'withheld', 'refused', 'denied']

export const inOrder = (outcomes: OutcomeCounts): [outcome: string, n: number][] =>
  Object.entries(outcomes).sort(([a], [b]) => order.indexOf(a) - order.indexOf(b))

const wordsOf = (outcomes: OutcomeCounts): string =>
  inOrder(outcomes)
    .map(([outcome, n]) => `${n} ${wordOf(outcome)}`)
    .join(', ') || 'no calls'

/** How calls ended, as a small bar; the words are beside it for who does not see it. */
export function OutcomeBar({ outcomes }: { outcomes: OutcomeCounts }) {
  const total = Object.values(outcomes).reduce((sum, n) => sum + n, 0)
  return (
    <span
      className="inline-flex h-2 w-16 overflow-hidden md:w-24 rounded-full bg-surface-sunken"
      role="img"
      aria-label={wordsOf(outcomes)}
      title={wordsOf(outcomes)}
    >
      {inOrder(outcomes).map(([outcome, n]) => (
        <span
          key={outcome}
          className={clsx('h-full', colors[outcome] ?? 'bg-ink-soft/60')}
          style={{ width: `${(n / total) * 100}%` }}
        />
      ))}
    </span>
  )
}

type Bucket = { at: string; outcomes: OutcomeCounts }

/** Calls per hour by outcome. */
export function Histogram({ buckets }: { buckets: Bucket[] }) {
  const totals = buckets.map(({ outcomes }) => Object.values(outcomes).reduce((sum, n) => sum + n, 0))
  const most = Math.max(1, ...totals)
  const sum = totals.reduce((a, b) => a + b, 0)
  return (
    <div role="img" aria-label={`${sum} calls in the last ${buckets.length} hours, at most ${most} in one`}>
      <div className="flex h-20 items-end gap-px border-b border-line">
        {buckets.map(({ at, outcomes }) => (
          <div
            key={at}
            className="flex h-full flex-1 flex-col justify-end"
            title={`${at.slice(11, 16)} UTC: ${wordsOf(outcomes)}`}
          >
            {inOrder(outcomes)
              .reverse()
              .map(([outcome, n]) => (
                <div
                  key={outcome}
                  className={clsx('w-full', colors[outcome] ?? 'bg-ink-soft/60')}
                  style={{ height: `${(n / most) * 100}%` }}
                />
              ))}
          </div>
        ))}
      </div>
      <div className="tabular mt-1 flex justify-between text-[11px] text-ink-soft" aria-hidden>
        <span>{buckets[0]?.at.slice(11, 16)} UTC</span>
        <span>now</span>
      </div>
    </div>
  )
}
