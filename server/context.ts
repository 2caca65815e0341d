import type { ExtractTablesWithRelations } from 'drizzle-orm'
import type { NodePgDatabase, NodePgTransaction } from 'drizzle-orm/node-postgres'
import type * as schema from './db/schema'
import { Refusal } from './errors'
import { runtime } from './runtime'
import type { Viewer } from './types'

export type Database = NodePgDatabase<typeof schema>
export type Transaction = NodePgTransaction<typeof schema, ExtractTablesWithRelations<typeof schema>>

/** What a verb runs with: the signed-in person and the database. */
export type Context = { viewer: Viewer; db: Database }

export const contextOf = (viewer: Viewer): Context => ({ viewer, db: runtime().db })

export const transaction = <T>(ctx: { db: Database }, run: (tx: Transaction) => Promise<T>): Promise<T> =>
  ctx.db.transaction(run)

export function requireAdmin(ctx: Context): void {
  if (!ctx.viewer.admin) throw new Refusal('forbidden', 'only administrators may do this')
}

export function requireAuditor(ctx: Context): void {
  if (!ctx.viewer.auditor && !ctx.viewer.admin) throw new Refusal('forbidden', 'only auditors may do this')
}
