import { and, count, eq, notExists, sql } from 'drizzle-orm'
import type { Context } from '../context'
import { reviews, votes } from '../db/review-schema'
import { countBreaks } from './list-breaks'
import { answerable, waiting } from './visible'

/** How many questions wait for this viewer's answer, and how much broken glass for their look. */
export async function countMine(ctx: Context): Promise<number> {
  const { db, viewer } = ctx
  const answered = db
    .select({ one: sql`1` })
    .from(votes)
    .where(and(eq(votes.reviewId, reviews.id), eq(votes.person, viewer.id)))
  const [row] = await db
    .select({ n: count() })
    .from(reviews)
    .where(and(waiting, answerable(viewer), notExists(answered)))
  return (row?.n ?? 0) + (await countBreaks(ctx))
}
