import { and, eq, isNull, sql } from 'drizzle-orm'
import { emit } from '../audit/emit'
import { type Context, transaction } from '../context'
import { ring } from '../db/notify'
import { glassBreaks, glassVotes, reviews } from '../db/review-schema'
import { Refusal } from '../errors'
import { isOwn } from './eligible'
import { mayFind } from './glass'
import { WriteFinding } from './schemas'
import { requireFreshGroups } from './vote'

/** What somebody else found who looked at a broken glass; once, and it closes the matter. */
export async function writeFinding(ctx: Context, input: WriteFinding): Promise<void> {
  const { reviewId, finding } = WriteFinding.parse(input)
  const { viewer } = ctx
  requireFreshGroups(viewer)
  await transaction(ctx, async (tx) => {
    const [row] = await tx
      .select({ review: reviews, foundAt: glassBreaks.foundAt })
      .from(glassBreaks)
      .innerJoin(reviews, eq(reviews.id, glassBreaks.reviewId))
      .where(eq(glassBreaks.reviewId, reviewId))
    const breakers = await tx.select().from(glassVotes).where(eq(glassVotes.reviewId, reviewId))
    if (row === undefined) throw new Refusal('not-found', 'there is no broken glass with this id')
    const { review } = row
    const people = breakers.map(({ person }) => person)
    if (isOwn(review, viewer) || people.includes(viewer.id))
      throw new Refusal('forbidden', 'somebody looks at it who neither asked nor broke the glass')
    if (!mayFind(review, people, viewer)) throw new Refusal('not-found', 'there is no broken glass with this id')
    const name = viewer.email ?? viewer.name
    const [found] = await tx
      .update(glassBreaks)
      .set({ finding, finder: viewer.id, finderName: name, foundAt: sql`now()` })
      .where(and(eq(glassBreaks.reviewId, reviewId), isNull(glassBreaks.foundAt)))
      .returning({ dueAt: glassBreaks.dueAt })
    if (found === undefined) throw new Refusal('conflict', 'somebody has looked at this already')
    const { connection, resource } = review
    const body = { review: reviewId, finding, due: found.dueAt.toISOString() }
    await emit(
      tx,
      { id: viewer.id, name },
      { action: 'review.finding', kind: 'review', connection, resource: resource.id, body },
    )
    await ring(tx, 'reviews', reviewId)
  })
}
