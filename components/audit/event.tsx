import type { AuditView } from '../../server/audit/schemas'
import { Code } from '../ui/code'
import { pretty } from '../ui/text'
import { Time } from '../ui/time'

const words: Record<string, string> = {
  'policy.publish': 'published the policy',
  'connection.create': 'added the connection',
  'connection.update': 'changed the connection',
  'connection.credential': 'changed the credential of',
  'connection.remove': 'removed the connection',
  'review.open': 'asked for approval of',
  'review.look': 'looked at the question about',
  'review.vote': 'voted on',
  'review.cancel': 'took back the question about',
  'review.expire': 'ended the unanswered question about',
  'grant.revoke': 'revoked the grant for',
}

export function AuditEvent({ event }: { event: AuditView }) {
  const about = [event.resource, event.connection].filter((text) => text !== '').join(' on ')
  return (
    <li className="border-t border-line first:border-t-0">
      <details>
        <summary className="flex flex-wrap items-baseline gap-x-2 px-4 py-2.5 text-[13px] hover:bg-surface-sunken">
          <strong className="font-medium">{event.actor}</strong>
          <span>{words[event.action] ?? event.action}</span>
          <code className="font-mono text-[12px] [overflow-wrap:anywhere]">{about}</code>
          <span className="ml-auto text-ink-soft">
            <Time at={event.at} />
          </span>
        </summary>
        <div className="flex flex-col gap-2 px-4 pb-3">
          <BeforeAfter body={event.body} />
          <p className="font-mono text-[11px] text-ink-soft">
            entry {event.seq}, {event.hash.slice(0, 16)}…
          </p>
        </div>
      </details>
    </li>
  )
}

/** Before and after beside each other where an event has both; else what it says. */
function BeforeAfter({ body }: { body: string }) {
  const { before, after, ...rest } = parse(body)
  if (before === undefined && after === undefined) return <Code text={pretty(body)} label="event" />
  const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value, null, 2))
  return (
    <>
      {Object.keys(rest).length === 0 ? null : <Code text={JSON.stringify(rest, null, 2)} label="event" />}
      <div className="grid gap-2 md:grid-cols-2">
        {before == null ? null : <Code text={text(before)} label="before" />}
        {after == null ? null : <Code text={text(after)} label="after" />}
      </div>
    </>
  )
}

function parse(body: string): Record<string, unknown> {
  try {
    return JSON.parse(body) as Record<string, unknown>
  } catch {
    return {}
  }
}
