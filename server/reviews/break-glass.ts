import { eq, sql } from 'drizzle-orm'
import { emit } from '../audit/emit'
import { type Context, type Transaction, transaction } from '../context'
import { ringAll } from '../db/notify'
import { glassBreaks, glassVotes, reviews } from '../db/review-schema'
import { Refusal } from '../errors'
import type { JsonObject, ReviewState, Viewer } from '../types'
import { isOwn } from './eligible'
import { give, minutesMax } from './give'
import { breakable, breakersNeeded, glassGive, lookWithinHours, mayBreak } from './glass'
import { BreakGlass } from './schemas'
import { grantRing, type Row, requireFreshGroups, requireReason, settle } from './vote'
import { halvesOn, type IsAdmin } from './voters'

/**
 * One administrator's half of breaking the glass; the second different one lets the question through, for a short time, whatever
 * its approvers say. Nobody may for themselves, only where every rule that asks has `breakGlass`, and a denial of an approver
 * that came first stands. What is given satisfies those rules alone, so a deny rule denies still.
 */
export async function breakGlass(ctx: Context, isAdmin: IsAdmin, input: BreakGlass): Promise<{ state: ReviewState }> {
  const { reviewId, why, minutes = null } = BreakGlass.parse(input)
  const { viewer } = ctx
  requireFreshGroups(viewer)
  return transaction(ctx, async (tx) => {
    const review = await breakableReview(tx, viewer, reviewId)
    requireReason(review)
    if (minutes !== null && minutes > minutesMax(review))
      throw new Refusal('invalid', `the rules allow at most ${minutesMax(review)} minutes`, 'minutes')
    const row = { reviewId, person: viewer.id, name: viewer.email ?? viewer.name, why, minutes }
    const inserted = await tx.insert(glassVotes).values(row).onConflictDoNothing().returning({ at: glassVotes.at })
    if (inserted.length === 0)
      throw new Refusal('conflict', 'you have done your half already; another administrator does theirs')
    const all = (await halvesOn(tx, reviewId, isAdmin)).filter(({ counts }) => counts)
    const state = all.length >= breakersNeeded ? 'approved' : 'pending'
    await settle(tx, review, state, {})
    const gives = all.map((vote) => glassGive(review.kind, review.wanted, vote.minutes))
    const given = state === 'approved' ? await letThrough(tx, review, gives) : []
    const by = all.map(({ name }) => name)
    await record(tx, viewer, review, { review: reviewId, why, minutes, state, by }, given)
    return { state }
  })
}

/** The review, if this person may break the glass for it. Whoever may not know of it is told that it is not there. */
async function breakableReview(tx: Transaction, viewer: Viewer, id: string): Promise<Row> {
  const [review] = await tx.select().from(reviews).where(eq(reviews.id, id)).for('update')
  if (review === undefined || !viewer.admin) throw new Refusal('not-found', 'there is no such review')
  if (viewer.kind !== 'user') throw new Refusal('forbidden', 'a person decides, not a service account')
  if (isOwn(review, viewer)) throw new Refusal('forbidden', 'nobody breaks the glass for themselves')
  if (!breakable(review)) throw new Refusal('forbidden', 'a rule that asks does not let anybody break the glass')
  if (!mayBreak(review, viewer)) throw new Refusal('forbidden', 'only administrators break the glass')
  return review
}

async function letThrough(tx: Transaction, review: Row, gives: Parameters<typeof give>[2]): Promise<string[]> {
  const dueAt = sql`now() + make_interval(hours => ${lookWithinHours})`
  await tx.insert(glassBreaks).values({ reviewId: review.id, dueAt })
  return give(tx, review, gives)
}

async function record(
  tx: Transaction,
  { id, email, name }: Viewer,
  review: Row,
  body: JsonObject,
  given: string[],
): Promise<void> {
  const { connection, resource } = review
  const actor = { id, name: email ?? name }
  const action = body.state === 'approved' ? 'review.glass-broken' : 'review.glass-begun'
  await ringAll(tx, [{ topic: 'reviews', payload: review.id }, ...given.map(grantRing)])
  await emit(tx, actor, { action, kind: 'review', connection, resource: resource.id, body: { ...body, grants: given } })
}
