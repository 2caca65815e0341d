import { type Dispatcher, Pool } from 'undici'
import type { LiveConnection } from '../connections/current'
import { pinnedLookup, urlProblem } from '../connections/upstream-url'
import { runtime } from '../runtime'

export type UpstreamRequest = {
  method: 'POST' | 'GET' | 'DELETE'
  headers: Record<string, string>
  body: string | null
  signal: AbortSignal | null
  /** An agent keeps one stdio process per session. */
  session: string
}

export type UpstreamResponse = {
  status: number
  headers: Record<string, string>
  body: AsyncIterable<Uint8Array>
  discard(): void
}

/** One HTTP-shaped exchange with a connection's target, over HTTP or an agent, with the target's credential. */
export function exchange(connection: LiveConnection, request: UpstreamRequest): Promise<UpstreamResponse> {
  // Without the credential that belongs to it, nothing is sent: the target might answer to anybody.
  if (connection.broken !== null)
    return Promise.reject(Object.assign(new Error(connection.broken), { code: 'unavailable' }))
  return connection.transport === 'agent' ? overAgent(connection, request) : overHttp(connection, request)
}

const pools = new Map<string, Pool>()

function poolOf(url: URL): Pool {
  const known = pools.get(url.origin)
  if (known !== undefined) return known
  // A socket looks up names only, so an address that is spelled out is checked here.
  const problem = urlProblem(url.href, runtime().env)
  if (problem !== null) throw Object.assign(new Error(problem), { code: 'forbidden-address' })
  const pool = new Pool(url.origin, {
    connections: 128,
    // A silent stream may live for hours; who waits decides when to stop.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { lookup: pinnedLookup(runtime().env), timeout: 10_000 },
  })
  pools.set(url.origin, pool)
  return pool
}

async function overHttp(connection: LiveConnection, request: UpstreamRequest): Promise<UpstreamResponse> {
  const url = new URL(connection.url ?? '')
  const response = await poolOf(url).request({
    path: url.pathname + url.search,
    method: request.method,
    headers: { ...request.headers, ...connection.credentialHeaders },
    body: request.body,
    ...(request.signal === null ? {} : { signal: request.signal }),
  })
  return {
    status: response.statusCode,
    headers: flat(response.headers),
    body: response.body,
    discard: () => discard(response),
  }
}

function discard(response: Dispatcher.ResponseData): void {
  response.body.on('error', () => {})
  response.body.destroy()
}

function flat(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const out: Record<string, string> = {}
  for (const name in headers) {
    const value = headers[name]
    if (value !== undefined) out[name] = Array.isArray(value) ? value.join(', ') : value
  }
  return out
}

async function overAgent(connection: LiveConnection, request: UpstreamRequest): Promise<UpstreamResponse> {
  const stop = new AbortController()
  const signal = request.signal === null ? stop.signal : AbortSignal.any([request.signal, stop.signal])
  const response = await runtime().hub.request(connection.agentId ?? '', connection.target ?? '', {
    method: request.method,
    headers: request.headers,
    body: request.body,
    session: request.session,
    signal,
  })
  return { ...response, discard: () => stop.abort() }
}
