import { and, desc, eq, sql } from 'drizzle-orm'
import { type Context, requireAuditor } from '../context'
import { chains, signedHeads } from '../db/record-schema'
import { entries } from '../db/schema'
import { sharedChain } from './emit'
import type { RecordStatus, Report } from './schemas'

/** How far the record goes, was signed and was verified; cheap, however much there is. */
export async function recordStatus(ctx: Context): Promise<RecordStatus> {
  requireAuditor(ctx)
  const [[counted], [head], [check]] = await Promise.all([
    ctx.db
      .select({ entries: sql<number>`coalesce(sum(${chains.seq}), 0)::float8`, chains: sql<number>`count(*)::int` })
      .from(chains),
    ctx.db.select().from(signedHeads).orderBy(desc(signedHeads.number)).limit(1),
    ctx.db
      .select()
      .from(entries)
      .where(and(eq(entries.chain, sharedChain), eq(entries.action, 'record.verify')))
      .orderBy(desc(entries.seq))
      .limit(1),
  ])
  return {
    entries: counted?.entries ?? 0,
    chains: counted?.chains ?? 0,
    signedAt: head?.at.toISOString() ?? null,
    publicKey: head?.publicKey ?? null,
    verified: check === undefined ? null : verified(check),
  }
}

function verified({ at, principal, body }: typeof entries.$inferSelect): RecordStatus['verified'] {
  const { holds, lastSignedAt } = JSON.parse(body) as Pick<Report, 'lastSignedAt'> & { holds: boolean }
  return { at: at.toISOString(), by: principal, holds, upTo: lastSignedAt }
}
