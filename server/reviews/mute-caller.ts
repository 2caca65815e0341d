import { eq, sql } from 'drizzle-orm'
import { emit } from '../audit/emit'
import { type Context, transaction } from '../context'
import { ring } from '../db/notify'
import { mutes } from '../db/review-schema'
import { Mute } from './schemas'
import { eligibleReview } from './vote'

/** For whoever may answer one of a caller's questions: no new ones for a while. Those that wait stay. */
export async function muteCaller(ctx: Context, input: Mute): Promise<{ until: string }> {
  const { reviewId, minutes } = Mute.parse(input)
  return transaction(ctx, async (tx) => {
    const { principalId, principal, connection, resource } = await eligibleReview(tx, ctx.viewer, reviewId)
    const by = ctx.viewer.email ?? ctx.viewer.name
    const set = {
      principal: principal.email ?? principal.name,
      by,
      until: sql`now() + make_interval(mins => ${minutes})`,
    }
    const [row] = await tx
      .insert(mutes)
      .values({ principalId, ...set })
      .onConflictDoUpdate({ target: mutes.principalId, set })
      .returning({ until: mutes.until })
    const actor = { id: ctx.viewer.id, name: by }
    const body = { review: reviewId, caller: set.principal, minutes }
    await emit(tx, actor, { action: 'review.mute', kind: 'review', connection, resource: resource.id, body })
    await ring(tx, 'reviews', reviewId)
    return { until: row?.until.toISOString() ?? '' }
  })
}

/** Ends it early. */
export async function unmuteCaller(ctx: Context, reviewId: string): Promise<void> {
  await transaction(ctx, async (tx) => {
    const { principalId, principal } = await eligibleReview(tx, ctx.viewer, reviewId)
    await tx.delete(mutes).where(eq(mutes.principalId, principalId))
    const actor = { id: ctx.viewer.id, name: ctx.viewer.email ?? ctx.viewer.name }
    const body = { review: reviewId, caller: principal.email ?? principal.name }
    await emit(tx, actor, { action: 'review.unmute', kind: 'review', body })
    await ring(tx, 'reviews', reviewId)
  })
}
