import { and, desc, eq, exists, or, sql } from 'drizzle-orm'
import type { Context } from '../context'
import { grants, votes } from '../db/review-schema'
import type { CompiledPolicy } from '../policy/compile'
import { askingRules, lapseOf } from '../policy/grants'
import type { GrantView } from './schemas'

const shownMax = 500
const listedChars = 400

/** What grants are held against: the policy and the connections in force. */
export type InForce = {
  policy: CompiledPolicy
  connections: { id: string; targetHash: string; tools: Map<string, { hash: string }> }[]
}

/** A viewer's own grants and those they approved; all of them for admins and auditors. Newest first. */
export async function listGrants(ctx: Context, inForce: InForce): Promise<GrantView[]> {
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
  const asked = sql<string>`(select left(r.arguments_masked, ${listedChars}) from reviews r where r.id = ${ofGrant})`
  const rows = await db
    .select({ grant: grants, live, mayRevoke, approvers, asked })
    .from(grants)
    .where(visible)
    .orderBy(desc(grants.createdAt))
    .limit(shownMax)
  const connections = new Map(inForce.connections.map((connection) => [connection.id, connection]))
  const asking = askingRules(inForce.policy)
  return rows.map(({ grant, ...row }) =>
    view(grant, row, viewer.id, row.live ? lapseOf(grant, connections.get(grant.connectionId), asking) : null),
  )
}

type Row = { live: boolean; mayRevoke: boolean; approvers: string[]; asked: string }

function view(grant: typeof grants.$inferSelect, row: Row, viewer: string, lapse: GrantView['lapse']): GrantView {
  return {
    id: grant.id,
    reviewId: grant.reviewId,
    principal: grant.principal,
    connection: grant.connection,
    action: grant.action,
    resource: grant.resource,
    exact: grant.digest !== null,
    arguments: grant.digest === null ? null : row.asked,
    condition: grant.condition,
    maxUses: grant.maxUses,
    used: grant.used,
    createdAt: grant.createdAt.toISOString(),
    endsAt: grant.endsAt.toISOString(),
    revokedAt: grant.revokedAt?.toISOString() ?? null,
    revokedBy: grant.revokedBy,
    live: row.live && lapse === null,
    lapse,
    // What changed may change back, and then it would count again; a removed connection never comes back.
    mayRevoke: row.live && row.mayRevoke && lapse !== 'connection',
    mine: grant.principalId === viewer,
    approvers: row.approvers,
  }
}
