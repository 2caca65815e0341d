import { and, eq, sql } from 'drizzle-orm'
import { emit } from '../audit/emit'
import { type Context, transaction } from '../context'
import { ring } from '../db/notify'
import { reviews } from '../db/review-schema'
import { Refusal } from '../errors'
import { isReviewId } from './schemas'
import { waiting } from './visible'

/** The caller takes a pending question back. */
export async function cancelReview(ctx: Context, id: string): Promise<void> {
  const { viewer } = ctx
  if (!isReviewId(id)) throw new Refusal('not-found', 'there is no such review')
  await transaction(ctx, async (tx) => {
    const [gone] = await tx
      .update(reviews)
      .set({ state: 'cancelled', settledAt: sql`now()`, argumentsSealed: null, claimsSealed: null })
      .where(and(eq(reviews.id, id), eq(reviews.principalId, viewer.id), waiting))
      .returning()
    if (gone === undefined) throw new Refusal('conflict', 'there is no pending question of yours with this id')
    const actor = { id: viewer.id, name: viewer.email ?? viewer.name }
    await emit(tx, actor, {
      action: 'review.cancel',
      kind: 'review',
      connection: gone.connection,
      resource: gone.resource.id,
      body: { review: id },
    })
    await ring(tx, 'reviews', id)
  })
}
