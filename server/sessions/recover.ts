import { sql } from 'drizzle-orm'
import type { Database } from '../context'
import { closing, type OpenCall } from './closing'
import type { Writer } from './writer'

const lost = 'the gateway stopped before the answer; the call may or may not have run'

/**
 * Closes what a dead process left open: a call entry without an answer becomes `unknown` and is never run again. Only chains of
 * instances that are not alive are looked at; an advisory lock keeps two instances from closing the same ones. Of one that was only
 * away a call may be answered meanwhile: it has that answer then, and no other.
 */
export async function recoverCalls(
  db: Database,
  writer: Pick<Writer, 'append'>,
  liveInstanceIds: string[],
): Promise<number> {
  return db.transaction(async (tx) => {
    const { rows: locks } = await tx.execute(
      sql`select pg_try_advisory_xact_lock(hashtext('sallyport recover')) as mine`,
    )
    if (locks[0]?.mine !== true) return 0
    // Two statements: with chains and entries in one, and a live process alone, the planner reads the whole record for nothing.
    const { rows: dead } = await tx.execute<{ id: string }>(sql`
      select id from chains
      where kind = 'calls' and closed_at is null and instance_id <> all(${sql.param(liveInstanceIds)}::uuid[])`)
    if (dead.length === 0) return 0
    const chains = sql.param(dead.map(({ id }) => id))
    // As a scalar, the look for the reply stays one probe of an index for each call; behind the offset, PostgreSQL reads no calls
    // but those of these chains.
    const { rows } = await tx.execute(sql`
      select e.id, e.session_id as "sessionId", e.principal_id as "principalId", e.principal, e.client,
        e.connection_id as "connectionId", e.connection, e.action, e.resource, e.policy_version as "policyVersion"
      from (select * from entries where chain = any(${chains}::uuid[]) offset 0) e
      where e.kind in ('call', 'list', 'request', 'notification') and e.call_id is null and e.outcome = ''
        and (select r.id from entries r where r.call_id = e.id and r.kind = 'reply' limit 1) is null`)
    let closed = 0
    for (const open of rows as unknown as OpenCall[])
      closed += await writer.append(closing(open, 'unknown', lost)).then(() => 1, unlessAnswered)
    await tx.execute(sql`update chains set closed_at = now() where id = any(${chains}::uuid[])`)
    return closed
  })
}

function unlessAnswered(error: unknown): 0 {
  if ((error as { constraint?: unknown }).constraint === 'entries_reply') return 0
  throw error
}
