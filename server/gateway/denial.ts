import { codes } from '../mcp/errors'
import { errorMessage, type Message, resultMessage } from '../mcp/messages'
import type { Era } from '../mcp/revisions'
import type { Decision, JsonObject, Outcome, Reason } from '../types'
import type { Row } from './unheard'

/** The one place where a reason becomes what a caller reads. */
export const publicText = {
  allowed: 'allowed',
  'no-matching-rule': 'access denied: no role of yours allows this',
  forbidden: 'access denied: a rule forbids this',
  'tool-quarantined': 'this tool is in quarantine',
  'review-required': 'a person must approve this first',
  'review-denied': 'a reviewer denied this',
  'review-expired': 'nobody answered in time; ask again',
  'review-cancelled': 'the request for approval was cancelled',
  'review-limit': 'too many of your calls wait for approval already; wait for an answer or cancel some',
  'review-muted': 'an approver wants no new questions of yours for a while; talk to them, or try again later',
  'review-repeated':
    'people denied this, or you took it back, several times just now; talk to them, or try again in ten minutes',
  'grant-raced': 'the approval was used by an identical call, or is over; ask again if this one must run too',
  'ran-before': 'an identical call of yours was approved and let through before',
  'mask-failed': 'the answer could not be masked and was withheld',
  'record-failed': 'this could not be recorded and was refused; try again in a moment',
  'answer-unrecorded': 'this ran, but its answer could not be recorded and was withheld',
  unreachable: 'the target could not be reached',
  'target-refused-credential': "the target refused the gateway's credential; an administrator must renew it",
  'bad-reply': 'the target answered something that is not MCP, and it was withheld',
  'request-not-allowed': 'the target asked its client for something; an administrator can allow that on the connection',
} satisfies Record<Reason, string>

const codeOf = {
  allowed: codes.internalError,
  'no-matching-rule': codes.denied,
  forbidden: codes.denied,
  'tool-quarantined': codes.denied,
  'review-required': codes.pending,
  'review-denied': codes.denied,
  'review-expired': codes.denied,
  'review-cancelled': codes.denied,
  'review-limit': codes.denied,
  'review-muted': codes.denied,
  'review-repeated': codes.denied,
  'grant-raced': codes.denied,
  'ran-before': codes.pending,
  'mask-failed': codes.withheld,
  'record-failed': codes.withheld,
  'answer-unrecorded': codes.withheld,
  unreachable: codes.upstream,
  'target-refused-credential': codes.upstream,
  'bad-reply': codes.upstream,
  'request-not-allowed': codes.upstream,
} satisfies Record<Reason, number>

/**
 * A refusal as a value: why, in words for the caller, what decided it, and the arguments that would be approved instead.
 * `pause`: the caller is asked to come back with the same request (MCP 2026-07-28, multi round-trip requests).
 * `earlier`: what an identical call was answered that its caller did not hear, to be told instead.
 */
export type Denial = {
  reason: Reason
  detail: string | null
  decision: Decision | null
  reviewId: string | null
  offer: JsonObject | null
  pause: JsonObject | null
  earlier: Earlier | null
}

/** An answer as it is kept, and as it is told: masked, as JSON text. */
export type Earlier = { row: Row; text: string; outcome: Outcome }

export const denial = (
  reason: Reason,
  decision: Decision | null = null,
  detail: string | null = null,
  reviewId: string | null = null,
): Denial => ({ reason, detail, decision, reviewId, offer: null, pause: null, earlier: null })

/** How a call ended that was not let through: nobody has said no to one that still waits for a person, and its client asks again. */
export const outcomeOf = ({ reason, earlier }: Denial): Outcome =>
  earlier?.outcome ?? (reason === 'review-required' || reason === 'ran-before' ? 'held' : 'denied')

export const decisionKey = 'io.sallyport/decision'

/**
 * The JSON-RPC message that tells a caller why not. A refused `tools/call` is a tool result with `isError`, because that is
 * what reaches the model in every client; everything else is an error.
 */
export function denialMessage(message: Message, era: Era, why: Denial): JsonObject {
  const text = why.detail === null ? publicText[why.reason] : `${publicText[why.reason]}: ${why.detail}`
  const about: JsonObject = {
    reason: why.reason,
    ...(why.decision === null
      ? {}
      : { version: why.decision.version, rules: why.decision.rules.map((rule) => ({ ...rule })) }),
    ...(why.reviewId === null ? {} : { review: why.reviewId }),
    ...(why.offer === null ? {} : { offer: why.offer }),
  }
  if (why.pause !== null) return resultMessage(message.id, why.pause)
  if (message.method !== 'tools/call')
    return errorMessage(message.id, codeOf[why.reason], text, { [decisionKey]: about })
  return resultMessage(message.id, {
    ...(era === 'modern' ? { resultType: 'complete' } : {}),
    content: [{ type: 'text', text }],
    isError: true,
    _meta: { [decisionKey]: about },
  })
}
