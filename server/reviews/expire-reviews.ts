import { and, eq, isNotNull, type SQL, sql } from 'drizzle-orm'
import type { Logger } from 'pino'
import { emit } from '../audit/emit'
import type { Database, Transaction } from '../context'
import { type Bell, ring } from '../db/notify'
import { oneLook } from '../db/one-look'
import { reviews } from '../db/review-schema'

const atOnceMax = 500

/** Ends questions that nobody answered in time, waited for or not, so that no sealed arguments outlive them. */
export function startExpiry({ db, bell, log }: { db: Database; bell: Bell; log: Logger }): { close(): void } {
  const look = oneLook(() => expireReviews(db))
  // The bell's slow look; a change of one question says nothing about the others.
  const close = bell.on('reviews', (payload) => {
    if (payload === '') look().catch((error) => log.warn({ err: error }, 'reviews could not be expired'))
  })
  return { close }
}

/** Ends every question whose time is over by the database's clock. Any number of instances may do so at once. */
export async function expireReviews(db: Database): Promise<void> {
  const over = await db
    .select({ id: reviews.id })
    .from(reviews)
    .where(and(eq(reviews.state, 'pending'), sql`expires_at <= now()`))
    .limit(atOnceMax)
  for (const { id } of over) await expireReview(db, id)
  // Who was offered other arguments has had time to read them.
  await db
    .update(reviews)
    .set({ offerSealed: null })
    .where(and(isNotNull(reviews.offerSealed), sql`settled_at < now() - interval '1 day'`))
}

/** Ends one question if its time is over; does nothing when it was settled meanwhile. */
export async function expireReview(db: Database, id: string): Promise<void> {
  await db.transaction((tx) => expireWhere(tx, eq(reviews.id, id)))
}

/** Ends those of `which` whose time is over, as part of something larger. */
export async function expireWhere(tx: Transaction, which: SQL | undefined): Promise<void> {
  const gone = await tx
    .update(reviews)
    .set({ state: 'expired', settledAt: sql`now()`, argumentsSealed: null, claimsSealed: null })
    .where(and(which, eq(reviews.state, 'pending'), sql`expires_at <= now()`))
    .returning({ id: reviews.id, connection: reviews.connection, resource: reviews.resource })
  const actor = { id: 'sallyport', name: 'sallyport' }
  for (const { id, connection, resource } of gone) {
    const body = { review: id }
    await ring(tx, 'reviews', id)
    await emit(tx, actor, { action: 'review.expire', kind: 'review', connection, resource: resource.id, body })
  }
}
