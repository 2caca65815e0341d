import { isRevoked } from '../grants/is-revoked'
import { liveGrants } from '../grants/live-grants'
import { adviceFor } from '../policy/advice'
import { type CompiledPolicy, couldMatch, decide } from '../policy/decide'
import { callDigest } from '../policy/digest'
import { toolFacts } from '../policy/tool-facts'
import { runtime } from '../runtime'
import type { AskedRule, Decision } from '../types'
import { type Denial, denial } from './denial'
import { takeBack } from './held'
import { hold } from './hold'
import type { Line } from './line'
import { noteTime } from './long-messages'
import { maskedColumnProblem } from './masked-columns'
import { movedMeanwhile } from './moved'
import type { Incoming } from './parse'
import { quarantineDenial } from './pins'
import { ranBefore } from './ran-before'
import { unshown } from './unshown'

/** `digest`: of a call that a person let through. */
export type Settled = { decision: Decision; denial: Denial | null; waited: boolean; digest?: string }

/** Decides; holds what a person must approve; decides again on the policy of that moment. At once where nobody must be waited for. */
export function settle(incoming: Incoming, line: Line): Settled | Promise<Settled> {
  const began = performance.now()
  const decision = takesBack(incoming) ?? decideNow(incoming)
  const settled =
    decision instanceof Promise
      ? decision.then((found) => standing(incoming, line, found))
      : standing(incoming, line, decision)
  noteTime(incoming.call.principal.id, performance.now() - began)
  return settled
}

const takesBack = (incoming: Incoming): Promise<Decision> | null =>
  incoming.message.method === 'notifications/cancelled' ? takeBack(incoming).then(() => decideNow(incoming)) : null

function standing(incoming: Incoming, line: Line, decision: Decision): Settled | Promise<Settled> {
  if (decision.effect === 'deny') return { decision, denial: refusal(incoming, decision), waited: false }
  const stop = stopOf(incoming, decision)
  if (stop !== null) return { decision, denial: stop, waited: false }
  if (decision.effect === 'allow' && decision.grantId === null) return { decision, denial: null, waited: false }
  if (incoming.begun) return goingOn(incoming, decision)
  return reviewed(incoming, line, decision)
}

/** A call that a person lets through, or has let through: never twice, only because its caller did not hear the answer. */
async function reviewed(incoming: Incoming, line: Line, decision: Decision): Promise<Settled> {
  const digest = digestOf(incoming, rulesAsking(incoming, decision))
  const before = await ranBefore(incoming, decision, digest, line)
  if (before !== null)
    return { decision: { ...decision, effect: 'review', grantId: null }, denial: before, waited: false }
  if (decision.effect === 'allow') return { decision, denial: null, waited: false, digest }
  if (incoming.continued?.granted === true) return { ...(await goingOn(incoming, decision)), digest }
  return asked(incoming, line, decision, digest)
}

/** What was approved for a call goes for the rest of the same execution and for the task it began, until it is revoked. */
async function goingOn(incoming: Incoming, decision: Decision): Promise<Settled> {
  if (!(await isTakenBack(incoming))) return { decision: going(decision), denial: null, waited: false }
  return { decision, denial: denial('grant-raced', decision, 'it was revoked'), waited: false }
}

/** To end what runs needs no approval. */
const isTakenBack = async ({ under, message }: Incoming): Promise<boolean> =>
  under !== null && message.method !== 'tasks/cancel' && (await isRevoked(runtime().db, under))

/** The rules that ask, also where a grant has answered them. */
const rulesAsking = ({ call }: Incoming, { grantId, asked }: Decision): AskedRule[] =>
  grantId === null ? asked : decide(runtime().policy.current(), call, { grants: [], digest: null }, new Date()).asked

