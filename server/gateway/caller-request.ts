import type { IncomingMessage, ServerResponse } from 'node:http'
import type { RequestHeaders } from '../mcp/headers'
import { type MayBe, readWhole } from '../read-whole'
import { aborted } from '../upstream/exchange'

/** What the pipeline reads of a request. `NodeRequest` costs a fraction of a web-standard `Request`. */
export type CallerRequest = Pick<Request, 'method' | 'url' | 'signal'> & {
  headers: CallerHeaders
  /** Calls `listener` once, when the last byte was sent or nobody waits any more. */
  onOver(listener: () => void): void
  /** Calls `listener` when the caller left before its answer was sent; returns what stops that. An AbortSignal costs far more. */
  whenGone(listener: () => void): () => void
  /** The body, at once where it has come whole; null when `mayBe` does not let it become so long. To be read once. */
  bytes(mayBe: MayBe): Uint8Array | null | Promise<Uint8Array | null>
}

/** A header that came more than once is joined with `, ` (RFC 9110, section 5.2). */
export type CallerHeaders = RequestHeaders

/** The request of a route handler, which says `over` when its answer was read or dropped. */
export const webRequest = (request: Request, over: Promise<void>): CallerRequest => ({
  method: request.method,
  url: request.url,
  headers: request.headers,
  signal: request.signal,
  onOver: (listener) => void over.then(listener),
  whenGone: aborted(request.signal),
  bytes: (mayBe) => readWhole((request.body ?? []) as unknown as AsyncIterable<Uint8Array>, mayBe),
})

export class NodeRequest implements CallerRequest {
  readonly method: string
  readonly url: string
  readonly headers: CallerHeaders
  readonly #incoming: IncomingMessage
  readonly #outgoing: ServerResponse
  /** One listener on the answer for all: each of its own costs more than what it does. */
  readonly #whenClosed = new Set<() => void>()
  #gone: AbortController | null = null

  constructor(incoming: IncomingMessage, outgoing: ServerResponse) {
    this.method = incoming.method ?? ''
    this.url = incoming.url ?? ''
    this.headers = new NodeHeaders(incoming.rawHeaders)
    this.#incoming = incoming
    this.#outgoing = outgoing
    outgoing.on('close', () => {
      for (const listener of this.#whenClosed) listener()
    })
  }

  onOver(listener: () => void): void {
    if (this.#outgoing.closed) listener()
    else this.#whenClosed.add(listener)
  }

  whenGone(listener: () => void): () => void {
    const outgoing = this.#outgoing
    const { socket } = this.#incoming
    // After the last byte it closes too; and one that broke before the last byte left counts as finished.
    const closed = () => {
      if (!outgoing.writableFinished || socket.errored !== null) listener()
    }
    if (outgoing.closed) closed()
    else this.#whenClosed.add(closed)
    return () => this.#whenClosed.delete(closed)
  }

  /** Aborts when the caller left before its answer was sent. Made when somebody asks: most calls are over before their caller could go. */
  get signal(): AbortSignal {
    if (this.#gone !== null) return this.#gone.signal
    const gone = new AbortController()
    this.#gone = gone
    this.whenGone(() => gone.abort())
    return gone.signal
  }

  bytes(mayBe: MayBe): Uint8Array | null | Promise<Uint8Array | null> {
    const incoming = this.#incoming
    if (incoming.complete) return within(mayBe, incoming.read() as Buffer | null)
    if (incoming.destroyed) throw new Error(leftEarly)
    return new Promise((resolve, reject) => {
      const chunks: Uint8Array[] = []
      let size = 0
      const take = (chunk: Uint8Array) => {
        size += chunk.byteLength
        chunks.push(chunk)
        if (mayBe(size)) return
        // The socket stays, so that the refusal can be sent.
        incoming.off('data', take).pause()
        resolve(null)
      }
      incoming.on('data', take)
      incoming.once('end', () => resolve(chunks.length === 1 ? (chunks[0] as Uint8Array) : Buffer.concat(chunks)))
      incoming.once('error', reject)
      incoming.once('close', () => {
        if (!incoming.readableEnded) reject(new Error(leftEarly))
      })
    })
  }
}

const leftEarly = 'the caller went away before its message was whole'
const empty = new Uint8Array(0)
const within = (mayBe: MayBe, body: Buffer | null): Uint8Array | null =>
  body === null ? empty : mayBe(body.byteLength) ? body : null

/** Not `incoming.headers`: that silently drops the second of some headers, and what is ambiguous must be seen. */
class NodeHeaders implements CallerHeaders {
  readonly #values = new Map<string, string>()

  constructor(raw: string[]) {
    for (let n = 0; n < raw.length; n += 2) {
      const name = (raw[n] as string).toLowerCase()
      const value = raw[n + 1] as string
      const before = this.#values.get(name)
      this.#values.set(name, before === undefined ? value : `${before}, ${value}`)
    }
  }

  get(name: string): string | null {
    return this.#values.get(name) ?? null
  }

  [Symbol.iterator](): Iterator<[string, string]> {
    return this.#values[Symbol.iterator]()
  }
}
