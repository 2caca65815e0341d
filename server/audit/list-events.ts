import { and, desc, eq, ilike, lt, or } from 'drizzle-orm'
import { type Context, requireAuditor } from '../context'
import { entries } from '../db/schema'
import { sharedChain } from './emit'
import type { AuditView, EventFilter } from './schemas'

/** What administrators and approvers did, newest first. */
export async function listEvents(ctx: Context, filter: EventFilter): Promise<AuditView[]> {
  requireAuditor(ctx)
  const like = `%${(filter.search ?? '').replace(/[\\%_]/g, '\\$&')}%`
  const found = filter.search
    ? or(
        ilike(entries.principal, like),
        ilike(entries.action, like),
        ilike(entries.resource, like),
        ilike(entries.connection, like),
      )
    : undefined
  const before = filter.before === undefined ? undefined : lt(entries.seq, filter.before)
  const rows = await ctx.db
    .select()
    .from(entries)
    .where(and(eq(entries.chain, sharedChain), found, before))
    .orderBy(desc(entries.seq))
    .limit(filter.limit)
  return rows.map(({ seq, at, kind, principal, action, connection, resource, body, hash }) => ({
    ...{ seq, kind, action, connection, resource, body, hash },
    at: at.toISOString(),
    actor: principal,
  }))
}
