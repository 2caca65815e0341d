import { eq, sql } from 'drizzle-orm'
import { type Context, requireAdmin, transaction } from '../context'
import { connections } from '../db/schema'
import { announce, columnsOf, lockConnection, publicOf, type Tools } from './change'
import { ConnectionTarget } from './schemas'
import { originOf } from './target-hash'

/** Changes where a connection leads. Another origin, agent or target clears the credential: it was meant for the old one. */
export async function updateConnection(
  ctx: Context,
  { rules }: Pick<Tools, 'rules'>,
  name: string,
  input: unknown,
): Promise<{ credentialCleared: boolean }> {
  requireAdmin(ctx)
  const target = ConnectionTarget.parse(input)
  return transaction(ctx, async (tx) => {
    const before = await lockConnection(tx, name)
    const columns = await columnsOf(tx, target, rules)
    const moved = originOf(before) !== originOf(columns)
    const credentialCleared = moved && before.credentialSealed !== null
    const cleared = moved ? { credentialKind: 'none' as const, credentialSealed: null, credentialSetAt: null } : {}
    const [after] = await tx
      .update(connections)
      .set({ ...columns, ...cleared, updatedAt: sql`now()` })
      .where(eq(connections.id, before.id))
      .returning()
    const body = { before: publicOf(before), after: after === undefined ? null : publicOf(after), credentialCleared }
    await announce(tx, ctx, 'connection.update', name, body)
    return { credentialCleared }
  })
}
