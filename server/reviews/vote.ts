import { and, eq, sql } from 'drizzle-orm'
import { emit } from '../audit/emit'
import { type Context, type Transaction, transaction } from '../context'
import { ringAll } from '../db/notify'
import { type Give, reviews, votes } from '../db/review-schema'
import { Refusal } from '../errors'
import type { Keys } from '../keys'
import type { JsonObject, ReviewState, Viewer } from '../types'
import { type CountedVote, isApproved, isOwn, votableRules } from './eligible'
import { checkGive, give, plainGive } from './give'
import { Vote } from './schemas'
import { readSince, standing } from './voters'
import { wholeOf } from './whole'

export type Row = typeof reviews.$inferSelect
type Voted = { state: ReviewState; grants: string[] }
export type Ballot = { verdict: 'approve' | 'deny'; note: string | null; give: Give | null }

/** Groups used for a vote must have been read from the issuer this recently. */
const groupsFreshMs = 60_000

/**
 * One eligible person's answer. One denial denies; enough approvals for every rule approve, and leave a grant as wide as the
 * narrowest of them.
 */
export async function vote(ctx: Context, keys: Pick<Keys, 'open'>, input: Vote): Promise<{ state: ReviewState }> {
  const { reviewId, verdict, note = null, give = null } = Vote.parse(input)
  requireFreshGroups(ctx.viewer)
  return transaction(ctx, async (tx) => {
    const review = await eligibleReview(tx, ctx.viewer, reviewId)
    if (give !== null) {
      if (verdict === 'deny') throw new Refusal('invalid', 'a denial gives nothing', 'give')
      checkGive(review, give, argumentsOf(review, keys), new Date())
    }
    if (verdict === 'approve') requireReason(review)
    const { state } = await cast(tx, ctx.viewer, review, { verdict, note, give })
    return { state }
  })
}

export function requireFreshGroups(viewer: Viewer): void {
  if (Date.now() - viewer.groupsReadAt.getTime() > groupsFreshMs)
    throw new Refusal('unauthenticated', 'your groups could not be read again from the issuer; sign in again')
}

export function requireReason({ asked, reason }: Row): void {
  if (reason === null && asked.some((rule) => rule.review.reason === 'required'))
    throw new Refusal('conflict', 'a rule wants the caller to say why first, and they have not yet')
}

/** The review, if this person may answer it. Whoever may not know of it is told that it is not there. */
export async function eligibleReview(tx: Transaction, viewer: Viewer, id: string): Promise<Row> {
  const [review] = await tx.select().from(reviews).where(eq(reviews.id, id)).for('update')
  if (review === undefined) throw new Refusal('not-found', 'there is no such review')
  if (viewer.kind !== 'user') throw new Refusal('forbidden', 'a person decides, not a service account')
  if (isOwn(review, viewer)) throw new Refusal('forbidden', 'nobody decides their own question')
  if (votableRules(review, viewer).length === 0) {
    if (viewer.admin || viewer.auditor) throw new Refusal('forbidden', 'no rule names you as an approver of this')
    throw new Refusal('not-found', 'there is no such review')
  }
  return review
}

/** Puts one vote into a review that is locked, and settles it if that decides it. */
export async function cast(tx: Transaction, viewer: Viewer, review: Row, ballot: Ballot): Promise<Voted> {
  const { verdict, note } = ballot
  const name = viewer.email ?? viewer.name
  const claims = namedClaims(review, viewer)
  const row = { reviewId: review.id, person: viewer.id, name, groups: viewer.groups, claims, ...ballot }
  const all = await put(tx, row)
  const decided = verdict === 'deny' ? 'denied' : isApproved(review, all) ? 'approved' : 'pending'
  await settle(tx, review, decided, verdict === 'deny' ? { note } : {})
  const gives = all.filter((one) => one.verdict === 'approve').map((one) => one.give ?? plainGive(review))
  const given = decided === 'approved' ? await give(tx, review, gives) : []
  const { connection, resource } = review
  const body: JsonObject = { review: review.id, verdict, note, state: decided, grant: given[0] ?? null, grants: given }
  if (ballot.give !== null) body.give = ballot.give as JsonObject
  const actor = { id: viewer.id, name }
  await ringAll(tx, [{ topic: 'reviews', payload: review.id }, ...given.map(grantRing)])
  await emit(tx, actor, { action: 'review.vote', kind: 'review', connection, resource: resource.id, body })
  return { state: decided, grants: given }
}

type Cast = CountedVote & { give: Give | null; mine: boolean }

/** Puts the vote to those of others; all of them. A statement does not see what it inserts itself. */
async function put(tx: Transaction, row: typeof votes.$inferInsert): Promise<Cast[]> {
  const inserted = tx.insert(votes).values(row).onConflictDoNothing().returning()
  const { rows } = await tx.execute(sql`with mine as ${inserted}
    select true as mine, person, verdict, groups, claims, give from mine
    union all select false, v.person, v.verdict, ${standing('groups')}, ${standing('claims')}, v.give
    from votes v left join people p on ${readSince} where v.review_id = ${row.reviewId}`)
  const all = rows as unknown as Cast[]
  if (!all.some(({ mine }) => mine)) throw new Refusal('conflict', 'you have voted on this already')
  return all
}

export const grantRing = (id: string) => ({ topic: 'grants' as const, payload: id })

/** Of a person's claims only those that the approvers of these rules are known by: the vote is counted by them later. */
function namedClaims({ asked }: Row, { claims }: Viewer): JsonObject {
  const members = asked.flatMap((rule) => rule.review.approvers)
  const names = new Set(members.flatMap((member) => (member === 'everyone' ? [] : [member.claim])))
  return Object.fromEntries(Object.entries(claims).filter(([name]) => names.has(name)))
}

type Ending = Partial<Pick<typeof reviews.$inferInsert, 'note' | 'offerSealed'>>

/** One conditional UPDATE: pending still, and not over by the database's clock as it stands now, not when we began. */
export async function settle(tx: Transaction, review: Row, state: ReviewState, ending: Ending): Promise<void> {
  const over =
    state === 'pending' ? {} : { settledAt: sql`clock_timestamp()`, argumentsSealed: null, claimsSealed: null }
  const [row] = await tx
    .update(reviews)
    .set({ state, ...over, ...ending })
    .where(and(eq(reviews.id, review.id), eq(reviews.state, 'pending'), sql`expires_at > clock_timestamp()`))
    .returning({ state: reviews.state })
  if (row === undefined) throw new Refusal('conflict', 'this review is settled or over already')
}

/** The whole arguments of a pending call; null where they are gone, or where there are none yet. */
const argumentsOf = (row: Row, keys: Pick<Keys, 'open'>): JsonObject | null => wholeOf(row, keys)?.args ?? null
