import { printReply } from '../../masking/exact'
import { codes } from '../../mcp/errors'
import { errorMessage, type RequestId, resultMessage } from '../../mcp/messages'
import type { Era } from '../../mcp/revisions'
import type { JsonObject } from '../../types'
import type { Outlet } from './outlet'
import { isObject, metaOf, readObject, renamed, subscriptionKey, withMeta } from './rename'
import { TargetError } from './target'

type Pending = {
  id: number
  original: RequestId
  method: string
  progressToken: unknown
  wantsLogs: boolean
  outlet: Outlet
  since: number
  timer: NodeJS.Timeout | null
}

export type TalkOptions = {
  era: Era
  write(line: string): void
  /** A call got no answer in time; `deaf` when nothing at all was heard since it was made. */
  onTimeout(deaf: boolean): void
  onJunk(): void
}

export type Call = { cancel(reason: string): void }

const logLevelKey = 'io.modelcontextprotocol/logLevel'
const keptMax = 100
const askedMax = 100
const cancelledWithinMs = 3000

/**
 * The conversation with one stdio MCP server. Request ids and progress tokens are replaced by numbers of its own on the way in
 * and put back on the way out, so that callers who share the process cannot collide. A message that names no request goes where
 * the era's HTTP binding would put it: to a listener, or on the stream of the newest call.
 */
export class Talk {
  readonly #options: TalkOptions
  readonly #pending = new Map<number, Pending>()
  /** Requests of the server that a client may answer (legacy). */
  readonly #asked = new Set<string>()
  #listener: Outlet | null = null
  #kept: string[] = []
  #lastId = 0
  #heardAt = performance.now()
  #ended: TargetError | null = null

  constructor(options: TalkOptions) {
    this.#options = options
  }

  get busy(): boolean {
    return this.answering || this.#listener !== null
  }

  get answering(): boolean {
    return this.#pending.size > 0
  }

