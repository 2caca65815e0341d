import { and, eq, sql } from 'drizzle-orm'
import { emit } from '../audit/emit'
import { type Context, transaction } from '../context'
import { ring } from '../db/notify'
import { reviews } from '../db/schema'
import { Refusal } from '../errors'

/** The caller takes a pending question back. */
export async function cancelReview(ctx: Context, id: string): Promise<void> {
  await transaction(ctx, async (tx) => {
    const [gone] = await tx
      .update(reviews)
      .set({ state: 'cancelled', settledAt: sql`now()`, argumentsSealed: null })
      .where(and(eq(reviews.id, id), eq(reviews.principalId, ctx.viewer.id), eq(reviews.state, 'pending')))
      .returning()
    if (gone === undefined) throw new Refusal('conflict', 'there is no pending question of yours with this id')
    const actor = { id: ctx.viewer.id, name: ctx.viewer.email ?? ctx.viewer.name }
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
