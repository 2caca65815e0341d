import type { AuditView } from '../../server/audit/schemas'
import { Code } from '../ui/code'
import { DiffView } from '../ui/diff-view'
import { pretty } from '../ui/text'
import { Time } from '../ui/time'

const words: Record<string, string> = {
  'policy.publish': 'published the policy',
  'connection.create': 'added the connection',
  'connection.update': 'changed the connection',
  'connection.credential': 'changed the credential of',
  'connection.remove': 'removed the connection',
  'connection.try': 'tried a target for',
  'tool.quarantine': 'put into quarantine',
  'tool.accept': 'accepted the tool',
  'tool.reject': 'rejected the tool',
  'agent.connect': 'connected as',
  'agent.disconnect': 'went away as',
  'agent.create': 'named the agent',
  'agent.enrol': 'enrolled as',
  'agent.renew': 'made a new token for the agent',
  'agent.revoke': 'revoked the agent',
  'review.open': 'asked for approval of',
  'review.counter': 'offered other arguments for',
  'review.reason': 'gave a reason for',
  'review.mute': 'muted',
  'review.unmute': 'unmuted',
  'record.verify': 'checked the record',
  'review.look': 'looked at the question about',
  'review.vote': 'voted on',
  'review.glass-begun': 'wants to break the glass for',
  'review.glass-broken': 'broke the glass for',
  'review.finding': 'looked afterwards at',
  'review.cancel': 'took back the question about',
  'review.expire': 'ended the unanswered question about',
  'grant.revoke': 'revoked the grant for',
}

export function AuditEvent({ event }: { event: AuditView }) {
  const about = [event.resource, event.connection].filter((text) => text !== '').join(' on ')
  return (
    <li className="border-t border-line first:border-t-0">
      <details>
        <summary
          data-row
          className="flex flex-wrap items-baseline gap-x-2 px-4 py-2.5 text-[13px] hover:bg-surface-sunken"
        >
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
