import { createHash } from 'node:crypto'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { and, eq, notInArray, sql } from 'drizzle-orm'
import { type Context, requireAdmin, transaction } from '../context'
import { ring } from '../db/notify'
import { connectionChecks, tools } from '../db/schema'
import { canonical } from '../policy/digest'
import type { JsonObject } from '../types'
import type { LiveConnection } from './current'
import type { CheckResult, ToolView } from './schemas'

/** How the caller reaches a target: a `fetch` that goes through the guard and carries the gateway's own credential. */
export type Reach = (init?: RequestInit) => Promise<Response>

const patienceMs = 10_000
const toolsMax = 2_000
const checksKept = 100

/**
 * Opens MCP to a target with the gateway's own credential (newest era first, as a client does) and lists its tools. The result is
 * kept: the catalog, and one line of health. Never throws for what the target does.
 */
export async function testConnection(ctx: Context, connection: LiveConnection, reach: Reach): Promise<CheckResult> {
  requireAdmin(ctx)
  const result = await tryConnection(connection, reach)
  await transaction(ctx, async (tx) => {
    const { ok, latencyMs, message } = result
    await tx.insert(connectionChecks).values({ connectionId: connection.id, ok, latencyMs, message })
    await tx.execute(sql`
      delete from connection_checks where connection_id = ${connection.id} and id not in
        (select id from connection_checks where connection_id = ${connection.id} order by id desc limit ${checksKept})`)
    if (ok) await saveTools(tx, connection.id, result.definitions)
    await ring(tx, 'connections', connection.name)
  })
  const { definitions: _, ...shown } = result
  return shown
}

type Tried = CheckResult & { definitions: JsonObject[] }

export async function tryConnection(
  connection: Pick<LiveConnection, 'id' | 'url' | 'broken'>,
  reach: Reach,
): Promise<Tried> {
  const startedAt = performance.now()
  const failed = (message: string): Tried => ({
    ok: false,
    latencyMs: Math.round(performance.now() - startedAt),
    message,
    tools: [],
    era: null,
    definitions: [],
  })
  if (connection.broken !== null) return failed(connection.broken)
  const client = new Client({ name: 'sallyport', version: '1.0.0' }, { versionNegotiation: { mode: 'auto' } })
  // An agent's target has no address here; the transport needs one all the same.
  const url = new URL(connection.url ?? 'http://agent.invalid/mcp')
  let status: number | null = null
  const seen = async (_: string | URL | Request, init?: RequestInit) => {
    const response = await reach({
      ...init,
      signal: AbortSignal.any([AbortSignal.timeout(patienceMs), ...(init?.signal ? [init.signal] : [])]),
    })
    status = response.status
    return response
  }
  try {
    await client.connect(new StreamableHTTPClientTransport(url, { fetch: seen }), { timeout: patienceMs })
    const definitions = await listAll(client)
    const era = client.getProtocolEra() ?? null
    const latencyMs = Math.round(performance.now() - startedAt)
    const message = `answers with ${definitions.length} tool${definitions.length === 1 ? '' : 's'}`
    return { ok: true, latencyMs, message, tools: definitions.map(toolView), era, definitions }
  } catch (error) {
    return failed(explain(error, status))
  } finally {
    await client.close().catch(() => {})
  }
}

async function listAll(client: Client): Promise<JsonObject[]> {
  if (client.getServerCapabilities()?.tools === undefined) return []
  const found: JsonObject[] = []
  let cursor: string | undefined
  do {
    const page = await client.listTools(cursor === undefined ? {} : { cursor }, { timeout: patienceMs })
    found.push(...(page.tools as unknown as JsonObject[]))
    cursor = page.nextCursor
  } while (cursor !== undefined && found.length < toolsMax)
  return found
}

export const toolView = (definition: JsonObject): ToolView => ({
  name: String(definition.name),
  title: String(definition.title ?? ''),
  description: String(definition.description ?? ''),
  inputSchema: definition.inputSchema ?? null,
  hints: (definition.annotations ?? {}) as Record<string, unknown>,
})

export const toolHash = (definition: JsonObject): string =>
  createHash('sha256').update(canonical(definition)).digest('hex')

async function saveTools(
  tx: Parameters<Parameters<typeof transaction>[1]>[0],
  connectionId: string,
  definitions: JsonObject[],
): Promise<void> {
  const names = definitions.map((definition) => String(definition.name))
  const gone =
    names.length === 0
      ? eq(tools.connectionId, connectionId)
      : and(eq(tools.connectionId, connectionId), notInArray(tools.name, names))
  await tx.delete(tools).where(gone)
  for (const definition of definitions) {
    const row = {
      connectionId,
      name: String(definition.name),
      definition,
      hash: toolHash(definition),
      seenAt: new Date(),
    }
    await tx
      .insert(tools)
      .values(row)
      .onConflictDoUpdate({ target: [tools.connectionId, tools.name], set: row })
  }
}

const explanations: Record<string, string> = {
  ECONNREFUSED: 'the target refuses connections; is it running, and is the port right?',
  ENOTFOUND: 'the name of the target does not resolve',
  ECONNRESET: 'the target closed the connection',
  UND_ERR_CONNECT_TIMEOUT: 'the target does not answer',
}

function explain(error: unknown, status: number | null): string {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { code, message, name } = cause as Error & { code?: unknown }
    if (code === 'forbidden-address' || code === 'unavailable') return message
    if (name === 'TimeoutError') return `the target did not answer within ${patienceMs / 1000} s`
    const known = typeof code === 'string' ? explanations[code] : undefined
    if (known !== undefined) return known
  }
  if (status === 401 || status === 403)
    return `the target refuses the credential (HTTP ${status}); set one that it takes`
  if (status !== null && status >= 300 && status < 400)
    return `the target redirects (HTTP ${status}); use the final address`
  if (status !== null && status !== 200)
    return `the target answers HTTP ${status}, which is not MCP; is the path right?`
  return `the target does not speak MCP here: ${(error as Error).message.slice(0, 200)}`
}
