import type { Outcome, Reason } from '../../server/types'

/** Why a call was decided so, for who reads it later; null where effect and rules say it. */
const reasonWords = {
  allowed: null,
  'review-required': 'a person must approve it first',
  'no-matching-rule': 'no role allows it',
  forbidden: 'it may not run',
  'tool-quarantined': 'the tool is in quarantine',
  'review-denied': 'a person denied it',
  'review-expired': 'nobody answered in time',
  'review-cancelled': 'it was taken back',
  'review-limit': 'too many of the caller’s questions waited already',
  'review-muted': 'an approver wanted no new questions of the caller',
  'review-repeated': 'it was denied or taken back again and again',
  'grant-raced': 'an identical call had used the approval',
  'ran-before': 'an identical call had been let through before',
  'mask-failed': 'the answer could not be masked',
  'record-failed': 'it could not be recorded',
  'answer-unrecorded': 'its answer could not be recorded',
  unreachable: 'the target could not be reached',
  'target-refused-credential': 'the target refused the gateway’s credential',
  'bad-reply': 'the target answered something that is not MCP',
  'request-not-allowed': 'the target asked its client for something that it may not',
} satisfies Record<Reason, string | null>

export const wordsOfReason = (reason: string): string | null =>
  reason in reasonWords ? reasonWords[reason as Reason] : reason.replaceAll('-', ' ')

/** What an outcome means for who reads the step; null where the answer itself says it. */
const outcomeWords = {
  ok: null,
  denied: null,
  held: null,
  refused: null,
  tool_error: 'The tool ran and says that it failed.',
  error: 'The target answered with an error.',
  withheld: 'The answer was kept from the caller.',
  unreachable: 'The target could not be reached, or its answer broke off.',
  unknown:
    'Nobody knows what came of it: the gateway stopped, or the target ended without an answer. It may have run; it was not run again.',
  cancelled: 'The caller went away before the answer, so the target was told to stop.',
} satisfies Record<Outcome, string | null>

export const wordsOfOutcome = (outcome: Outcome | ''): string | null => (outcome === '' ? null : outcomeWords[outcome])

/** The words of an error in a recorded answer, be it of JSON-RPC or of a tool; null where it is none. */
export function errorOf(reply: string | null): string | null {
  try {
    const { error, result } = JSON.parse(reply ?? '') as {
      error?: { message?: unknown }
      result?: { isError?: unknown; content?: { text?: unknown }[] }
    }
    if (typeof error?.message === 'string') return error.message
    const text = result?.isError === true ? result.content?.[0]?.text : undefined
    return typeof text === 'string' ? text : null
  } catch {
    return null
  }
}
