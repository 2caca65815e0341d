import { and, eq, isNotNull, isNull, or, sql } from 'drizzle-orm'
import type { Database } from '../context'
import { grants } from '../db/review-schema'
import type { Grant } from '../types'

type Row = typeof grants.$inferSelect

/** A principal's grants on a connection that are live by the database's clock. A re-pointed connection inherits none. */
export async function liveGrants(
  db: Database,
  principalId: string,
  connection: { id: string; targetHash: string },
): Promise<Grant[]> {
  const rows = await db
    .select()
    .from(grants)
    .where(
      and(
        eq(grants.principalId, principalId),
        eq(grants.connectionId, connection.id),
        // The digest of one call holds the target already.
        or(isNotNull(grants.digest), eq(grants.targetHash, connection.targetHash)),
        isNull(grants.revokedAt),
        sql`ends_at > now()`,
        sql`(max_uses is null or used < max_uses)`,
      ),
    )
  return rows.map((row) => ({
    ...pick(row),
    when: row.condition,
  }))
}

function pick({ id, reviewId, principalId, connectionId, digest, action, resource, toolHash, rules, ...row }: Row) {
  const { maxUses, used, endsAt, revokedAt } = row
  const about = { id, reviewId, principalId, connectionId, digest, action, resource, toolHash, rules }
  return { ...about, maxUses, used, endsAt, revokedAt }
}
