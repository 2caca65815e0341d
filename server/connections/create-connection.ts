import { type Context, requireAdmin, transaction } from '../context'
import { connections } from '../db/schema'
import { Refusal } from '../errors'
import { agentHolds, announce, type ConnectionRow, columnsOf, publicOf, type Tools } from './change'
import { ConnectionName, ConnectionTarget, Credential } from './schemas'
import { storeCredential } from './set-credential'

/** Registers a connection. Refuses a name that is taken and a URL that may not be a target. */
export async function createConnection(
  ctx: Context,
  { keys, rules }: Tools,
  input: { name: unknown; target: unknown; credential?: unknown },
): Promise<ConnectionRow> {
  requireAdmin(ctx)
  const name = ConnectionName.parse(input.name)
  const target = ConnectionTarget.parse(input.target)
  const credential = input.credential == null ? null : Credential.parse(input.credential)
  if (credential !== null && target.transport === 'agent') throw agentHolds()
  return transaction(ctx, async (tx) => {
    const columns = await columnsOf(tx, target, rules)
    const [row] = await tx
      .insert(connections)
      .values({ name, ...columns })
      .onConflictDoNothing()
      .returning()
    if (row === undefined) throw new Refusal('conflict', `there is a connection \`${name}\` already`, 'name')
    if (credential !== null) await storeCredential(tx, row, credential, keys)
    const said = credential === null ? 'none' : 'set'
    await announce(tx, ctx, 'connection.create', name, { after: publicOf(row), credential: said })
    return row
  })
}
