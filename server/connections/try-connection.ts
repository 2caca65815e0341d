import { setMaxListeners } from 'node:events'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { storable } from '../db/storable'
import { parseReply, printReply } from '../masking/exact'
import type { JsonObject } from '../types'
import type { LiveConnection } from './current'
import { checkDefinitions } from './definitions'
import { explain, Misfit } from './explain'
import { listTools, pagesMax, type Said } from './list-tools'
import type { CheckResult } from './schemas'
import { toolView } from './view'
import { withoutSecrets } from './without-secrets'

/** How the caller reaches a target: a `fetch` that goes through the guard and carries the gateway's own credential. */
export type Reach = (init?: RequestInit) => Promise<Response>
export type Tried = CheckResult & { definitions: JsonObject[] }

const patienceMs = 10_000
const bytesMax = 16 * 1024 * 1024

/**
 * Opens MCP to a target with the gateway's own credential (newest era first, as a client does) and lists its tools, all within
 * `withinMs`. Never throws for what the target does, and lets no credential out that the target repeats.
 */
export async function tryConnection(
  connection: Pick<LiveConnection, 'url' | 'broken' | 'secrets'>,
  reach: Reach,
  withinMs = patienceMs,
): Promise<Tried> {
  const startedAt = performance.now()
  const elapsed = () => Math.round(performance.now() - startedAt)
  const clean = withoutSecrets(connection.secrets)
  const failed = (message: string): Tried => ({
    ok: false,
    latencyMs: elapsed(),
    message: storable(clean(message)),
    ...{ tools: [], era: null, definitions: [] },
  })
  if (connection.broken !== null) return failed(connection.broken)
  const client = new Client({ name: 'sallyport', version: '1.0.0' }, { versionNegotiation: { mode: 'auto' } })
  const end = AbortSignal.timeout(withinMs)
  const line = watched(reach, end)
  // An agent's target has no address here; the transport needs one all the same.
  const transport = new StreamableHTTPClientTransport(new URL(connection.url ?? 'http://agent.invalid/mcp'), {
    fetch: line.fetch,
  })
  /** A session that is not ended stays at the target, behind an agent as a process of its own. */
  const leave = async () => {
    await transport.terminateSession().catch(() => {})
    await client.close().catch(() => {})
  }
  const connected = async () => {
    await client.connect(transport, { timeout: withinMs })
    return listTools(client, line.said, withinMs)
  }
  try {
    const definitions = await Promise.race([connected(), over(end)])
    const cleaned = definitions.map((definition) => parseReply(clean(printReply(definition))))
    checkDefinitions(cleaned)
    const message = `answers with ${cleaned.length} tool${cleaned.length === 1 ? '' : 's'}`
    const era = client.getProtocolEra() ?? null
    return { ok: true, latencyMs: elapsed(), message, tools: cleaned.map(toolView), era, definitions: cleaned }
  } catch (error) {
    return failed(explain(error, line.status(), withinMs))
  } finally {
    await Promise.race([leave(), over(end).catch(() => {})])
  }
}

const over = (end: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    if (end.aborted) reject(end.reason)
    end.addEventListener('abort', () => reject(end.reason), { once: true })
  })

/** Not `AbortSignal.any`: on Node 20 what it makes may be swept before it aborts (measured). */
function either(...signals: AbortSignal[]): AbortSignal {
  const ended = new AbortController()
  for (const signal of signals) {
    // Every page of a list is an exchange that ends with it.
    setMaxListeners(pagesMax * 2, signal)
    if (signal.aborted) ended.abort(signal.reason)
    signal.addEventListener('abort', () => ended.abort(signal.reason), { once: true })
  }
  return ended.signal
}

/** Every exchange ends with the test, has a size, and leaves its status and what was answered. */
function watched(reach: Reach, end: AbortSignal) {
  let status: number | null = null
  let said: Said = { bytes: [], type: '' }
  return {
    status: () => status,
    said: () => said,
    fetch: async (_: string | URL | Request, init: RequestInit = {}) => {
      const response = await reach({ ...init, signal: init.signal == null ? end : either(end, init.signal) })
      // The SDK also opens a stream with GET, which a target may refuse.
      if (init.method === 'POST') status = response.status
      if (response.body === null) return response
      const { status: code, headers } = response
      const answer: Said = { bytes: [], type: headers.get('content-type') ?? '' }
      if (init.method === 'POST') said = answer
      return new Response(response.body.pipeThrough(limited(answer.bytes)), { status: code, headers })
    },
  }
}

function limited(kept: Uint8Array[]): TransformStream<Uint8Array, Uint8Array> {
  let left = bytesMax
  return new TransformStream({
    transform(chunk, controller) {
      left -= chunk.byteLength
      if (left < 0) controller.error(new Misfit(`an answer of the target is larger than ${bytesMax} bytes`))
      else {
        kept.push(chunk)
        controller.enqueue(chunk)
      }
    },
  })
}
