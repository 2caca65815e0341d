import type { AuditView } from '../../server/audit/schemas'
import { Code } from '../ui/code'
import { CopyText } from '../ui/copy-text'
import { DiffView } from '../ui/diff-view'
import { pretty } from '../ui/text'
import { Exactly, Time } from '../ui/time'
import { Unfold } from '../ui/unfold'
import { wordsOf } from './words'

export function AuditEvent({ event }: { event: AuditView }) {
  const about = [event.resource, event.connection].filter((text) => text !== '').join(' on ')
  return (
    <li className="border-t border-line first:border-t-0">
      <Unfold
        isRow
        className="flex flex-wrap items-baseline gap-x-2 px-4 py-2.5 text-[13px] hover:bg-surface-sunken"
        summary={
          <>
            <strong className="font-medium">{event.actor}</strong>
            <span>{wordsOf(event)}</span>
            <code className="font-mono text-[12px] [overflow-wrap:anywhere]">{about}</code>
            <span className="ml-auto text-ink-soft">
              <Time at={event.at} />
            </span>
          </>
        }
      >
        {() => (
          <div className="flex flex-col gap-2 px-4 pb-3">
            <BeforeAfter body={event.body} />
            <p className="flex flex-wrap items-center gap-x-3 text-[12px] text-ink-soft">
              <Exactly at={event.at} />
              <span className="tabular">number {event.seq.toLocaleString('en')} of the shared chain</span>
              <CopyText name="SHA-256" text={event.hash} />
            </p>
          </div>
        )}
      </Unfold>
    </li>
  )
}

/** What changed, line by line, where an event has a before and an after; else what it says. */
function BeforeAfter({ body }: { body: string }) {
  const { before, after, ...rest } = parse(body)
  if (before == null && after == null) return <Code text={pretty(body)} label="event" />
  return (
    <>
      {Object.keys(rest).length === 0 ? null : <Code text={JSON.stringify(rest, null, 2)} label="event" />}
      {before == null || after == null ? (
        <Code text={textOf(after ?? before)} label={before == null ? 'after' : 'before'} />
      ) : (
        <DiffView before={textOf(before)} after={textOf(after)} label="what changed" />
      )}
    </>
  )
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value, null, 2))

function parse(body: string): Record<string, unknown> {
  try {
    return JSON.parse(body) as Record<string, unknown>
  } catch {
    return {}
  }
}
