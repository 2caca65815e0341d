import { ChevronRight } from 'lucide-react'
import type { RefusalRow } from '../../server/sessions/schemas'
import { cardClass } from '../ui/page'
import { count } from '../ui/text'
import { Time } from '../ui/time'
import { Visible } from '../ui/visible'

/** What was refused before it belonged to a session, folded away: it is looked for when a client does not get in. */
export function Refusals({ refusals }: { refusals: RefusalRow[] }) {
  if (refusals.length === 0) return null
  return (
    <details className="group">
      <summary className="inline-flex items-center gap-1 text-[13px] font-medium text-ink-soft hover:text-ink">
        <ChevronRight size={14} className="shrink-0 transition-transform group-open:rotate-90" aria-hidden />
        {count(refusals.length, 'request')} of the last 24 hours refused before a session began
      </summary>
      <ul className={`${cardClass} mt-2`} aria-label="Refused requests">
        {refusals.map(({ id, at, principal, connection, action, problem }) => (
          <li
            key={id}
            className="flex flex-wrap items-baseline gap-x-3 border-t border-line px-3 py-2 text-[13px] first:border-t-0"
          >
            <span className="w-20 shrink-0">
              <Time at={at} />
            </span>
            <span className="min-w-0 [overflow-wrap:anywhere]">{principal}</span>
            <code className="min-w-0 font-mono text-[12px] [overflow-wrap:anywhere]">
              <Visible text={[action, connection].filter((part) => part !== '').join(' on ')} />
            </code>
            <span className="min-w-0 flex-1 basis-80 text-ink-soft [overflow-wrap:anywhere]">
              <Visible text={problem} />
            </span>
          </li>
        ))}
      </ul>
    </details>
  )
}
