import { and, asc, count, eq, isNull, notExists, or, type SQL, sql } from 'drizzle-orm'
import type { Context, Database } from '../context'
import { glassBreaks, glassVotes, reviews } from '../db/review-schema'
import type { Viewer } from '../types'
import type { BreakView } from './schemas'
import { answerable, notOwn } from './visible'

const shownMax = 100

/** Broken glass that nobody has looked at yet and this viewer may, the one due first at the top. */
export async function listBreaks({ db, viewer }: Context): Promise<BreakView[]> {
  const names = sql<string[]>`array(select v.name from glass_votes v where v.review_id = ${reviews.id} order by v.at)`
  const rows = await db
    .select({ review: reviews, broken: glassBreaks, by: names, late: sql<boolean>`due_at <= now()` })
    .from(glassBreaks)
    .innerJoin(reviews, eq(reviews.id, glassBreaks.reviewId))
    .where(open(db, viewer))
    .orderBy(asc(glassBreaks.dueAt))
    .limit(shownMax)
  return rows.map(({ review, broken, by, late }) => ({
    ...{ id: review.id, by, late, connection: review.connection },
    caller: review.principal.email ?? review.principal.name,
    tools: review.wanted?.tools ?? [review.resource.id],
    brokenAt: broken.brokenAt.toISOString(),
    dueAt: broken.dueAt.toISOString(),
  }))
}

/** How many of them wait for this viewer. */
export async function countBreaks({ db, viewer }: Context): Promise<number> {
  const [row] = await db
    .select({ n: count() })
    .from(glassBreaks)
    .innerJoin(reviews, eq(reviews.id, glassBreaks.reviewId))
    .where(open(db, viewer))
  return row?.n ?? 0
}

/** In SQL what `mayFind` says of one. */
function open(db: Database, viewer: Viewer): SQL | undefined {
  const broke = db
    .select({ one: sql`1` })
    .from(glassVotes)
    .where(and(eq(glassVotes.reviewId, reviews.id), eq(glassVotes.person, viewer.id)))
  const looks = viewer.kind === 'user' && (viewer.admin || viewer.auditor) ? sql`true` : undefined
  return and(isNull(glassBreaks.foundAt), notOwn(viewer), notExists(broke), or(looks, answerable(viewer)))
}
