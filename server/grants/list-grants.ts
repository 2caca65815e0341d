import { and, desc, eq, exists, or, sql } from 'drizzle-orm'
import type { Context } from '../context'
import { grants, votes } from '../db/review-schema'
import type { GrantView } from './schemas'

const shownMax = 500

/** A viewer's own grants and those they approved; all of them for admins and auditors. Newest first. */
export async function listGrants(ctx: Context): Promise<GrantView[]> {
  const { viewer, db } = ctx
  const approved = db
    .select({ one: sql`1` })
    .from(votes)
    .where(and(eq(votes.reviewId, grants.reviewId), eq(votes.person, viewer.id)))
  const visible = viewer.admin || viewer.auditor ? undefined : or(eq(grants.principalId, viewer.id), exists(approved))
  const live = sql<boolean>`revoked_at is null and ends_at > now() and (max_uses is null or used < max_uses)`
  const mayRevoke = sql<boolean>`(${viewer.admin} or ${grants.principalId} = ${viewer.id} or exists ${approved})`
  // In a selection of one table drizzle leaves a column's table out, and inside this `review_id` would be the vote's own.
  const ofGrant = sql`${grants}.review_id`
  const approvers = sql<
    string[]
  >`array(select v.name from votes v where v.review_id = ${ofGrant} and v.verdict = 'approve' order by v.at)`
  const rows = await db
    .select({ grant: grants, live, mayRevoke, approvers })
    .from(grants)
    .where(visible)
    .orderBy(desc(grants.createdAt))
    .limit(shownMax)
  return rows.map(({ grant, ...row }) => ({
    id: grant.id,
    reviewId: grant.reviewId,
    principal: grant.principal,
    connection: grant.connection,
    action: grant.action,
    resource: grant.resource,
    exact: grant.digest !== null,
    condition: grant.condition,
    maxUses: grant.maxUses,
    used: grant.used,
    createdAt: grant.createdAt.toISOString(),
    endsAt: grant.endsAt.toISOString(),
    revokedAt: grant.revokedAt?.toISOString() ?? null,
    revokedBy: grant.revokedBy,
    live: row.live,
    mayRevoke: row.live && row.mayRevoke,
    mine: grant.principalId === viewer.id,
    approvers: row.approvers,
  }))
}
