import { hash } from 'node:crypto'
import { type Dispatcher, Pool } from 'undici'
import type { LiveConnection } from '../connections/current'
import { pinnedLookup, urlProblem } from '../connections/upstream-url'
import { runtime } from '../runtime'
import { type Body, bodyFrom, PushedBody } from './body'

export type UpstreamRequest = {
  method: 'POST' | 'GET' | 'DELETE'
  headers: Record<string, string>
  body: string | null
  /** Tells `cancel` when nobody wants the answer any more; returns what stops that. */
  whenCancelled: ((cancel: () => void) => () => void) | null
  /** An agent keeps one stdio process per session, */
  session: string
  /** and so many for each person at most; null for what the gateway asks itself. */
  personId: string | null
}

export type UpstreamResponse = {
  status: number
  headers: Record<string, string>
  body: Body
  discard(): void
}

/** `whenCancelled` of who has an AbortSignal. */
export const aborted =
  (signal: AbortSignal) =>
  (cancel: () => void): (() => void) => {
    if (signal.aborted) cancel()
    else signal.addEventListener('abort', cancel, { once: true })
    return () => signal.removeEventListener('abort', cancel)
  }

/** One HTTP-shaped exchange with a connection's target, over HTTP or an agent, with the target's credential. */
export function exchange(connection: LiveConnection, request: UpstreamRequest): Promise<UpstreamResponse> {
  // Without the credential that belongs to it, nothing is sent: the target might answer to anybody.
  if (connection.broken !== null)
    return Promise.reject(Object.assign(new Error(connection.broken), { code: 'unavailable' }))
  return connection.transport === 'agent' ? overAgent(connection, request) : overHttp(connection, request)
}

export const lines = {
  // More than what any few people may have under way: a stream may hold its line for hours.
  connections: 4096,
  // A silent stream may live for hours; who waits decides when to stop.
  headersTimeout: 0,
  bodyTimeout: 0,
}

const pools = new Map<string, Pool>()

function poolOf(url: URL): Pool {
  const known = pools.get(url.origin)
  if (known !== undefined) return known
  // A socket looks up names only, so an address that is spelled out is checked here.
  const problem = urlProblem(url.href, runtime().env)
  if (problem !== null) throw Object.assign(new Error(problem), { code: 'forbidden-address' })
  const pool = new Pool(url.origin, {
    ...lines,
    connect: { lookup: pinnedLookup(runtime().env), timeout: 10_000 },
  })
  pools.set(url.origin, pool)
  return pool
}

// Read once per connection as loaded; one that changes is a new object.
const targets = new WeakMap<LiveConnection, { pool: Pool; path: string }>()

function targetOf(connection: LiveConnection): { pool: Pool; path: string } {
  const known = targets.get(connection)
  if (known !== undefined) return known
  const url = new URL(connection.url ?? '')
  const target = { pool: poolOf(url), path: url.pathname + url.search }
  targets.set(connection, target)
  return target
}

function overHttp(connection: LiveConnection, request: UpstreamRequest): Promise<UpstreamResponse> {
  const { method, body, whenCancelled } = request
  const headers = { ...request.headers, ...connection.credentialHeaders }
  return new Promise((resolve, reject) => {
    const { pool, path } = targetOf(connection)
    pool.dispatch({ path, method, headers, body }, new HttpAnswer(whenCancelled, resolve, reject))
  })
}

/** Redirects are not followed, nothing is decoded: what comes is handed on as it is. */
class HttpAnswer implements Dispatcher.DispatchHandler {
  readonly #resolve: (response: UpstreamResponse) => void
  readonly #reject: (error: unknown) => void
  #controller: Dispatcher.DispatchController | null = null
  #body: PushedBody | null = null
  #cancelled: Error | null = null
  #isOver = false
  readonly #stopListening: (() => void) | undefined

  constructor(
    whenCancelled: UpstreamRequest['whenCancelled'],
    resolve: (response: UpstreamResponse) => void,
    reject: (error: unknown) => void,
  ) {
    this.#resolve = resolve
    this.#reject = reject
    this.#stopListening = whenCancelled?.(this.#abort)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#cancelled !== null) controller.abort(this.#cancelled)
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    // 1xx announces an answer and is none.
    if (status < 200) return
    const body = new PushedBody({
      pause: () => controller.pause(),
      resume: () => controller.resume(),
      abort: this.#abort,
    })
    this.#body = body
    this.#resolve({ status, headers: flat(headers), body, discard: this.#abort })
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#body?.push(chunk)
  }

  onResponseEnd(): void {
    this.#over(null)
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#over(error)
    this.#reject(error)
  }

  #over(error: Error | null): void {
    this.#isOver = true
    this.#stopListening?.()
    this.#body?.end(error)
  }

  // Also for one that still waits for a socket: undici tells who is first in line only.
  #abort = (): void => {
    if (this.#isOver) return
    const error = Object.assign(new Error('the call was cancelled'), { name: 'AbortError', code: 'ABORT_ERR' })
    this.#cancelled = error
    this.#reject(error)
    this.#body?.end(error)
    this.#controller?.abort(error)
  }
}

function flat(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const out: Record<string, string> = {}
  for (const name in headers) {
    const value = headers[name]
    if (value !== undefined) out[name] = Array.isArray(value) ? value.join(', ') : value
  }
  return out
}

/** Opaque to the agent, but for the person it is of; see `RequestHead`. */
const ofPerson = ({ personId, session }: UpstreamRequest): string =>
  `${personId === null ? 'gateway' : hash('sha256', personId, 'hex').slice(0, 16)}/${session}`

async function overAgent(connection: LiveConnection, request: UpstreamRequest): Promise<UpstreamResponse> {
  const stop = new AbortController()
  request.whenCancelled?.(() => stop.abort())
  const response = await runtime().hub.request(connection.agentId ?? '', connection.target ?? '', {
    method: request.method,
    headers: request.headers,
    body: request.body,
    session: ofPerson(request),
    signal: stop.signal,
    trial: connection.trial === true,
  })
  return { ...response, body: bodyFrom(response.body), discard: () => stop.abort() }
}
