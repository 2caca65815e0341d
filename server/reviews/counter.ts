import { and, eq } from 'drizzle-orm'
import { emit } from '../audit/emit'
import { type Context, type Transaction, transaction } from '../context'
import { reviews } from '../db/review-schema'
import { Refusal } from '../errors'
import type { Keys } from '../keys'
import { maskTogether } from '../masking/arguments'
import { compileMasks } from '../masking/fulfil'
import { type CompiledPolicy, decide } from '../policy/decide'
import { callDigest, canonical } from '../policy/digest'
import { httpOf } from '../policy/http-facts'
import { loadSql, sqlFacts } from '../policy/sql/facts'
import { type PinnedHints, toolFacts } from '../policy/tool-facts'
import type { AskedRule, Call, Connection, JsonObject, ReviewState, Viewer } from '../types'
import { insertReview } from './open-review'
import { Counter } from './schemas'
import { cast, eligibleReview, type Row, requireFreshGroups } from './vote'
import { wholeOf } from './whole'

type Target = Connection & { secrets: string[]; tools: Map<string, PinnedHints & { hash: string }> }

/** What a decision on other arguments needs, as it stands now. */
export type Deciding = {
  keys: Pick<Keys, 'open' | 'seal' | 'digest' | 'mask'>
  policy: CompiledPolicy
  connections: Target[]
}

/** `waiting` is the question about the new arguments; null when they need none. */
export type Countered = { waiting: string | null; state: ReviewState }

/**
 * Offers other arguments instead: this question is denied, nothing runs, and what was voted on it is void. The caller is told
 * the new arguments; the call with them is a question of its own, which this person has approved already.
 */
export async function counterReview(ctx: Context, deciding: Deciding, input: Counter): Promise<Countered> {
  const { reviewId, arguments: args, note = null } = Counter.parse(input)
  requireFreshGroups(ctx.viewer)
  const { keys } = deciding
  await loadSql()
  return transaction(ctx, async (tx) => {
    const review = await eligibleReview(tx, ctx.viewer, reviewId)
    const before = wholeOf(review, keys)
    if (before === null) throw new Refusal('conflict', 'this review is settled, or asks for no call')
    if (canonical(before.args) === canonical(args))
      throw new Refusal('invalid', 'these are the arguments that were asked for; approve them', 'arguments')
    const call = { ...callWith(review, args, deciding), ...(before.meta === undefined ? {} : { meta: before.meta }) }
    const asked = askedOf(review, call, deciding)
    await cast(tx, ctx.viewer, review, { verdict: 'deny', note, give: null })
    const offerSealed = keys.seal(JSON.stringify(args), `offer ${review.id}`)
    await tx.update(reviews).set({ offerSealed }).where(eq(reviews.id, review.id))
    await record(tx, ctx.viewer, review, masked(call, deciding).argumentsMasked)
    if (asked.length === 0) return { waiting: null, state: 'approved' as const }
    const next = await questionFor(tx, review, call, asked, deciding)
    const { state } = await cast(tx, ctx.viewer, next, { verdict: 'approve', note: null, give: null })
    return { waiting: next.id, state }
  })
}

function callWith(review: Row, args: JsonObject, { keys, connections }: Deciding): Call {
  const connection = connections.find(({ id }) => id === review.connectionId)
  if (connection === undefined || connection.targetHash !== review.targetHash)
    throw new Refusal('conflict', 'the connection leads elsewhere by now; deny this and let the caller ask again')
  const { resource } = review
  const tool = resource.type === 'tool'
  if (tool && (connection.tools.get(resource.id)?.hash ?? '') !== (review.facts.toolHash ?? ''))
    throw new Refusal('conflict', 'the tool is described otherwise by now; deny this and let the caller ask again')
  const known = tool ? connection.sql.find((entry) => entry.tool === resource.id) : undefined
  const claims = review.claimsSealed === null ? '{}' : keys.open(review.claimsSealed, `claims ${review.id}`)
  return {
    principal: { id: review.principalId, ...review.principal, claims: JSON.parse(claims) as JsonObject, kind: 'user' },
    client: { id: '', ...review.client },
    connection: { id: connection.id, name: connection.name, targetHash: connection.targetHash },
    ...{ action: review.action, resource, args },
    ...toolFacts(tool ? connection.tools.get(resource.id) : undefined),
    sql: known === undefined ? null : sqlFacts(args[known.argument], known.dialect, connection.schema),
    ...(tool ? httpOf(connection, resource.id, args) : { http: null }),
  }
}

/** The rules that ask about the new arguments; none when they are allowed as they are. */
function askedOf(review: Row, call: Call, { policy }: Deciding): AskedRule[] {
  const decision = decide(policy, call, { grants: [], digest: null }, new Date())
  if (decision.effect === 'deny') throw new Refusal('invalid', 'policy denies these arguments', 'arguments')
  const known = new Set(review.asked.map((rule) => rule.contentHash))
  if (decision.asked.some((rule) => !known.has(rule.contentHash)))
    throw new Refusal('invalid', 'these arguments ask other approvers; let the caller ask for them', 'arguments')
  return decision.asked
}

async function questionFor(
  tx: Transaction,
  review: Row,
  call: Call,
  asked: AskedRule[],
  deciding: Deciding,
): Promise<Row> {
  const { keys, policy } = deciding
  const digest = callDigest(keys.digest, {
    principal: call.principal.id,
    connectionId: call.connection.id,
    targetHash: call.connection.targetHash,
    action: call.action,
    resource: call.resource,
    toolHash: call.toolHash ?? '',
    rules: asked.map((rule) => rule.contentHash),
    args: call.args,
    meta: call.meta,
  })
  const same = and(eq(reviews.principalId, call.principal.id), eq(reviews.digest, digest), eq(reviews.state, 'pending'))
  const [pending] = await tx.select().from(reviews).where(same).for('update')
  if (pending !== undefined) return pending
  const ticket = await insertReview(tx, keys, {
    ...{ digest, call, asked, sessionId: review.sessionId, policyVersion: policy.version },
    ...masked(call, deciding),
    reason: review.reason,
    offerOf: review.id,
  })
  const [row] = await tx.select().from(reviews).where(eq(reviews.id, ticket.id)).for('update')
  if (row === undefined) throw new Error('a review was not stored')
  return row
}

function masked({ connection: { id, name }, args, meta }: Call, { keys, policy, connections }: Deciding) {
  const secrets = connections.find((connection) => connection.id === id)?.secrets ?? []
  const masker = compileMasks(policy.masksOn(name, null), keys.mask, secrets)
  const [argumentsMasked = {}, metaMasked = {}] = maskTogether([args, meta ?? {}], masker)
  return { argumentsMasked, ...(meta === undefined ? {} : { metaMasked }) }
}

async function record(tx: Transaction, viewer: Viewer, review: Row, args: JsonObject): Promise<void> {
  const { connection, resource } = review
  const actor = { id: viewer.id, name: viewer.email ?? viewer.name }
  const body = { review: review.id, arguments: args }
  await emit(tx, actor, { action: 'review.counter', kind: 'review', connection, resource: resource.id, body })
}
