import { randomUUID } from 'node:crypto'
import { version } from '../../../package.json'
import { codes } from '../../mcp/errors'
import type { RequestId } from '../../mcp/messages'
import { metaKeys } from '../../mcp/revisions'
import type { JsonObject } from '../../types'
import { call, listen, refusal } from './call'
import { createEra } from './era'
import type { Process, ProcessOptions } from './process'
import { createProcesses } from './processes'
import { metaOf, readObject } from './rename'
import type { Target, TargetReply, TargetRequest } from './target'

const initializeWithinMs = 60_000
const clientInfo = { name: 'sallyport-agent', version }
const accepted: TargetReply = { status: 202, headers: {}, body: null }

/**
 * A stdio MCP server, spoken to as if it were one over Streamable HTTP, in the era of each request. Legacy: `initialize` starts a
 * process and mints the session that names it; without one, and in the modern era: one process for each session key of the gateway.
 */
export function createStdioTarget(options: ProcessOptions): Target {
  const processes = createProcesses(options)
  const era = createEra(processes.spec)
  const { timeoutSeconds } = options.config
  const timeoutMs = timeoutSeconds === undefined ? null : timeoutSeconds * 1000
  const beginMs = Math.min(initializeWithinMs, timeoutMs ?? initializeWithinMs)
  const beginning = new Map<string, Promise<Process>>()

  return {
    handle: async (request) => {
      if (request.method === 'POST') return post(request)
      const found = find(request)
      if ('reply' in found) return found.reply
      if (request.method === 'GET') return listen(found.process, request.signal)
      await found.process.end('the session was ended')
      return { status: 204, headers: {}, body: null }
    },
    close: processes.close,
  }

  async function post(request: TargetRequest): Promise<TargetReply> {
    const message = readObject(request.body)
    if (message === null) return refusal(400, null, codes.parseError, 'the body is not one JSON object')
    const { id: given } = message
    const id = typeof given === 'string' || typeof given === 'number' ? given : null
    if (metaOf(message)?.[metaKeys.protocolVersion] !== undefined) return modern(request, message, id)
    if (message.method === 'initialize' && id !== null) return initialize(request, message, id)
    if (request.headers['mcp-session-id'] === undefined) return plain(request, message, id)
    return legacy(request, message, id)
  }

  async function modern(request: TargetRequest, message: JsonObject, id: RequestId | null): Promise<TargetReply> {
    // Over HTTP a modern client sends requests only; it cancels by closing the stream.
    if (id === null) return accepted
    if (!(await era.isModern()))
      return refusal(400, id, codes.invalidRequest, 'the target speaks MCP up to 2025-11-25; send `initialize` first')
    const process = await processes.shared(`modern ${request.session}`, request.session)
    const endless = message.method === 'subscriptions/listen'
    const asked = { message, id, signal: request.signal, timeoutMs: endless ? null : timeoutMs }
    const reply = await call(process, asked)
    return { ...reply, status: statusOf(reply.errorCode) }
  }

  async function initialize(request: TargetRequest, message: JsonObject, id: RequestId): Promise<TargetReply> {
    const session = randomUUID()
    const process = await processes.start(keyOf(session), request.session, 'legacy')
    try {
      const reply = await call(process, { message, id, signal: request.signal, timeoutMs: beginMs })
      if (reply.errorCode === null) return { ...reply, headers: { ...reply.headers, 'mcp-session-id': session } }
      void process.end('it refused to be initialized')
      return reply
    } catch (error) {
      void process.end('it was not initialized')
      throw error
    }
  }

  /** A legacy client that opens no session, as HTTP servers without sessions allow: one process for each of the gateway's. */
  async function plain(request: TargetRequest, message: JsonObject, id: RequestId | null): Promise<TargetReply> {
    const begun = processes.get(`plain ${request.session}`) ?? (await begin(request))
    if (typeof message.method !== 'string' || id === null) {
      if (typeof message.method === 'string') begun.talk.notify(message)
      return accepted
    }
    return call(begun, { message, id, signal: request.signal, timeoutMs })
  }

  /** Nobody else will initialize it, so we do, and declare nothing. */
  function begin({ session, headers, signal }: TargetRequest): Promise<Process> {
    const known = beginning.get(session)
    if (known !== undefined) return known
    const begun = (async () => {
      const process = await processes.start(`plain ${session}`, session, 'legacy')
      const params = { protocolVersion: headers['mcp-protocol-version'] ?? '2025-06-18', capabilities: {}, clientInfo }
      const message = { jsonrpc: '2.0', id: 0, method: 'initialize', params } satisfies JsonObject
      const reply = await call(process, { message, id: 0, signal, timeoutMs: beginMs })
      if (reply.errorCode !== null) void process.end('it refused to be initialized')
      process.talk.notify({ jsonrpc: '2.0', method: 'notifications/initialized' })
      return process
    })().finally(() => beginning.delete(session))
    beginning.set(session, begun)
    return begun
  }

  async function legacy(request: TargetRequest, message: JsonObject, id: RequestId | null): Promise<TargetReply> {
    const found = find(request, id)
    if ('reply' in found) return found.reply
    const { talk } = found.process
    if (typeof message.method === 'string' && id !== null)
      return call(found.process, { message, id, signal: request.signal, timeoutMs })
    if (typeof message.method === 'string') talk.notify(message)
    else talk.answer(message)
    return accepted
  }

  /** The process of a legacy session, which belongs to the gateway's session that opened it. */
  function find(
    { headers, session }: TargetRequest,
    id: RequestId | null = null,
  ): { process: Process } | { reply: TargetReply } {
    const named = headers['mcp-session-id']
    const refuse = (status: number, message: string) => ({ reply: refusal(status, id, codes.invalidRequest, message) })
    if (named === undefined) return refuse(400, 'the header `Mcp-Session-Id` is missing; send `initialize` first')
    const process = processes.get(keyOf(named))
    if (process === undefined || process.session !== session)
      return refuse(404, 'this session has ended; send `initialize` again')
    return { process }
  }
}

const keyOf = (session: string): string => `legacy ${session}`

/** What the HTTP binding asks for (MCP 2026-07-28, transports). */
function statusOf(errorCode: number | null): number {
  if (errorCode === codes.methodNotFound) return 404
  const badRequest = errorCode !== null && errorCode <= -32020 && errorCode >= -32022
  return badRequest ? 400 : 200
}
