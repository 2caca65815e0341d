import { clsx } from 'clsx'
import type { OutcomeCounts } from '../../server/sessions/schemas'
import { wordOf } from '../ui/meaning'

/** Of bars; every other outcome is grey. */
export const colors: Record<string, string> = {
  ok: 'bg-allow',
  held: 'bg-review',
  denied: 'bg-deny',
  refused: 'bg-deny',
  withheld: 'bg-masked',
}
const order = [
  'ok',
  'tool_error',
  'error',
  'unreachable',
  'unknown',
  'cancelled',
  'withheld',
  'held',
  'refused',
  'denied',
]

export const inOrder = (outcomes: OutcomeCounts): [outcome: string, n: number][] =>
  Object.entries(outcomes).sort(([a], [b]) => order.indexOf(a) - order.indexOf(b))

export const wordsOf = (outcomes: OutcomeCounts): string =>
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