  /** Sends a request; everything about it, and at last its answer, goes to `outlet`. Throws TargetError when it cannot be sent. */
  call(message: JsonObject, original: RequestId, outlet: Outlet, timeoutMs: number | null): Call {
    if (this.#ended !== null) throw this.#ended
    this.#lastId += 1
    const id = this.#lastId
    const meta = metaOf(message)
    const pending: Pending = {
      id,
      original,
      method: String(message.method),
      progressToken: meta?.progressToken,
      wantsLogs: meta?.[logLevelKey] !== undefined,
      outlet,
      since: performance.now(),
      timer: timeoutMs === null ? null : setTimeout(() => this.#timeOut(pending, timeoutMs), timeoutMs),
    }
    this.#pending.set(id, pending)
    const sent = pending.progressToken === undefined ? message : withMeta(message, { progressToken: id })
    try {
      this.#write({ ...sent, id })
    } catch (error) {
      this.#end(pending)
      throw error
    }
    return { cancel: (reason) => this.#cancel(pending, reason) }
  }

  /** A notification of the client. One that cancels is passed for requests that are pending only. */
  notify(message: JsonObject): void {
    if (message.method === 'notifications/cancelled') this.#cancelled(message)
    else this.#write(message)
  }

  /** The client's answer to a request of the server; any other is dropped. */
  answer(message: JsonObject): void {
    if (this.#asked.delete(JSON.stringify(message.id))) this.#write(message)
  }

  /** What belongs to no call goes to `outlet` from now on (legacy GET). False when somebody listens already. */
  listen(outlet: Outlet): boolean {
    if (this.#listener !== null) return false
    this.#listener = outlet
    for (const text of this.#kept.splice(0)) outlet.say({ text, last: false })
    return true
  }

  unlisten(outlet: Outlet): void {
    if (this.#listener === outlet) this.#listener = null
  }

  receive(line: Buffer): void {
    this.#heardAt = performance.now()
    const message = readObject(line)
    if (message === null) this.#options.onJunk()
    else if (typeof message.method !== 'string') this.#answered(message)
    else if (message.id === undefined) this.#notified(message)
    else this.#requested(message)
  }

  /** The process is gone, or about to be. */
  end(error: TargetError): void {
    this.#ended ??= error
    for (const pending of [...this.#pending.values()]) {
      this.#end(pending)
      pending.outlet.fail(error)
    }
    this.#listener?.fail(error)
    this.#listener = null
  }

  /** Everybody who waits is told; the process goes on. */
  failAll(error: TargetError): void {
    for (const pending of [...this.#pending.values()]) {
      this.#cancel(pending, error.message)
      pending.outlet.fail(error)
    }
  }

  #cancelled(message: JsonObject): void {
    const params = isObject(message.params) ? message.params : {}
    const pending = [...this.#pending.values()].findLast(({ original }) => original === params.requestId)
    // The initialize request cannot be cancelled (MCP 2025-11-25, cancellation).
    if (pending === undefined || pending.method === 'initialize') return
    this.#write({ ...message, params: { ...params, requestId: pending.id } })
    // Servers do not answer what was cancelled, and who asked over HTTP must not wait for ever.
    setTimeout(() => {
      if (!this.#pending.has(pending.id)) return
      this.#end(pending)
      const answer = errorMessage(pending.original, codes.internalError, 'the request was cancelled')
      pending.outlet.say({ text: JSON.stringify(answer), last: true })
    }, cancelledWithinMs).unref()
  }

  #answered(message: JsonObject): void {
    const pending = this.#pending.get(message.id as number)
    if (pending === undefined) return
    this.#end(pending)
    const text = printReply({ ...renamed(message, pending), id: pending.original })
    const error = isObject(message.error) ? { errorCode: Number(message.error.code) } : {}
    pending.outlet.say({ text, last: true, ...error })
  }

  #notified(message: JsonObject): void {
    const pending = this.#about(message, isObject(message.params) ? message.params : {})
    if (pending === undefined) this.#overheard(message)
    else if (message.method === 'notifications/cancelled') this.#closed(pending)
    else {
      pending.timer?.refresh()
      pending.outlet.say({ text: printReply(renamed(message, pending)), last: false })
    }
  }

  #overheard(message: JsonObject): void {
    if (this.#options.era === 'modern' || message.method === 'notifications/progress') return
    const text = printReply(message)
    const isLog = message.method === 'notifications/message'
    const newest = this.#newest()?.outlet ?? null
    const outlet = isLog ? (newest ?? this.#listener) : (this.#listener ?? newest)
    if (outlet !== null) outlet.say({ text, last: false })
    else this.#kept = [...this.#kept, text].slice(-keptMax)
  }

  /** The call that a notification is about, if it says so. */
  #about(message: JsonObject, params: JsonObject): Pending | undefined {
    const modern = this.#options.era === 'modern'
    switch (message.method) {
      case 'notifications/progress':
        return this.#pending.get(params.progressToken as number)
      case 'notifications/cancelled':
        return modern ? this.#pending.get(params.requestId as number) : undefined
      case 'notifications/message':
        return modern ? [...this.#pending.values()].findLast(({ wantsLogs }) => wantsLogs) : undefined
      default:
        return modern ? this.#pending.get(metaOf(message)?.[subscriptionKey] as number) : undefined
    }
  }

  /** The server tore a subscription down; over HTTP its answer says so (MCP 2026-07-28, subscriptions). */
  #closed(pending: Pending): void {
    this.#end(pending)
    const result = { resultType: 'complete', _meta: { [subscriptionKey]: pending.original } }
    pending.outlet.say({ text: JSON.stringify(resultMessage(pending.original, result)), last: true })
  }

  #requested(message: JsonObject): void {
    const id = message.id as RequestId
    const outlet = this.#newest()?.outlet ?? this.#listener
    if (message.method === 'ping') this.#write(resultMessage(id, {}))
    else if (this.#options.era === 'modern' || outlet === null || this.#asked.size >= askedMax)
      this.#write(errorMessage(id, codes.methodNotFound, 'no client is there to answer this'))
    else {
      this.#asked.add(JSON.stringify(id))
      outlet.say({ text: printReply(message), last: false })
    }
  }

  #newest(): Pending | undefined {
    return [...this.#pending.values()].at(-1)
  }

  #timeOut(pending: Pending, timeoutMs: number): void {
    const deaf = this.#heardAt < pending.since
    this.#cancel(pending, 'it took too long')
    pending.outlet.fail(new TargetError(`the target did not answer within ${timeoutMs / 1000} s`))
    this.#options.onTimeout(deaf)
  }

  #cancel(pending: Pending, reason: string): void {
    if (!this.#pending.has(pending.id)) return
    this.#end(pending)
    if (pending.method === 'initialize' || this.#ended !== null) return
    try {
      this.#write({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: pending.id, reason } })
    } catch {
      // It reads nothing; it will not read this either.
    }
  }

  #end(pending: Pending): void {
    this.#pending.delete(pending.id)
    if (pending.timer !== null) clearTimeout(pending.timer)
  }

  #write(message: JsonObject): void {
    this.#options.write(printReply(message))
  }
}
