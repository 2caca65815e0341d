import { and, asc, count, eq, ne } from 'drizzle-orm'
import type { Context } from '../context'
import { agents } from '../db/identity-schema'
import { type connections, quarantine, tools } from '../db/schema'
import type { JsonObject } from '../types'
import { checksOf } from './list-checks'
import type { ConnectionView, ToolView } from './schemas'

/** Everybody signed in may see that a connection exists and how it is; where it leads is for admins and auditors. */
export async function viewOf({ db, viewer }: Context, row: typeof connections.$inferSelect): Promise<ConnectionView> {
  const inside = viewer.admin || viewer.auditor
  const [health, definitions, [agent], [waiting]] = await Promise.all([
    checksOf(db, row.id),
    db.select().from(tools).where(eq(tools.connectionId, row.id)).orderBy(asc(tools.name)),
    row.agentId === null ? [] : db.select({ name: agents.name }).from(agents).where(eq(agents.id, row.agentId)),
    db
      .select({ n: count() })
      .from(quarantine)
      .where(and(eq(quarantine.connectionId, row.id), ne(quarantine.state, 'rejected'))),
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
    clientRequests: row.clientRequests,
    pinning: row.pinning,
    pinnedAt: row.pinnedAt?.toISOString() ?? null,
    waiting: waiting?.n ?? 0,
    health,
    tools: definitions.map(({ definition }) => toolView(definition as JsonObject)),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  }
}

export const toolView = (definition: JsonObject): ToolView => ({
  name: String(definition.name),
  title: String(definition.title ?? ''),
  description: String(definition.description ?? ''),
  inputSchema: definition.inputSchema ?? null,
  hints: (definition.annotations ?? {}) as Record<string, unknown>,
})
