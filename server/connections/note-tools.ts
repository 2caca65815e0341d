import { eq } from 'drizzle-orm'
import { type Database, transaction } from '../context'
import { connections } from '../db/schema'
import { type Observed, quarantineTools } from './quarantine-tools'

/** Keeps what a list that passed through described otherwise than accepted. Of a connection that is not pinned any more, nothing. */
export async function noteTools(db: Database, id: string, observed: Observed[], seenBy: string): Promise<void> {
  await transaction({ db }, async (tx) => {
    const [row] = await tx.select().from(connections).where(eq(connections.id, id)).for('update')
    if (row === undefined || row.pinning === 'off' || row.pinnedAt === null) return
    await quarantineTools(tx, row, observed, seenBy)
  })
}
