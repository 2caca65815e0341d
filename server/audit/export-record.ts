import { asc, gt, sql } from 'drizzle-orm'
import { type Context, type Database, requireAuditor } from '../context'
import { signedHeads } from '../db/record-schema'
import { entries, policyVersions } from '../db/schema'
import type { Entry } from '../types'
import type { Report } from './schemas'
import { type RecordLine, RecordVerifier } from './verify'

const pageSize = 2_000

/** The whole record as lines of JSON: signed heads, policy versions, entries chain by chain. */
export async function* exportRecord(ctx: Context): AsyncGenerator<RecordLine> {
  requireAuditor(ctx)
  yield* recordLines(ctx.db)
}

async function* recordLines(db: Database): AsyncGenerator<RecordLine> {
  // Heads before entries: an entry written meanwhile is then at worst one that no head names yet.
  for (const head of await db.select().from(signedHeads).orderBy(asc(signedHeads.number)))
    yield {
      type: 'heads',
      head: { number: head.number, heads: head.heads, publicKey: head.publicKey, signature: head.signature },
    }
  for (const version of await db.select().from(policyVersions).orderBy(asc(policyVersions.number)))
    yield { type: 'version', version: { ...version, at: version.at.toISOString() } }
  let after: { chain: string; seq: number } | null = null
  for (;;) {
    const page: Entry[] = await pageAfter(db, after)
    for (const entry of page) yield { type: 'entry', entry: { ...entry, at: entry.at.toISOString() } }
    const last = page.at(-1)
    if (last === undefined || page.length < pageSize) return
    after = { chain: last.chain, seq: last.seq }
  }
}

async function pageAfter(db: Database, after: { chain: string; seq: number } | null): Promise<Entry[]> {
  const where = after === null ? gt(entries.seq, 0) : sql`(chain, seq) > (${after.chain}::uuid, ${after.seq}::bigint)`
  const rows = await db
    .select()
    .from(entries)
    .where(where)
    .orderBy(asc(entries.chain), asc(entries.seq))
    .limit(pageSize)
  return rows as Entry[]
}

/** The same check that `verify-log` makes, on the database itself. */
export async function verifyNow(ctx: Context, publicKey: string): Promise<Report> {
  requireAuditor(ctx)
  const verifier = new RecordVerifier(publicKey)
  for await (const line of recordLines(ctx.db)) verifier.take(line)
  return verifier.end()
}
