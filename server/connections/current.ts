import { asc, eq, type SQL, sql } from 'drizzle-orm'
import type { Logger } from 'pino'
import type { Database } from '../context'
import type { Bell } from '../db/notify'
import { oneLook } from '../db/one-look'
import { connections, tools } from '../db/schema'
import type { Keys } from '../keys'
import type { Connection, JsonObject, ToolHints } from '../types'
import { openCredential } from './credential'
import { targetHash } from './target-hash'

export type KnownTool = {
  hash: string
  hints: ToolHints
  inputSchema: JsonObject | null
  /** What structured content of this tool must satisfy, masked or not. */
  outputSchema: JsonObject | null
}

/** A connection as the gateway uses it. `secrets` are masked in every reply. */
export type LiveConnection = Connection & {
  credentialHeaders: Record<string, string>
  secrets: string[]
  tools: Map<string, KnownTool>
  /** Why it cannot be used; null when it can. */
  broken: string | null
  /** An administrator tries it before it is saved; no call ever goes to one. */
  trial?: boolean
  /** Sallyport's own MCP server, which speaks of all the others. */
  own?: boolean
}

export type ConnectionHolder = {
  get(name: string): LiveConnection | null
  list(): LiveConnection[]
  refresh(): Promise<void>
  close(): void
}

export type ConnectionOptions = { db: Database; bell: Bell; keys: Pick<Keys, 'open'>; log: Logger }

type Row = typeof connections.$inferSelect
type Tool = Pick<typeof tools.$inferSelect, 'connectionId' | 'name' | 'definition' | 'hash'>

/** All connections in memory, as of the last bell. One that did not change keeps its object, and with it what hangs on it. */
export async function startConnections({ db, bell, keys, log }: ConnectionOptions): Promise<ConnectionHolder> {
  let live = new Map<string, { stamp: string; connection: LiveConnection }>()
  const look = async () => {
    const stamps = await stampsOf(db)
    const known = new Map([...live.values()].map(({ stamp, connection }) => [connection.id, { stamp, connection }]))
    const changed = stamps.filter(({ id, stamp }) => known.get(id)?.stamp !== stamp).map(({ id }) => id)
    if (changed.length === 0 && stamps.length === known.size) return
    const fresh = await load(db, changed)
    const next: typeof live = new Map()
    for (const { id, stamp } of stamps) {
      const row = fresh.rows.get(id)
      const connection = row === undefined ? undefined : liveOf(row, fresh.toolsOf(id), keys, log)
      const kept = connection === undefined ? (changed.includes(id) ? undefined : known.get(id)) : { stamp, connection }
      if (kept !== undefined) next.set(kept.connection.name, kept)
    }
    live = next
  }
  const refresh = oneLook(look)
  await refresh()
  const stop = bell.on(
    'connections',
    () => void refresh().catch((error) => log.error({ err: error }, 'connections could not be read')),
  )
  return {
    get: (name) => live.get(name)?.connection ?? null,
    list: () => [...live.values()].map(({ connection }) => connection),
    refresh,
    close: stop,
  }
}

/** What every write changes, tools included: `xmin` is the transaction that wrote a row. Small, for it is read every few seconds. */
const stampsOf = (db: Database): Promise<{ id: string; stamp: string }[]> => {
  const catalog = sql`(select md5(string_agg(t.name || ' ' || t.hash, ' ' order by t.name)) from tools t
    where t.connection_id = ${connections.id})`
  const stamp: SQL<string> = sql`concat(${connections}.xmin, ' ', ${catalog})`
  return db.select({ id: connections.id, stamp }).from(connections).orderBy(asc(connections.name))
}

async function load(db: Database, ids: string[]) {
  const these = sql`any(${sql.param(ids)}::uuid[])`
  const [rows, definitions] = await Promise.all([
    db.select().from(connections).where(eq(connections.id, these)),
    db.select().from(tools).where(eq(tools.connectionId, these)),
  ])
  return {
    rows: new Map(rows.map((row) => [row.id, row])),
    toolsOf: (id: string) => definitions.filter((tool) => tool.connectionId === id),
  }
}

function liveOf(row: Row, definitions: Tool[], keys: Pick<Keys, 'open'>, log: Logger): LiveConnection {
  const {
    id,
    name,
    transport,
    url,
    agentId,
    target,
    credentialKind,
    sql: statements,
    http,
    schema,
    clientRequests,
  } = row
  const opened = openCredential(row, keys)
  if ('problem' in opened) log.error({ connection: name }, opened.problem)
  const headers = 'problem' in opened ? {} : opened.headers
  return {
    ...{ id, name, transport, url, agentId, target, credentialKind, sql: statements, http, schema, clientRequests },
    targetHash: targetHash(row),
    credentialHeaders: headers,
    secrets: secretsOf(headers),
    tools: new Map(definitions.map((tool) => [tool.name, knownTool(tool.definition as JsonObject, tool.hash)])),
    broken: 'problem' in opened ? opened.problem : null,
  }
}

const knownTool = (definition: JsonObject, hash: string): KnownTool => ({
  hash,
  hints: (definition.annotations ?? {}) as ToolHints,
  inputSchema: (definition.inputSchema ?? null) as JsonObject | null,
  outputSchema: (definition.outputSchema ?? null) as JsonObject | null,
})

const secretLengthMin = 6

/** The values, and what follows the scheme in `Bearer ...` and `Basic ...`. */
export const secretsOf = (headers: Record<string, string>): string[] =>
  Object.values(headers)
    .flatMap((value) => [value, value.replace(/^(bearer|basic|token)\s+/i, '')])
    .filter((value, index, all) => value.length >= secretLengthMin && all.indexOf(value) === index)
