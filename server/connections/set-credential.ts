import { eq, sql } from 'drizzle-orm'
import { type Context, requireAdmin, type Transaction, transaction } from '../context'
import { connections } from '../db/schema'
import type { Keys } from '../keys'
import { agentHolds, announce, type ConnectionRow, lockConnection, type Tools } from './change'
import { sealCredential } from './credential'
import { Credential } from './schemas'

/** Replaces the credential, or removes it with null. It cannot be read back. */
export async function setCredential(
  ctx: Context,
  { keys }: Pick<Tools, 'keys'>,
  name: string,
  input: unknown,
): Promise<void> {
  requireAdmin(ctx)
  const credential = input === null ? null : Credential.parse(input)
  await transaction(ctx, async (tx) => {
    const row = await lockConnection(tx, name)
    if (row.transport === 'agent') throw agentHolds()
    await storeCredential(tx, row, credential, keys)
    const said = credential === null ? 'removed' : 'replaced'
    await announce(tx, ctx, 'connection.credential', name, { credential: said })
  })
}

export async function storeCredential(
  tx: Transaction,
  row: ConnectionRow,
  credential: Credential | null,
  keys: Keys,
): Promise<void> {
  const stored =
    credential === null
      ? { credentialKind: 'none' as const, credentialSealed: null, credentialSetAt: null }
      : {
          credentialKind: 'headers' as const,
          credentialSealed: sealCredential(credential, row, keys),
          credentialSetAt: sql`now()`,
        }
  await tx
    .update(connections)
    .set({ ...stored, updatedAt: sql`now()` })
    .where(eq(connections.id, row.id))
}
