import { eq } from 'drizzle-orm'
import { type Database, transaction } from '../context'
import { connections } from '../db/schema'
import { type Observed, quarantineTools } from './quarantine-tools'

/**
 * Keeps what lists that passed through described otherwise than accepted, and gives back what changed again too soon to be
 * kept now. Of a connection that is not pinned any more, nothing.
 */
export function noteTools(db: Database, id: string, observed: Observed[]): Promise<Observed[]> {
  return transaction({ db }, async (tx) => {
    const [row] = await tx.select().from(connections).where(eq(connections.id, id)).for('update')
    if (row === undefined || row.pinning === 'off' || row.pinnedAt === null) return []
    return quarantineTools(tx, row, observed)
  })
}
