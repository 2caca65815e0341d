import { asc } from 'drizzle-orm'
import type { Database } from '../context'
import { connections, tools } from '../db/schema'
import type { World } from '../policy/problems'
import type { HttpVerb, JsonObject, SqlArgument, ToolHints } from '../types'
import { seenPeople } from './seen-people'

export type CatalogTool = { name: string; title: string; inputSchema: JsonObject | null; hints: ToolHints }
export type CatalogConnection = {
  id: string
  name: string
  /** Whether a tool that changed is kept from use until an admin looked at it. */
  pinned: boolean
  sql: SqlArgument[]
  http: HttpVerb[]
  schema: string
  tools: CatalogTool[]
}

/** Connections with their tools, as last listed. */
export async function readCatalog(db: Database): Promise<CatalogConnection[]> {
  const [rows, definitions] = await Promise.all([
    db.select().from(connections).orderBy(asc(connections.name)),
    db.select().from(tools).orderBy(asc(tools.name)),
  ])
  return rows.map(({ id, name, sql, http, schema, pinning, pinnedAt }) => ({
    ...{ id, name, sql, http, schema },
    pinned: pinning === 'strict' && pinnedAt !== null,
    tools: definitions.filter((tool) => tool.connectionId === id).map((tool) => toolOf(tool.definition as JsonObject)),
  }))
}

const toolOf = (definition: JsonObject): CatalogTool => ({
  name: String(definition.name),
  title: String(definition.title ?? ''),
  inputSchema: (definition.inputSchema ?? null) as JsonObject | null,
  hints: (definition.annotations ?? {}) as ToolHints,
})

/** What is known of this installation when a draft is looked at. */
export async function readWorld(db: Database): Promise<World> {
  const [catalog, people] = await Promise.all([readCatalog(db), seenPeople(db)])
  return { connections: catalog, people }
}
