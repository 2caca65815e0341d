import { and, desc, eq, ne, type SQL, sql } from 'drizzle-orm'
import type { Context } from '../context'
import { reviews } from '../db/review-schema'
import type { ReviewFilter, ReviewView } from './schemas'
import { listedColumns, viewOf } from './view'
import { known, waiting } from './visible'
import { votesOn } from './voters'

/** What waits, or what is settled, newest first, as far as the viewer may know of it. Arguments are masked. */
export async function listReviews(ctx: Context, filter: ReviewFilter): Promise<ReviewView[]> {
  const { db, viewer } = ctx
  const pending = filter.state === 'pending'
  const rows = await db
    .select(listedColumns(viewer))
    .from(reviews)
    .where(
      and(
        pending ? waiting : ne(reviews.state, 'pending'),
        filter.mine === true ? eq(reviews.principalId, viewer.id) : known(viewer),
        filter.id === undefined ? undefined : eq(reviews.id, filter.id),
        filter.outcome === undefined ? undefined : eq(reviews.state, filter.outcome),
        filter.search === undefined || filter.search === '' ? undefined : contains(filter.search),
        filter.after === undefined ? undefined : beyond(filter.after, pending),
      ),
    )
    .orderBy(...(pending ? [desc(reviews.createdAt), desc(reviews.id)] : [desc(reviews.settledAt), desc(reviews.id)]))
    .limit(filter.limit)
  const cast = await votesOn(
    db,
    rows.map((row) => row.id),
  )
  return rows.map((row) => viewOf(row, cast, ctx, null))
}

/** In what people read of it: never in arguments that are hidden from them. */
function contains(search: string): SQL {
  const pattern = `%${search.replace(/[\\%_]/g, '\\$&')}%`
  const texts = sql`concat_ws(' ', ${reviews.principal} ->> 'name', ${reviews.principal} ->> 'email', ${reviews.connection},
    ${reviews.resource} ->> 'id', ${reviews.argumentsMasked}, ${reviews.reason}, ${reviews.note})`
  return sql`${texts} ilike ${pattern}`
}

/** Behind the last one of the page before. */
const beyond = (after: string, pending: boolean): SQL =>
  pending
    ? sql`(${reviews.createdAt}, ${reviews.id}) < (select created_at, id from reviews where id = ${after})`
    : sql`(${reviews.settledAt}, ${reviews.id}) < (select settled_at, id from reviews where id = ${after})`
