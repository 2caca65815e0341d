import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Database } from '../context'
import { grants } from '../db/schema'
import type { Grant } from '../types'

/** A principal's grants on a connection that are live by the database's clock. */
export async function liveGrants(db: Database, principalId: string, connectionId: string): Promise<Grant[]> {
  const rows = await db
    .select()
    .from(grants)
    .where(
      and(
        eq(grants.principalId, principalId),
        eq(grants.connectionId, connectionId),
        isNull(grants.revokedAt),
        sql`ends_at > now()`,
        sql`(max_uses is null or used < max_uses)`,
      ),
    )
  return rows.map(({ condition, createdAt: _, revokedBy: __, principal: ___, connection: ____, ...row }) => ({
    ...row,
    when: condition,
  }))
}
