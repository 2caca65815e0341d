import { eq } from 'drizzle-orm'
import { type Database, transaction } from '../context'
import { connections } from '../db/schema'
import { type Observed, quarantineTools } from './quarantine-tools'
import { targetHash as targetHashOf } from './target-hash'

type Listed = { id: string; targetHash: string }

/**
 * Keeps what lists that passed through described otherwise than accepted, and gives back what changed again too soon to be
 * kept now. Of a connection that is not pinned any more, or leads elsewhere by now, nothing.
 */
export function noteTools(db: Database, { id, targetHash }: Listed, observed: Observed[]): Promise<Observed[]> {
  return transaction({ db }, async (tx) => {
    const [row] = await tx.select().from(connections).where(eq(connections.id, id)).for('update')
    if (row === undefined || row.pinning === 'off' || row.pinnedAt === null) return []
    if (targetHashOf(row) !== targetHash) return []
    return quarantineTools(tx, row, observed)
  })
}
