import { eq, sql } from 'drizzle-orm'
import type { Context } from '../context'
import { glassBreaks } from '../db/review-schema'
import { breakable, mayBreak, mayFind } from './glass'
import { type GlassView, glassMinutesMax } from './schemas'
import type { ReviewRow } from './view'
import { halvesOn, type IsAdmin } from './voters'

/** What there is to know of a question's glass; null where no rule lets anybody break it. */
export async function glassOf({ db, viewer }: Context, isAdmin: IsAdmin, review: ReviewRow): Promise<GlassView | null> {
  if (!breakable(review)) return null
  const [wanted, [broken]] = await Promise.all([
    halvesOn(db, review.id, isAdmin),
    db
      .select({ row: glassBreaks, late: sql<boolean>`found_at is null and due_at <= now()` })
      .from(glassBreaks)
      .where(eq(glassBreaks.reviewId, review.id)),
  ])
  const people = wanted.map(({ person }) => person)
  return {
    wanted: wanted.map(({ name, why, minutes, at, counts }) => ({
      ...{ name, why, minutes, at: at.toISOString() },
      counts: broken !== undefined || counts,
    })),
    minutesMax: glassMinutesMax,
    mayBreak: review.waits && mayBreak(review, viewer) && !people.includes(viewer.id),
    mayFind: broken !== undefined && broken.row.foundAt === null && mayFind(review, people, viewer),
    broken:
      broken === undefined
        ? null
        : {
            at: broken.row.brokenAt.toISOString(),
            dueAt: broken.row.dueAt.toISOString(),
            late: broken.late,
            finding: broken.row.finding,
            finder: broken.row.finderName,
            foundAt: broken.row.foundAt?.toISOString() ?? null,
          },
  }
}
