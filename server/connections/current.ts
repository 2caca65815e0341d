import { asc, eq, type SQL, sql } from 'drizzle-orm'
import type { Logger } from 'pino'
import type { Database } from '../context'
import type { Bell } from '../db/notify'
import { oneLook } from '../db/one-look'
import { connections, quarantine, tools } from '../db/schema'
import type { Keys } from '../keys'
import type { Connection, JsonObject } from '../types'
import { openCredential } from './credential'
import { type KnownTool, type Pins, toolsInForce } from './pins'
import { targetHash } from './target-hash'

/** A connection as the gateway uses it. `secrets` are masked in every reply. */
export type LiveConnection = Connection &
  Pins & {
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
type Fresh = { row: Row; accepted: (typeof tools.$inferSelect)[]; quarantined: (typeof quarantine.$inferSelect)[] }

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
      const found = fresh.get(id)
      const connection = found === undefined ? undefined : liveOf(found, keys, log)
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
  const waiting = sql`(select md5(string_agg(q.name || ' ' || q.hash || ' ' || q.state, ' ' order by q.name)) from quarantine q
    where q.connection_id = ${connections.id})`
  const stamp: SQL<string> = sql`concat(${connections}.xmin, ' ', ${catalog}, ' ', ${waiting})`
  return db.select({ id: connections.id, stamp }).from(connections).orderBy(asc(connections.name))
}

async function load(db: Database, ids: string[]): Promise<Map<string, Fresh>> {
  const these = sql`any(${sql.param(ids)}::uuid[])`
  const [rows, definitions, changed] = await Promise.all([
    db.select().from(connections).where(eq(connections.id, these)),
    db.select().from(tools).where(eq(tools.connectionId, these)),
    db.select().from(quarantine).where(eq(quarantine.connectionId, these)),
  ])
  const of = <T extends { connectionId: string }>(all: T[], id: string) => all.filter((one) => one.connectionId === id)
  return new Map(
    rows.map((row) => [row.id, { row, accepted: of(definitions, row.id), quarantined: of(changed, row.id) }]),
  )
}

function liveOf({ row, accepted, quarantined }: Fresh, keys: Pick<Keys, 'open'>, log: Logger): LiveConnection {
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
    pinning,
  } = row
  const isPinned = row.pinnedAt !== null
  const opened = openCredential(row, keys)
  if ('problem' in opened) log.error({ connection: name }, opened.problem)
  const headers = 'problem' in opened ? {} : opened.headers
  return {
    ...{ id, name, transport, url, agentId, target, credentialKind, sql: statements, http, schema, clientRequests },
    ...{ pinning, isPinned },
    targetHash: targetHash(row),
    credentialHeaders: headers,
    secrets: secretsOf(headers),
    accepted: new Map(accepted.map(({ name: tool, hash }) => [tool, hash])),
    quarantined: new Map(quarantined.map(({ name: tool, hash, state, problem }) => [tool, { hash, state, problem }])),
    tools: toolsInForce({ pinning, isPinned }, accepted.map(storedTool), quarantined.map(storedTool)),
    broken: 'problem' in opened ? opened.problem : null,
  }
}

const storedTool = <T extends { definition: Record<string, unknown> }>(row: T) => ({
  ...row,
  definition: row.definition as JsonObject,
})

const secretLengthMin = 6

/** The values, and what follows the scheme in `Bearer ...` and `Basic ...`. */
export const secretsOf = (headers: Record<string, string>): string[] =>
  Object.values(headers)
    .flatMap((value) => [value, value.replace(/^(bearer|basic|token)\s+/i, '')])
    .filter((value, index, all) => value.length >= secretLengthMin && all.indexOf(value) === index)
