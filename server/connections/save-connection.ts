import { eq, sql } from 'drizzle-orm'
import { emit } from '../audit/emit'
import { type Context, requireAdmin, type Transaction, transaction } from '../context'
import { agents } from '../db/identity-schema'
import { ring } from '../db/notify'
import { connections } from '../db/schema'
import { Refusal } from '../errors'
import type { Keys } from '../keys'
import type { JsonObject } from '../types'
import { sealCredential } from './credential'
import { ConnectionName, ConnectionTarget, Credential } from './schemas'
import { originOf, type TargetParts } from './target-hash'
import { type UrlRules, urlProblem } from './upstream-url'

type Row = typeof connections.$inferSelect
export type Tools = { keys: Keys; rules: UrlRules }

/** Registers a connection. Refuses a name that is taken and a URL that may not be a target. */
export async function createConnection(
  ctx: Context,
  { keys, rules }: Tools,
  input: { name: unknown; target: unknown; credential?: unknown },
): Promise<Row> {
  requireAdmin(ctx)
  const name = ConnectionName.parse(input.name)
  const target = ConnectionTarget.parse(input.target)
  const credential = input.credential == null ? null : Credential.parse(input.credential)
  return transaction(ctx, async (tx) => {
    const [row] = await tx
      .insert(connections)
      .values({ name, ...(await columnsOf(tx, target, rules)) })
      .onConflictDoNothing()
      .returning()
    if (row === undefined) throw new Refusal('conflict', `there is a connection \`${name}\` already`, 'name')
    if (credential !== null) await seal(tx, row, credential, keys)
    await said(tx, ctx, 'connection.create', name, {
      after: publicOf(row),
      credential: credential === null ? 'none' : 'set',
    })
    return row
  })
}

/** Changes where a connection leads. Another origin, agent or target clears the credential: it was meant for the old one. */
export async function updateConnection(
  ctx: Context,
  { rules }: Tools,
  name: string,
  input: unknown,
): Promise<{ credentialCleared: boolean }> {
  requireAdmin(ctx)
  const target = ConnectionTarget.parse(input)
  return transaction(ctx, async (tx) => {
    const before = await lock(tx, name)
    const columns = await columnsOf(tx, target, rules)
    const moved = originOf(before) !== originOf(columns)
    const credentialCleared = moved && before.credentialSealed !== null
    const cleared = moved ? { credentialKind: 'none' as const, credentialSealed: null, credentialSetAt: null } : {}
    const [after] = await tx
      .update(connections)
      .set({ ...columns, ...cleared, updatedAt: sql`now()` })
      .where(eq(connections.id, before.id))
      .returning()
    await said(tx, ctx, 'connection.update', name, {
      before: publicOf(before),
      after: after === undefined ? null : publicOf(after),
      credentialCleared,
    })
    return { credentialCleared }
  })
}

/** Replaces the credential, or removes it with null. It cannot be read back. */
export async function setCredential(ctx: Context, { keys }: Tools, name: string, input: unknown): Promise<void> {
  requireAdmin(ctx)
  const credential = input === null ? null : Credential.parse(input)
  await transaction(ctx, async (tx) => {
    const row = await lock(tx, name)
    if (row.transport === 'agent')
      throw new Refusal('invalid', 'the agent holds the credentials of its targets; set them in its own config')
    if (credential === null)
      await tx
        .update(connections)
        .set({ credentialKind: 'none', credentialSealed: null, credentialSetAt: null, updatedAt: sql`now()` })
        .where(eq(connections.id, row.id))
    else await seal(tx, row, credential, keys)
    await said(tx, ctx, 'connection.credential', name, { credential: credential === null ? 'removed' : 'replaced' })
  })
}

export async function removeConnection(ctx: Context, name: string): Promise<void> {
  requireAdmin(ctx)
  await transaction(ctx, async (tx) => {
    const row = await lock(tx, name)
    await tx.delete(connections).where(eq(connections.id, row.id))
    await said(tx, ctx, 'connection.remove', name, { before: publicOf(row) })
  })
}

async function lock(tx: Transaction, name: string): Promise<Row> {
  const [row] = await tx.select().from(connections).where(eq(connections.name, name)).for('update')
  if (row === undefined) throw new Refusal('not-found', `there is no connection \`${name}\``)
  return row
}

async function seal(tx: Transaction, row: Row, credential: Credential, keys: Keys): Promise<void> {
  const credentialSealed = sealCredential(credential, row, keys)
  await tx
    .update(connections)
    .set({ credentialKind: 'headers', credentialSealed, credentialSetAt: sql`now()`, updatedAt: sql`now()` })
    .where(eq(connections.id, row.id))
}

async function columnsOf(tx: Transaction, target: ConnectionTarget, rules: UrlRules) {
  const { sql: statements, http, schema } = target
  const shared = { sql: statements, http, schema }
  if (target.transport === 'http') {
    const problem = urlProblem(target.url, rules)
    if (problem !== null) throw new Refusal('invalid', problem, 'url')
    return { transport: 'http' as const, url: new URL(target.url).href, agentId: null, target: null, ...shared }
  }
  const [agent] = await tx.select({ id: agents.id }).from(agents).where(eq(agents.name, target.agent))
  if (agent === undefined) throw new Refusal('invalid', `there is no agent \`${target.agent}\``, 'agent')
  return { transport: 'agent' as const, url: null, agentId: agent.id, target: target.target, ...shared }
}

const publicOf = (row: TargetParts & { name: string }): JsonObject => ({
  name: row.name,
  transport: row.transport,
  url: row.url,
  agentId: row.agentId,
  target: row.target,
})

async function said(
  tx: Transaction,
  { viewer }: Context,
  action: string,
  connection: string,
  body: JsonObject,
): Promise<void> {
  await emit(tx, { id: viewer.id, name: viewer.email ?? viewer.name }, { action, connection, body })
  await ring(tx, 'connections', connection)
}
