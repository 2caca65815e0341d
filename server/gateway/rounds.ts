import { codes, type Malformed } from '../mcp/errors'
import type { Message } from '../mcp/messages'
import { canonical } from '../policy/digest'
import { runtime } from '../runtime'
import type { Json, JsonObject } from '../types'

/** A wait that a modern client takes up again: which review, for which question, and how often it was told to. */
export type Round = { review: string; digest: string; n: number; answers: JsonObject }

const mark = 'sallyport-wait.'
const goodForMs = 3_600_000

/** Whom a state belongs to. */
export type Whose = { principalId: string; connectionId: string }

/** The state of a wait, sealed (AES-256-GCM): of use to this principal, for this very call, for an hour. */
export function stateOf(round: Omit<Round, 'answers'>, message: Message, whose: Whose): string {
  const { review, digest, n } = round
  const text = JSON.stringify({ review, digest, n, until: Date.now() + goodForMs })
  return mark + runtime().keys.seal(text, boundTo(message, whose)).toString('base64url')
}

/**
 * Takes our own `requestState` and what the client answered to it out of a message: neither is for the target. A state that is
 * not of this call is refused; one that is too old begins anew.
 */
export function takeRound(message: Message, whose: Whose): { message: Message; round: Round | null } | Malformed {
  const { requestState, inputResponses, ...params } = message.params
  if (typeof requestState !== 'string' || !requestState.startsWith(mark)) return { message, round: null }
  const bare = { ...message, params, body: { ...message.body, params } }
  try {
    const sealed = Buffer.from(requestState.slice(mark.length), 'base64url')
    const { until, ...round } = JSON.parse(runtime().keys.open(sealed, boundTo(bare, whose)))
    const answers = isObject(inputResponses) ? inputResponses : {}
    return { message: bare, round: until < Date.now() ? null : { ...round, answers } }
  } catch {
    return { status: 400, code: codes.invalidParams, message: 'the `requestState` does not belong to this call' }
  }
}

export function boundTo({ method, params }: Message, { principalId, connectionId }: Whose): string {
  const { _meta, requestState: _, inputResponses: __, ...rest } = params
  return `wait ${canonical({ principalId, connectionId, method, params: rest })}`
}

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
