import { eq } from 'drizzle-orm'
import { type Context, requireAdmin, transaction } from '../context'
import { ring } from '../db/notify'
import { connections } from '../db/schema'
import { Refusal } from '../errors'
import type { ConnectionHolder, LiveConnection } from './current'
import { keepCheck } from './keep-check'
import { saveTools } from './save-tools'
import type { CheckResult } from './schemas'
import { shownDefinition } from './shown-definition'
import { targetHash } from './target-hash'
import { type Reach, tryConnection } from './try-connection'
import { toolView } from './view'

export type { Reach } from './try-connection'

/** Tries a connection and keeps the result: what it lists when it works, as pins let it, and one line of health either way. */
export async function testConnection(ctx: Context, connection: LiveConnection, reach: Reach): Promise<CheckResult> {
  requireAdmin(ctx)
  const { definitions, ...tried } = await tryConnection(connection, reach)
  const shown = shownDefinition(connection.name)
  const result = { ...tried, tools: definitions.map((definition) => toolView(shown(definition))) }
  const { ok, latencyMs, message } = result
  await transaction(ctx, async (tx) => {
    const [row] = await tx.select().from(connections).where(eq(connections.id, connection.id)).for('update')
    if (row === undefined) throw new Refusal('not-found', `there is no connection \`${connection.name}\` any more`)
    if (targetHash(row) !== connection.targetHash)
      throw new Refusal('conflict', 'the connection was changed while it was tested; test it again')
    await keepCheck(tx, connection.id, { ok, latencyMs, message })
    if (ok) await saveTools(tx, row, definitions, shown)
    await ring(tx, 'connections', connection.name)
  })
  return result
}

export type Testing = {
  connections: Pick<ConnectionHolder, 'get' | 'refresh'>
  reachOf(connection: LiveConnection): Reach
}

/** Tests a connection as it is stored now; what it finds is in force when it answers. */
export async function testNow(
  ctx: Context,
  { connections: live, reachOf }: Testing,
  name: string,
): Promise<CheckResult> {
  await live.refresh()
  const connection = live.get(name)
  if (connection === null) throw new Refusal('not-found', `there is no connection \`${name}\``)
  const result = await testConnection(ctx, connection, reachOf(connection))
  await live.refresh()
  return result
}
