import { and, count, eq, sql } from 'drizzle-orm'
import { emit } from '../audit/emit'
import type { Database, Transaction } from '../context'
import { ring } from '../db/notify'
import { reviews } from '../db/schema'
import type { Keys } from '../keys'
import type { AskedRule, Call, JsonObject } from '../types'

export type OpenReview = {
  digest: string
  call: Call
  sessionId: string | null
  asked: AskedRule[]
  argumentsMasked: JsonObject
  reason: string | null
  policyVersion: number
}
export type ReviewTicket = { id: string; expiresAt: Date; joined: boolean }

/** An AI in a loop must not bury people. */
const pendingMax = 20

/** Opens a question, or joins the pending one of the same caller and digest. `too-many`: 20 of theirs wait already. */
export async function openReview(
  db: Database,
  keys: Pick<Keys, 'seal'>,
  input: OpenReview,
): Promise<ReviewTicket | 'too-many'> {
  return db.transaction(async (tx) => {
    const { call } = input
    // One caller's questions come one after another, so that the limit is one and identical ones meet.
    await tx.execute(sql`select pg_advisory_xact_lock(hashtext(${`review ${call.principal.id}`}))`)
    await expire(tx, call.principal.id, input.digest)
    const mine = and(eq(reviews.principalId, call.principal.id), eq(reviews.state, 'pending'))
    const [pending] = await tx
      .select()
      .from(reviews)
      .where(and(mine, eq(reviews.digest, input.digest)))
    if (pending !== undefined) return { id: pending.id, expiresAt: pending.expiresAt, joined: true }
    const [waiting] = await tx.select({ n: count() }).from(reviews).where(and(mine, sql`expires_at > now()`))
    if ((waiting?.n ?? 0) >= pendingMax) return 'too-many'
    return insert(tx, keys, input)
  })
}

const expire = (tx: Transaction, principalId: string, digest: string) =>
  tx
    .update(reviews)
    .set({ state: 'expired', settledAt: sql`now()`, argumentsSealed: null })
    .where(
      and(
        eq(reviews.principalId, principalId),
        eq(reviews.digest, digest),
        eq(reviews.state, 'pending'),
        sql`expires_at <= now()`,
      ),
    )

async function insert(tx: Transaction, keys: Pick<Keys, 'seal'>, input: OpenReview): Promise<ReviewTicket> {
  const { call, asked } = input
  const minutes = Math.min(...asked.map((rule) => rule.review.expiresMinutes))
  const id = crypto.randomUUID()
  const [row] = await tx
    .insert(reviews)
    .values({
      id,
      digest: input.digest,
      principalId: call.principal.id,
      principal: { name: call.principal.name, email: call.principal.email, groups: call.principal.groups },
      client: { name: call.client.name, version: call.client.version },
      sessionId: input.sessionId,
      connectionId: call.connection.id,
      connection: call.connection.name,
      action: call.action,
      resource: call.resource,
      argumentsSealed: keys.seal(JSON.stringify(call.args), `review ${id}`),
      argumentsMasked: JSON.stringify(input.argumentsMasked),
      asked,
      policyVersion: input.policyVersion,
      reason: input.reason,
      expiresAt: sql`now() + make_interval(mins => ${minutes})`,
    })
    .returning({ id: reviews.id, expiresAt: reviews.expiresAt })
  if (row === undefined) throw new Error('a review was not stored')
  await emit(
    tx,
    { id: call.principal.id, name: call.principal.email ?? call.principal.name },
    {
      action: 'review.open',
      kind: 'review',
      connection: call.connection.name,
      resource: call.resource.id,
      policyVersion: input.policyVersion,
      body: {
        review: id,
        digest: input.digest,
        arguments: input.argumentsMasked,
        rules: asked.map(({ role, rule }) => ({ role, rule })),
      },
    },
  )
  await ring(tx, 'reviews', id)
  return { ...row, joined: false }
}
