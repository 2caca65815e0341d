import { and, eq, sql } from 'drizzle-orm'
import { emit } from '../audit/emit'
import type { Context, Database } from '../context'
import { ring } from '../db/notify'
import { reviews } from '../db/review-schema'
import { Refusal } from '../errors'
import { isReviewId } from './schemas'
import { waiting } from './visible'

/** The caller takes a pending question back. */
export const cancelReview = ({ db, viewer }: Context, id: string): Promise<void> =>
  cancelReviewAs(db, { id: viewer.id, name: viewer.email ?? viewer.name }, id)

export async function cancelReviewAs(db: Database, person: { id: string; name: string }, id: string): Promise<void> {
  if (!isReviewId(id)) throw new Refusal('not-found', 'there is no such review')
  await db.transaction(async (tx) => {
    const [gone] = await tx
      .update(reviews)
      .set({ state: 'cancelled', settledAt: sql`now()`, argumentsSealed: null, claimsSealed: null })
      .where(and(eq(reviews.id, id), eq(reviews.principalId, person.id), waiting))
      .returning()
    if (gone === undefined) throw new Refusal('conflict', 'there is no pending question of yours with this id')
    await emit(tx, person, {
      action: 'review.cancel',
      kind: 'review',
      connection: gone.connection,
      resource: gone.resource.id,
      body: { review: id },
    })
    await ring(tx, 'reviews', id)
  })
}
