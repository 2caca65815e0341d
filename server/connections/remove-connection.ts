import { eq } from 'drizzle-orm'
import { type Context, requireAdmin, transaction } from '../context'
import { connectionChecks, connections, quarantine, tools } from '../db/schema'
import { announce, lockConnection, publicOf } from './change'

/** Removes a connection, its catalog and its health. What was recorded of it stays. */
export async function removeConnection(ctx: Context, name: string): Promise<void> {
  requireAdmin(ctx)
  await transaction(ctx, async (tx) => {
    const row = await lockConnection(tx, name)
    await tx.delete(tools).where(eq(tools.connectionId, row.id))
    await tx.delete(quarantine).where(eq(quarantine.connectionId, row.id))
    await tx.delete(connectionChecks).where(eq(connectionChecks.connectionId, row.id))
    await tx.delete(connections).where(eq(connections.id, row.id))
    await announce(tx, ctx, 'connection.remove', name, { before: publicOf(row) })
  })
}
