import { eq } from 'drizzle-orm'
import type { Context } from '../context'
import { reviews } from '../db/review-schema'
import { Refusal } from '../errors'
import { type AnswersView, isReviewId } from './schemas'
import { columnsFor, viewOf } from './view'
import { votesOn } from './voters'

/** What people answered to one question, and how it ended. Without its arguments, so nobody has looked at them. */
export async function getAnswers(ctx: Context, id: string): Promise<AnswersView> {
  const [row] = isReviewId(id)
    ? await ctx.db.select(columnsFor(ctx.viewer)).from(reviews).where(eq(reviews.id, id))
    : []
  if (row === undefined || !row.known) throw new Refusal('not-found', 'there is no such review')
  const view = viewOf(row, await votesOn(ctx.db, [id]), ctx, null)
  const { state, reason, note, createdAt, expiresAt, settledAt, votes } = view
  return { id, state, reason, note, createdAt, expiresAt, settledAt, votes }
}
