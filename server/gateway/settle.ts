import { liveGrants } from '../grants/live-grants'
import { maskArguments } from '../masking/arguments'
import { type CompiledPolicy, couldMatch, decide } from '../policy/decide'
import { callDigest } from '../policy/digest'
import { awaitReview, type Settlement } from '../reviews/await-review'
import { openReview } from '../reviews/open-review'
import { runtime } from '../runtime'
import type { AskedRule, Decision, JsonObject, Reason } from '../types'
import { everyBeat } from './beats'
import { type Denial, denial } from './denial'
import type { Line } from './line'
import { maskedColumnProblem } from './masked-columns'
import { maskersFor } from './maskers'
import type { Incoming } from './parse'

/** Without progress a client gives up after a minute (measured), so we answer before that. */
const silentHoldMs = 45_000

export type Settled = { decision: Decision; denial: Denial | null; waited: boolean }

/** Decides; holds what a person must approve; decides again on the policy of that moment. */
export async function settle(incoming: Incoming, line: Line): Promise<Settled> {
  const decision = await decideNow(incoming)
  if (decision.effect === 'deny') return { decision, denial: denial(decision.reason, decision), waited: false }
  const hidden = maskedColumnProblem(incoming)
  if (hidden !== null) return { decision, denial: denial('forbidden', decision, hidden), waited: false }
  if (decision.effect === 'allow') return { decision, denial: null, waited: false }
  const answer = await ask(incoming, decision, line)
  if (answer.reason !== 'allowed') return { decision, denial: answer, waited: true }
  const again = await decideNow(incoming)
  const hiddenNow = maskedColumnProblem(incoming)
  if (hiddenNow !== null) return { decision: again, denial: denial('forbidden', again, hiddenNow), waited: true }
  if (again.effect === 'allow') return { decision: again, denial: null, waited: true }
  if (again.effect === 'deny') return { decision: again, denial: denial(again.reason, again), waited: true }
  const same = digestOf(incoming, again.asked) === digestOf(incoming, decision.asked)
  const why = same
    ? denial('grant-raced', again)
    : denial('review-required', again, 'the rule changed meanwhile; ask again')
  return { decision: again, denial: { ...why, reviewId: answer.reviewId }, waited: true }
}

/** Policy and live grants of this moment; grants are read only when a rule asks for them. */
export async function decideNow(incoming: Incoming): Promise<Decision> {
  const { policy, db } = runtime()
  const { call } = incoming
  const compiled = policy.current()
  if (incoming.method.kind !== 'call') return plumbing(compiled, incoming)
  const first = decide(compiled, call, { grants: [], digest: null }, new Date())
  if (first.effect !== 'review') return first
  const grants = await liveGrants(db, call.principal.id, call.connection)
  if (grants.length === 0) return first
  return decide(compiled, call, { grants, digest: digestOf(incoming, first.asked) }, new Date())
}

/** Lists and the conversation itself are open to whoever sees the connection; lists are filtered on the way back. */
const plumbing = (policy: CompiledPolicy, incoming: Incoming): Decision => ({
  effect: 'allow',
  reason: 'allowed',
  rules: [],
  asked: [],
  grantId: null,
  masks: policy.masksOn(incoming.connection.name, null).map((mask) => ({ ...mask, fields: [] })),
  errors: [],
  version: policy.version,
})

export const mayList = (incoming: Incoming, action: string, item: Incoming['call']['resource']): boolean =>
  couldMatch(
    runtime().policy.current(),
    { ...incoming.call, action, resource: item, tool: incoming.connection.tools.get(item.id)?.hints ?? null },
    new Date(),
  )

function digestOf({ call, connection }: Incoming, asked: AskedRule[]): string {
  return callDigest(runtime().keys.digest, {
    principal: call.principal.id,
    connectionId: call.connection.id,
    targetHash: call.connection.targetHash,
    action: call.action,
    resource: call.resource,
    toolHash: connection.tools.get(call.resource.id)?.hash ?? '',
    rules: asked.map((rule) => rule.contentHash).sort(),
    args: call.args,
  })
}

const verdicts = {
  pending: 'review-required',
  approved: 'allowed',
  denied: 'review-denied',
  expired: 'review-expired',
  cancelled: 'review-cancelled',
} as const satisfies Record<string, Reason>

/** Opens or joins the review and waits. Only the reason `allowed` means go on. */
async function ask(incoming: Incoming, decision: Decision, line: Line): Promise<Denial> {
  const { db, bell, keys, env, metrics } = runtime()
  const masker = maskersFor(incoming.connection, decision).record
  const ticket = await openReview(db, keys, {
    digest: digestOf(incoming, decision.asked),
    call: incoming.call,
    sessionId: incoming.conversation.id,
    asked: decision.asked,
    argumentsMasked: maskArguments(incoming.call.args, masker),
    reason: null,
    policyVersion: decision.version,
  })
  if (ticket === 'too-many') return denial('review-limit', decision)
  if (ticket === 'muted') return denial('review-muted', decision)
  const link = `${env.publicUrl}/reviews/${ticket.id}`
  metrics.held.inc()
  const stop = keepWaiting(incoming, line, `waiting for approval: ${link}`)
  try {
    const spoken = line.streams && progressToken(incoming) !== null
    const end = AbortSignal.any([line.gone, ...(spoken ? [] : [AbortSignal.timeout(silentHoldMs)])])
    const settled = await awaitReview(bell, db, ticket.id, end)
    const reason = verdicts[settled.state]
    if (reason === 'review-required')
      return denial(reason, decision, `${link} , then call again with the same arguments`, ticket.id)
    const offer = offerOf(settled, ticket.id)
    return { ...denial(reason, decision, wordsOf(settled.note, offer), ticket.id), offer }
  } finally {
    stop()
    metrics.held.dec()
  }
}

const offerOf = ({ offerSealed }: Settlement, id: string): JsonObject | null =>
  offerSealed === null ? null : (JSON.parse(runtime().keys.open(offerSealed, `offer ${id}`)) as JsonObject)

function wordsOf(note: string | null, offer: JsonObject | null): string | null {
  if (offer === null) return note
  const words = `with these arguments it would be approved, call again with exactly them: ${JSON.stringify(offer)}`
  return note === null || note === '' ? words : `${note}; ${words}`
}

const progressToken = ({ message }: Incoming): string | number | null => {
  const token = (message.params._meta as { progressToken?: unknown } | undefined)?.progressToken
  return typeof token === 'string' || typeof token === 'number' ? token : null
}

function keepWaiting(incoming: Incoming, line: Line, message: string): () => void {
  const token = progressToken(incoming)
  let progress = 0
  const beat = () => {
    if (token === null) return line.comment()
    progress += 1
    line.say({ jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken: token, progress, message } })
  }
  beat()
  return everyBeat(beat)
}
