import { eq, sql } from 'drizzle-orm'
import { type Context, requireAdmin, transaction } from '../context'
import { connections, quarantine } from '../db/schema'
import { agentHolds, announce, columnsOf, lockConnection, publicOf, type Tools } from './change'
import { ChangedConnection, ConnectionTarget, Credential } from './schemas'
import { storeCredential } from './set-credential'
import { originOf, targetHash } from './target-hash'

/**
 * Changes where a connection leads, and its credential when one is given. Another origin, agent or target clears the stored one: it
 * was meant for the old one. Tools that were accepted for another target are not: the next list is pinned anew.
 */
export async function updateConnection(
  ctx: Context,
  { keys, rules }: Tools,
  name: string,
  input: unknown,
): Promise<{ credentialCleared: boolean }> {
  requireAdmin(ctx)
  const changed = ChangedConnection.parse(input)
  const target = ConnectionTarget.parse(changed.target)
  const credential = changed.credential == null ? changed.credential : Credential.parse(changed.credential)
  if (credential != null && target.transport === 'agent') throw agentHolds()
  return transaction(ctx, async (tx) => {
    const before = await lockConnection(tx, name)
    const columns = await columnsOf(tx, target, rules, before)
    const moved = originOf(before) !== originOf(columns)
    const credentialCleared = moved && before.credentialSealed !== null && credential == null
    const cleared = moved ? { credentialKind: 'none' as const, credentialSealed: null, credentialSetAt: null } : {}
    const anew = targetHash(before) !== targetHash({ ...before, ...columns }) || before.pinning === 'off'
    const unpinned = anew || columns.pinning === 'off' ? { pinnedAt: null } : {}
    if ('pinnedAt' in unpinned) await tx.delete(quarantine).where(eq(quarantine.connectionId, before.id))
    const [after] = await tx
      .update(connections)
      .set({ ...columns, ...cleared, ...unpinned, updatedAt: sql`now()` })
      .where(eq(connections.id, before.id))
      .returning()
    if (after === undefined) throw new Error('the connection went away while it was locked')
    if (credential !== undefined) await storeCredential(tx, after, credential, keys)
    const said =
      credential === undefined ? (credentialCleared ? 'cleared' : 'kept') : credential === null ? 'removed' : 'replaced'
    const body = { before: publicOf(before), after: publicOf(after), credential: said }
    await announce(tx, ctx, 'connection.update', name, body)
    return { credentialCleared }
  })
}