async function asked(incoming: Incoming, line: Line, decision: Decision, digest: string): Promise<Settled> {
  const answer = await hold(incoming, decision, digest, line)
  if (answer.reason !== 'allowed') return { decision, denial: answer, waited: true }
  const moved = movedMeanwhile(incoming)
  if (moved !== null)
    return { decision, denial: denial('review-required', decision, moved, answer.reviewId), waited: true }
  const again = await decideNow(incoming)
  const stopNow = stopOf(incoming, again)
  if (stopNow !== null) return { decision: again, denial: stopNow, waited: true }
  if (again.effect === 'allow') return { decision: again, denial: null, waited: true, digest }
  if (again.effect === 'deny') return { decision: again, denial: refusal(incoming, again), waited: true }
  const same = digestOf(incoming, again.asked) === digest
  const why = same
    ? denial('grant-raced', again)
    : denial('review-required', again, 'the rule changed meanwhile; ask again')
  return { decision: again, denial: { ...why, reviewId: answer.reviewId }, waited: true }
}

/** How what was begun before is decided at this moment, when nobody is there to be asked; null when it must not go on. */
export async function goesOn(incoming: Incoming): Promise<Decision | null> {
  const decision = decide(runtime().policy.current(), incoming.call, { grants: [], digest: null }, new Date())
  if (decision.effect === 'deny' || stopOf(incoming, decision) !== null) return null
  return decision.effect === 'review' && (await isTakenBack(incoming)) ? null : decision
}

/** What stands against a call although no rule denies it. */
function stopOf(incoming: Incoming, decision: Decision): Denial | null {
  const quarantined = quarantineDenial(incoming, decision)
  if (quarantined !== null) return quarantined
  const hidden = maskedColumnProblem(incoming)
  if (hidden !== null) return denial('forbidden', decision, hidden)
  const unseen = decision.effect === 'review' ? unshown(incoming) : null
  const why = `\`${unseen}\` could not be shown to whoever would approve this, so nobody is asked; leave it out`
  return unseen === null ? null : denial('forbidden', decision, why)
}

const going = (decision: Decision): Decision => ({ ...decision, effect: 'allow', reason: 'allowed', asked: [] })

const refusal = ({ call }: Incoming, decision: Decision): Denial =>
  denial(decision.reason, decision, adviceFor(runtime().policy.current(), call, decision))

/** Policy and live grants of this moment; grants are read only when a rule asks for them. */
function decideNow(incoming: Incoming): Decision | Promise<Decision> {
  const compiled = runtime().policy.current()
  if (incoming.method.kind !== 'call') return plumbing(compiled, incoming.connection.name)
  const first = decide(compiled, incoming.call, { grants: [], digest: null }, new Date())
  // What goes on with an execution uses no grant again.
  const goesOn = incoming.begun || incoming.continued?.granted === true
  return first.effect === 'review' && !goesOn ? withGrants(incoming, compiled, first) : first
}

async function withGrants(incoming: Incoming, compiled: CompiledPolicy, first: Decision): Promise<Decision> {
  const { call } = incoming
  const grants = await liveGrants(runtime().db, call.principal.id, call.connection)
  if (grants.length === 0) return first
  const digest = unshown(incoming) === null ? digestOf(incoming, first.asked) : null
  return decide(compiled, call, { grants, digest }, new Date())
}

/** Lists and the conversation itself are open to whoever sees the connection; lists are filtered on the way back. */
const plumbing = (policy: CompiledPolicy, connection: string): Decision => ({
  effect: 'allow',
  reason: 'allowed',
  rules: [],
  asked: [],
  grantId: null,
  masks: policy.masksOn(connection, null).map((mask) => ({ ...mask, fields: [] })),
  errors: [],
  version: policy.version,
})

/** What goes for messages that are about no tool, resource or prompt. */
export const conversational = (connection: string): Decision => plumbing(runtime().policy.current(), connection)

export const mayList = (incoming: Incoming, action: string, item: Incoming['call']['resource']): boolean =>
  couldMatch(
    runtime().policy.current(),
    { ...incoming.call, action, resource: item, ...toolFacts(incoming.connection.tools.get(item.id)) },
    new Date(),
  )

/** Of the method itself: to subscribe needs the right to read, and is more than to read once. */
function digestOf({ call, message }: Incoming, asked: AskedRule[]): string {
  return callDigest(runtime().keys.digest, {
    principal: call.principal.id,
    connectionId: call.connection.id,
    targetHash: call.connection.targetHash,
    action: message.method,
    resource: call.resource,
    toolHash: call.toolHash ?? '',
    rules: asked.map((rule) => rule.contentHash).sort(),
    args: call.args,
    meta: call.meta,
  })
}
