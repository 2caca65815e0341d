import { desc, eq } from 'drizzle-orm'
import type { Context, Database } from '../context'
import { connectionChecks, connections } from '../db/schema'
import { Refusal } from '../errors'
import type { CheckView } from './schemas'

const shownMax = 30

/** How a connection was each time it was tested, newest first. */
export async function listChecks({ db }: Context, name: string): Promise<CheckView[]> {
  const [row] = await db.select({ id: connections.id }).from(connections).where(eq(connections.name, name))
  if (row === undefined) throw new Refusal('not-found', `there is no connection \`${name}\``)
  return checksOf(db, row.id)
}

export async function checksOf(db: Database, connectionId: string): Promise<CheckView[]> {
  const rows = await db
    .select()
    .from(connectionChecks)
    .where(eq(connectionChecks.connectionId, connectionId))
    .orderBy(desc(connectionChecks.id))
    .limit(shownMax)
  return rows.map(({ ok, at, latencyMs, message }) => ({ ok, at: at.toISOString(), latencyMs, message }))
}
