import { and, desc, eq, inArray, ne, sql } from 'drizzle-orm'
import { emit } from '../audit/emit'
import { type Context, transaction } from '../context'
import { entries, reviews, votes } from '../db/schema'
import { Refusal } from '../errors'
import type { Keys } from '../keys'
import { votableRules } from './eligible'
import type { ReviewDetail, ReviewFilter, ReviewView } from './schemas'

type Row = typeof reviews.$inferSelect
type VoteRow = typeof votes.$inferSelect

const scannedMax = 5_000

/** The questions a viewer may know of: those they could answer, their own, and all of them for admins and auditors (masked). */
export async function listReviews(ctx: Context, filter: ReviewFilter): Promise<ReviewView[]> {
  const state =
    filter.state === 'pending'
      ? and(eq(reviews.state, 'pending'), sql`expires_at > now()`)
      : ne(reviews.state, 'pending')
  const order = filter.state === 'pending' ? reviews.createdAt : desc(reviews.settledAt)
  const rows = await ctx.db.select().from(reviews).where(state).orderBy(order).limit(scannedMax)
  const visible = rows.filter((row) => mayKnow(row, ctx) && matchesSearch(row, filter.search)).slice(0, filter.limit)
  const cast =
    visible.length === 0
      ? []
      : await ctx.db
          .select()
          .from(votes)
          .where(
            inArray(
              votes.reviewId,
              visible.map((row) => row.id),
            ),
          )
  return visible.map((row) => viewOf(row, cast, ctx, null))
}

/** How many pending questions this viewer could answer now. */
export async function countMine(ctx: Context): Promise<number> {
  const pending = await listReviews(ctx, { state: 'pending', limit: 1000 })
  return pending.filter((review) => review.mayVote).length
}

/** One question. Whole arguments are for eligible approvers of a pending one, and that they looked is recorded. */
export async function getReview(ctx: Context, keys: Pick<Keys, 'open'>, id: string): Promise<ReviewDetail> {
  const [row] = /^[0-9a-f-]{36}$/.test(id) ? await ctx.db.select().from(reviews).where(eq(reviews.id, id)) : []
  if (row === undefined || !mayKnow(row, ctx)) throw new Refusal('not-found', 'there is no such review')
  const cast = await ctx.db.select().from(votes).where(eq(votes.reviewId, id))
  const view = viewOf(row, cast, ctx, openArguments(row, ctx, keys))
  if (view.whole) await recordLook(ctx, row)
  return { ...view, before: await settledBefore(ctx, row) }
}

const pending = (row: Row) => row.state === 'pending' && row.expiresAt > new Date()

const mayKnow = (row: Row, { viewer }: Context): boolean =>
  viewer.admin || viewer.auditor || row.principalId === viewer.id || votableRules(row, viewer).length > 0

const matchesSearch = (row: Row, search: string | undefined): boolean =>
  search === undefined ||
  [row.principal.name, row.principal.email ?? '', row.connection, row.resource.id, row.argumentsMasked].some((text) =>
    text.toLowerCase().includes(search.toLowerCase()),
  )

function openArguments(row: Row, { viewer }: Context, keys: Pick<Keys, 'open'>): string | null {
  if (!pending(row) || row.argumentsSealed === null || votableRules(row, viewer).length === 0) return null
  return keys.open(row.argumentsSealed, `review ${row.id}`)
}

function viewOf(row: Row, cast: VoteRow[], { viewer }: Context, whole: string | null): ReviewView {
  const mine = row.principalId === viewer.id
  const voted = cast.filter((vote) => vote.reviewId === row.id)
  const { id, client, connection, action, resource, asked, policyVersion, reason, note } = row
  // A link that leads to `not found` helps nobody.
  const sessionId = viewer.admin || viewer.auditor || mine ? row.sessionId : null
  return {
    ...{ id, client, connection, action, resource, asked, policyVersion, reason, note, sessionId },
    state: row.state === 'pending' && !pending(row) ? 'expired' : row.state,
    caller: row.principal,
    arguments: whole ?? row.argumentsMasked,
    whole: whole !== null,
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    settledAt: row.settledAt?.toISOString() ?? null,
    votes: voted.map((vote) => ({
      name: vote.name,
      verdict: vote.verdict,
      note: vote.note,
      at: vote.at.toISOString(),
    })),
    mine,
    mayVote: pending(row) && votableRules(row, viewer).length > 0 && !voted.some((vote) => vote.person === viewer.id),
  }
}

async function settledBefore(ctx: Context, row: Row): Promise<ReviewDetail['before']> {
  const rows = await ctx.db
    .select()
    .from(reviews)
    .where(
      and(
        eq(reviews.connectionId, row.connectionId),
        sql`resource = ${JSON.stringify(row.resource)}::jsonb`,
        ne(reviews.state, 'pending'),
        ne(reviews.id, row.id),
      ),
    )
    .orderBy(desc(reviews.settledAt))
    .limit(5)
  return rows
    .filter((other) => mayKnow(other, ctx))
    .map((other) => ({
      id: other.id,
      state: other.state,
      caller: other.principal.name,
      arguments: other.argumentsMasked,
      settledAt: other.settledAt?.toISOString() ?? null,
    }))
}

/** Once per viewer and review: what they saw whole is what they answer for. */
async function recordLook(ctx: Context, row: Row): Promise<void> {
  const { viewer } = ctx
  await transaction(ctx, async (tx) => {
    const [seen] = await tx
      .select({ id: entries.id })
      .from(entries)
      .where(
        and(
          eq(entries.action, 'review.look'),
          eq(entries.principalId, viewer.id),
          sql`body = ${JSON.stringify({ review: row.id })}`,
        ),
      )
      .limit(1)
    if (seen !== undefined) return
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
