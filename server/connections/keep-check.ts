import { sql } from 'drizzle-orm'
import type { Transaction } from '../context'
import { connectionChecks } from '../db/schema'

const checksKept = 100

/** One line of a connection's health; of each the newest are kept. */
export async function keepCheck(
  tx: Transaction,
  connectionId: string,
  check: { ok: boolean; latencyMs: number; message: string },
): Promise<void> {
  await tx.insert(connectionChecks).values({ connectionId, ...check })
  await tx.execute(sql`
    delete from connection_checks where connection_id = ${connectionId} and id not in
      (select id from connection_checks where connection_id = ${connectionId} order by id desc limit ${checksKept})`)
}
