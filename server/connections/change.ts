import { eq } from 'drizzle-orm'
import { emit } from '../audit/emit'
import type { Context, Transaction } from '../context'
import { agents } from '../db/identity-schema'
import { ring } from '../db/notify'
import { connections } from '../db/schema'
import { Refusal } from '../errors'
import type { Keys } from '../keys'
import type { JsonObject, Pinning } from '../types'
import type { ConnectionTarget } from './schemas'
import { type UrlRules, urlProblem } from './upstream-url'

export type ConnectionRow = typeof connections.$inferSelect
/** What changing a connection needs beside the viewer. */
export type Tools = { keys: Keys; rules: UrlRules }

/** The connection, held until the transaction ends. */
export async function lockConnection(tx: Transaction, name: string): Promise<ConnectionRow> {
  const [row] = await tx.select().from(connections).where(eq(connections.name, name)).for('update')
  if (row === undefined) throw new Refusal('not-found', `there is no connection \`${name}\``)
  return row
}

/** The columns of a target that may be one; `was` goes for what it does not say. */
export async function columnsOf(
  tx: Transaction,
  target: ConnectionTarget,
  rules: UrlRules,
  was: { pinning: Pinning } = { pinning: 'warn' },
) {
  const { sql, http, schema, clientRequests, pinning = was.pinning } = target
  const shared = { sql, http, schema, clientRequests, pinning }
  if (target.transport === 'http') {
    const problem = urlProblem(target.url, rules)
    if (problem !== null) throw new Refusal('invalid', problem, 'url')
    return { transport: 'http' as const, url: new URL(target.url).href, agentId: null, target: null, ...shared }
  }
  const [agent] = await tx.select({ id: agents.id }).from(agents).where(eq(agents.name, target.agent))
  if (agent === undefined) throw new Refusal('invalid', `there is no agent \`${target.agent}\``, 'agent')
  return { transport: 'agent' as const, url: null, agentId: agent.id, target: target.target, ...shared }
}

export const agentHolds = (): Refusal =>
  new Refusal('invalid', 'the agent holds the credentials of its targets; set them in its own config', 'credential')

/** What an event may say of a connection: everything but the credential. */
export const publicOf = ({
  name,
  transport,
  url,
  agentId,
  target,
  sql,
  http,
  schema,
  clientRequests,
  pinning,
}: ConnectionRow): JsonObject => ({
  ...{ name, transport, url, agentId, target, schema, clientRequests, pinning },
  sql: sql.map((one) => ({ ...one })),
  http: http.map((one) => ({ ...one })),
})

/** Says what was changed, in the record and to every instance. */
export async function announce(
  tx: Transaction,
  { viewer }: Context,
  action: string,
  connection: string,
  body: JsonObject,
  resource = '',
): Promise<void> {
  await emit(tx, { id: viewer.id, name: viewer.email ?? viewer.name }, { action, connection, resource, body })
  await ring(tx, 'connections', connection)
}
