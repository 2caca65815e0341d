import type { AuditView } from '../../server/audit/schemas'
import { objectOf } from '../ui/text'

/** What somebody did, by the action of the event. */
export const words: Record<string, string> = {
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
  'notice.create': 'added the channel',
  'notice.remove': 'removed the channel',
  'grant.revoke': 'revoked the grant for',
}

const verdicts: Record<string, string> = { approve: 'approved', deny: 'denied' }

/** A vote says which way it went; a target may be tried before its connection has a name. */
export function wordsOf({ action, body, connection }: Pick<AuditView, 'action' | 'body' | 'connection'>): string {
  if (action === 'connection.try' && connection === '') return 'tried a target for a new connection'
  const verdict = action === 'review.vote' ? verdicts[String(objectOf(body)?.verdict)] : undefined
  return verdict ?? words[action] ?? action
}
