import { and, desc, eq, ne, type SQL, sql } from 'drizzle-orm'
import { emit } from '../audit/emit'
import { type Context, transaction } from '../context'
import { mutes, reviewLooks, reviews } from '../db/review-schema'
import { tools } from '../db/schema'
import { Refusal } from '../errors'
import type { Keys } from '../keys'
import type { JsonObject } from '../types'
import { glassOf } from './get-glass'
import { mayBreak } from './glass'
import { type EarlierReview, isReviewId, type ReviewDetail } from './schemas'
import { columnsFor, earlierOf, type ReviewRow, viewOf } from './view'
import { known } from './visible'
import { type IsAdmin, votesOn } from './voters'
import { openWhole, type Whole } from './whole'

const earlierShown = 5

/** What showing a question needs. */
export type Showing = { keys: Pick<Keys, 'open'>; isAdmin: IsAdmin }

/**
 * One question. Whole arguments are for eligible approvers of a pending one, and `toBreak` for administrators who may break its
 * glass; that they looked is recorded first.
 */
export async function getReview(
  ctx: Context,
  { keys, isAdmin }: Showing,
  id: string,
  { toBreak = false } = {},
): Promise<ReviewDetail> {
  const columns = { ...columnsFor(ctx.viewer), argumentsSealed: reviews.argumentsSealed }
  const [row] = isReviewId(id) ? await ctx.db.select(columns).from(reviews).where(eq(reviews.id, id)) : []
  if (row === undefined || !row.known) throw new Refusal('not-found', 'there is no such review')
  const seesWhole = row.answerable || (toBreak && mayBreak(row, ctx.viewer))
  const whole = row.waits && seesWhole ? open(row, keys) : null
  if (whole !== null) await recordLook(ctx, row)
  const like = and(
    eq(reviews.connectionId, row.connectionId),
    sql`${reviews.resource} = ${JSON.stringify(row.resource)}::jsonb`,
    ne(reviews.state, 'pending'),
  )
  const [cast, before, recent, inputSchema, mutedUntil, glass] = await Promise.all([
    votesOn(ctx.db, [id]),
    earlier(ctx, row, like, reviews.settledAt),
    earlier(ctx, row, eq(reviews.principalId, row.principalId), reviews.createdAt),
    schemaOf(ctx, row),
    mutedUntilOf(ctx, row),
    glassOf(ctx, isAdmin, row),
  ])
  return {
    ...viewOf(row, cast, ctx, whole),
    before,
    recent,
    inputSchema,
    mutedUntil,
    glass,
    argumentsMasked: row.argumentsMasked,
  }
}

function open(row: Parameters<typeof openWhole>[0], keys: Pick<Keys, 'open'>): Whole | null {
  try {
    return openWhole(row, keys)
  } catch {
    throw new Refusal('unavailable', 'the arguments do not open: the installation key has changed; have it asked again')
  }
}

async function earlier(
  { db, viewer }: Context,
  row: ReviewRow,
  which: SQL | undefined,
  newest: typeof reviews.settledAt | typeof reviews.createdAt,
): Promise<EarlierReview[]> {
  const rows = await db
    .select(columnsFor(viewer))
    .from(reviews)
    .where(and(which, known(viewer), ne(reviews.id, row.id)))
    .orderBy(desc(newest))
    .limit(earlierShown)
  return rows.map(earlierOf)
}

/** Once per viewer and review: what they saw whole is what they answer for. */
async function recordLook(ctx: Context, row: ReviewRow): Promise<void> {
  const { viewer } = ctx
  const look = { reviewId: row.id, person: viewer.id }
  await transaction(ctx, async (tx) => {
    const first = await tx.insert(reviewLooks).values(look).onConflictDoNothing().returning({ at: reviewLooks.at })
    if (first.length === 0) return
    const actor = { id: viewer.id, name: viewer.email ?? viewer.name }
    await emit(tx, actor, {
      action: 'review.look',
      kind: 'review',
      connection: row.connection,
      resource: row.resource.id,
      body: { review: row.id },
    })
  })
}

async function schemaOf({ db }: Context, { connectionId, resource }: ReviewRow): Promise<JsonObject | null> {
  const which = and(eq(tools.connectionId, connectionId), eq(tools.name, resource.id))
  const [tool] = resource.type === 'tool' ? await db.select().from(tools).where(which) : []
  return (tool?.definition.inputSchema as JsonObject | undefined) ?? null
}

async function mutedUntilOf({ db }: Context, { principalId }: ReviewRow): Promise<string | null> {
  const [muted] = await db
    .select({ until: mutes.until })
    .from(mutes)
    .where(and(eq(mutes.principalId, principalId), sql`until > now()`))
  return muted?.until.toISOString() ?? null
}
