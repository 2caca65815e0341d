import { and, count, eq, notExists, sql } from 'drizzle-orm'
import type { Context } from '../context'
import { reviews, votes } from '../db/review-schema'
import { answerable, waiting } from './visible'

/** How many questions wait for this viewer's answer. */
export async function countMine({ db, viewer }: Context): Promise<number> {
  const answered = db
    .select({ one: sql`1` })
    .from(votes)
    .where(and(eq(votes.reviewId, reviews.id), eq(votes.person, viewer.id)))
  const [row] = await db
    .select({ n: count() })
    .from(reviews)
    .where(and(waiting, answerable(viewer), notExists(answered)))
  return row?.n ?? 0
}
