import { asc, desc, eq } from 'drizzle-orm'
import type { Context } from '../context'
import { agents } from '../db/identity-schema'
import { connectionChecks, connections, tools } from '../db/schema'
import { Refusal } from '../errors'
import type { JsonObject } from '../types'
import type { ConnectionView } from './schemas'
import { toolView } from './test-connection'

type Row = typeof connections.$inferSelect
const checksShown = 30

/** Everybody signed in may see that a connection exists and how it is; where it leads is for admins and auditors. */
export async function listConnections(ctx: Context): Promise<ConnectionView[]> {
  const rows = await ctx.db.select().from(connections).orderBy(asc(connections.name))
  return Promise.all(rows.map((row) => viewOf(ctx, row)))
}

export async function getConnection(ctx: Context, name: string): Promise<ConnectionView> {
  const [row] = await ctx.db.select().from(connections).where(eq(connections.name, name))
  if (row === undefined) throw new Refusal('not-found', `there is no connection \`${name}\``)
  return viewOf(ctx, row)
}

async function viewOf({ db, viewer }: Context, row: Row): Promise<ConnectionView> {
  const inside = viewer.admin || viewer.auditor
  const [checks, definitions, [agent]] = await Promise.all([
    db
      .select()
      .from(connectionChecks)
      .where(eq(connectionChecks.connectionId, row.id))
      .orderBy(desc(connectionChecks.id))
      .limit(checksShown),
    db.select().from(tools).where(eq(tools.connectionId, row.id)).orderBy(asc(tools.name)),
    row.agentId === null ? [] : db.select({ name: agents.name }).from(agents).where(eq(agents.id, row.agentId)),
  ])
  return {
    id: row.id,
    name: row.name,
    transport: row.transport,
    url: inside ? row.url : null,
    agent: agent?.name ?? null,
    target: inside ? row.target : null,
    credential: { kind: row.credentialKind, setAt: row.credentialSetAt?.toISOString() ?? null },
    sql: row.sql,
    http: row.http,
    schema: row.schema,
    health: checks.map(({ ok, at, latencyMs, message }) => ({ ok, at: at.toISOString(), latencyMs, message })),
    tools: definitions.map(({ definition }) => toolView(definition as JsonObject)),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  }
}
