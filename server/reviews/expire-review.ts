import { and, eq, sql } from 'drizzle-orm'
import { emit } from '../audit/emit'
import type { Database } from '../context'
import { ring } from '../db/notify'
import { reviews } from '../db/schema'

/** Ends a question that nobody answered in time, by the database's clock; does nothing when it was settled meanwhile. */
export async function expireReview(db: Database, id: string): Promise<void> {
  await db.transaction(async (tx) => {
    const [gone] = await tx
      .update(reviews)
      .set({ state: 'expired', settledAt: sql`now()`, argumentsSealed: null })
      .where(and(eq(reviews.id, id), eq(reviews.state, 'pending'), sql`expires_at <= now()`))
      .returning()
    if (gone === undefined) return
    const actor = { id: 'sallyport', name: 'sallyport' }
    await emit(tx, actor, {
      action: 'review.expire',
      kind: 'review',
      connection: gone.connection,
      resource: gone.resource.id,
      body: { review: id },
    })
    await ring(tx, 'reviews', id)
  })
}

/** Ends every question whose time is over. */
export async function expireReviews(db: Database): Promise<void> {
  const over = await db
    .select({ id: reviews.id })
    .from(reviews)
    .where(and(eq(reviews.state, 'pending'), sql`expires_at <= now()`))
  for (const { id } of over) await expireReview(db, id)
}
