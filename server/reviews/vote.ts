import { and, eq, sql } from 'drizzle-orm'
import { emit } from '../audit/emit'
import { type Context, type Transaction, transaction } from '../context'
import { ring } from '../db/notify'
import { grants, reviews, votes } from '../db/review-schema'
import { Refusal } from '../errors'
import type { JsonObject, ReviewState, Viewer } from '../types'
import { isApproved, votableRules } from './eligible'
import { Vote } from './schemas'

type Row = typeof reviews.$inferSelect

/** Groups used for a vote must have been read from the issuer this recently. */
const groupsFreshMs = 60_000

/** One eligible person's answer. One denial denies; enough approvals for every rule approve and leave a single-use grant. */
export async function vote(ctx: Context, input: Vote): Promise<{ state: ReviewState }> {
  const { reviewId, verdict, note = null } = Vote.parse(input)
  const { viewer } = ctx
  if (Date.now() - viewer.groupsReadAt.getTime() > groupsFreshMs)
    throw new Refusal('unauthenticated', 'your groups could not be read again from the issuer; sign in again')
  return transaction(ctx, async (tx) => {
    const review = await eligibleReview(tx, ctx, reviewId)
    const name = viewer.email ?? viewer.name
    const claims = namedClaims(review, viewer)
    const cast = { reviewId, person: viewer.id, name, groups: viewer.groups, claims, verdict, note }
    const inserted = await tx.insert(votes).values(cast).onConflictDoNothing().returning({ person: votes.person })
    if (inserted.length === 0) throw new Refusal('conflict', 'you have voted on this already')
    const state = await settleIfDecided(tx, review, verdict, note)
    if (state === 'lost') throw new Refusal('conflict', 'this review is settled or over already')
    const grant = state === 'approved' ? await give(tx, review) : null
    const { connection, resource } = review
    const body = { review: reviewId, verdict, note, state, grant }
    await emit(
      tx,
      { id: viewer.id, name },
      { action: 'review.vote', kind: 'review', connection, resource: resource.id, body },
    )
    await ring(tx, 'reviews', reviewId)
    return { state }
  })
}

/** The review, if this person may answer it. Whoever may not know of it is told that it is not there. */
async function eligibleReview(tx: Transaction, { viewer }: Context, id: string): Promise<Row> {
  const [review] = await tx.select().from(reviews).where(eq(reviews.id, id)).for('update')
  if (review === undefined) throw new Refusal('not-found', 'there is no such review')
  if (review.principalId === viewer.id) throw new Refusal('forbidden', 'nobody decides their own question')
  if (votableRules(review, viewer).length === 0) {
    if (viewer.admin || viewer.auditor) throw new Refusal('forbidden', 'no rule names you as an approver of this')
    throw new Refusal('not-found', 'there is no such review')
  }
  return review
}

/** Of a person's claims only those that the approvers of these rules are known by: the vote is counted by them later. */
function namedClaims({ asked }: Row, { claims }: Viewer): JsonObject {
  const members = asked.flatMap((rule) => rule.review.approvers)
  const names = new Set(members.flatMap((member) => (member === 'everyone' ? [] : [member.claim])))
  return Object.fromEntries(Object.entries(claims).filter(([name]) => names.has(name)))
}

/** One conditional UPDATE: pending still, and not over by the database's clock as it stands now, not when we began. */
async function settleIfDecided(
  tx: Transaction,
  review: Row,
  verdict: 'approve' | 'deny',
  note: string | null,
): Promise<ReviewState | 'lost'> {
  const all = await tx.select().from(votes).where(eq(votes.reviewId, review.id))
  const decided = verdict === 'deny' ? 'denied' : isApproved(review, all) ? 'approved' : 'pending'
  const settled = decided !== 'pending'
  const [row] = await tx
    .update(reviews)
    .set({
      state: decided,
      ...(settled ? { settledAt: sql`now()`, argumentsSealed: null } : {}),
      ...(verdict === 'deny' ? { note } : {}),
    })
    .where(and(eq(reviews.id, review.id), eq(reviews.state, 'pending'), sql`expires_at > clock_timestamp()`))
    .returning({ state: reviews.state })
  return row?.state ?? 'lost'
}

/** This call, once, while the shortest of the rules allows. */
async function give(tx: Transaction, review: Row): Promise<string> {
  const id = crypto.randomUUID()
  const minutes = Math.min(...review.asked.map((rule) => rule.review.maxMinutes))
  await tx.insert(grants).values({
    id,
    reviewId: review.id,
    principalId: review.principalId,
    principal: review.principal.email ?? review.principal.name,
    connectionId: review.connectionId,
    connection: review.connection,
    digest: review.digest,
    action: review.action,
    resource: review.resource,
    rules: review.asked.map((rule) => rule.contentHash),
    maxUses: 1,
    endsAt: sql`now() + make_interval(mins => ${minutes})`,
  })
  await ring(tx, 'grants', id)
  return id
}
