import { and, eq, isNotNull } from 'drizzle-orm'
import type { Database } from '../context'
import { grants } from '../db/review-schema'

/** Whether somebody took this grant back; one that is used up or over is not. */
export async function isRevoked(db: Database, id: string): Promise<boolean> {
  const [row] = await db
    .select({ id: grants.id })
    .from(grants)
    .where(and(eq(grants.id, id), isNotNull(grants.revokedAt)))
  return row !== undefined
}
