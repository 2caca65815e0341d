import type { Logger } from 'pino'
import type { Database } from '../context'
import type { Bell } from '../db/notify'
import { oneLook } from '../db/one-look'
import { connections, tools } from '../db/schema'
import type { Keys } from '../keys'
import type { Connection, JsonObject, ToolHints } from '../types'
import { openCredential } from './credential'
import { targetHash } from './target-hash'

export type KnownTool = { hash: string; hints: ToolHints; inputSchema: JsonObject | null }

/** A connection as the gateway uses it. `secrets` are masked in every reply. */
export type LiveConnection = Connection & {
  credentialHeaders: Record<string, string>
  secrets: string[]
  tools: Map<string, KnownTool>
  /** Why it cannot be used; null when it can. */
  broken: string | null
}

export type ConnectionHolder = {
  get(name: string): LiveConnection | null
  list(): LiveConnection[]
  refresh(): Promise<void>
  close(): void
}

type Row = typeof connections.$inferSelect

/** All connections in memory, as of the last bell. One that did not change keeps its object, and with it what hangs on it. */
export async function startConnections(options: {
  db: Database
  bell: Bell
  keys: Keys
  log: Logger
}): Promise<ConnectionHolder> {
  const { db, bell, keys, log } = options
  let live = new Map<string, { stamp: string; connection: LiveConnection }>()
  const look = async () => {
    const [rows, definitions] = await Promise.all([db.select().from(connections), db.select().from(tools)])
    const next: typeof live = new Map()
    for (const row of rows) {
      const mine = definitions.filter((tool) => tool.connectionId === row.id)
      const stamp = `${row.updatedAt.toISOString()} ${mine.map((tool) => tool.hash).join(' ')}`
      const known = live.get(row.name)
      next.set(
        row.name,
        known?.stamp === stamp && known.connection.id === row.id
          ? known
          : { stamp, connection: liveOf(row, mine, keys, log) },
      )
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

function liveOf(row: Row, definitions: (typeof tools.$inferSelect)[], keys: Keys, log: Logger): LiveConnection {
  const { id, name, transport, url, agentId, target, credentialKind, sql, http, schema } = row
  const opened = openCredential(row, keys)
  if ('problem' in opened) log.error({ connection: name }, opened.problem)
  const headers = 'problem' in opened ? {} : opened.headers
  return {
    ...{ id, name, transport, url, agentId, target, credentialKind, sql, http, schema },
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
})

const secretLengthMin = 6

/** The values, and what follows the scheme in `Bearer ...` and `Basic ...`. */
const secretsOf = (headers: Record<string, string>): string[] =>
  Object.values(headers)
    .flatMap((value) => [value, value.replace(/^(bearer|basic|token)\s+/i, '')])
    .filter((value, index, all) => value.length >= secretLengthMin && all.indexOf(value) === index)
