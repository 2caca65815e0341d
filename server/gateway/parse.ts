import type { LiveConnection } from '../connections/current'
import { codes, type Malformed } from '../mcp/errors'
import { forwardedHeaders, readEnvelope } from '../mcp/headers'
import { bodyBytesMax, type ClientResponse, type Message, type RequestId, readMessage } from '../mcp/messages'
import { metaBeside } from '../mcp/meta'
import { actionOf, extensionMethod, type Method, methods } from '../mcp/methods'
import { misreadKey, misreadName } from '../mcp/misread-keys'
import { paramMismatch } from '../mcp/param-headers'
import type { Era } from '../mcp/revisions'
import { opensExtension } from '../policy/decide'
import { httpOf } from '../policy/http-facts'
import { sqlFacts } from '../policy/sql/facts'
import { toolFacts } from '../policy/tool-facts'
import { runtime } from '../runtime'
import type { Call, Client, JsonObject, Principal, Resource } from '../types'
import { originOf, tasksOf } from './begun-tasks'
import type { CallerRequest } from './caller-request'
import { type Conversation, findConversation } from './conversation'
import { approvalIds } from './hold'
import { tooHeavy, type Weighed } from './load'
import { noteTime, turn } from './long-messages'
import { type Round, takeRound } from './rounds'
import { narrowed } from './subscriptions'
import { isOwnTask } from './tasks'
import { together } from './together'
import { type Continued, openState } from './upstream-state'

/** One message of an authenticated caller, understood. `body` is what was decided on and what is forwarded. */
export type Incoming = {
  era: Era
  revision: string
  message: Message
  method: Method
  call: Call
  connection: LiveConnection
  conversation: Conversation
  /** The call of a task of ours, let through. */
  inTask: boolean
  /** Goes on with what was decided and begun before: a message about a task of the target. */
  begun: boolean
  /** The grant that what it goes on with was begun under. */
  under: string | null
  /** With what is about several tasks: those that are this caller's. */
  tasks: Set<string>
  /** The wait that this request takes up again. */
  round: Round | null
  /** The execution on the target's side that this request goes on with. */
  continued: Continued | null
  headers: Record<string, string>
  body: string
  receivedAt: number
}

export type Rejected = { rejected: Malformed; id: RequestId | null; method: string }

/** Body -> Call. What is not understood is refused. */
export async function parse(
  request: CallerRequest,
  principal: Principal,
  connection: LiveConnection,
  receivedAt: number,
  load: Weighed,
): Promise<Incoming | Rejected | { accepted: true } | { task: Message } | { response: ClientResponse }> {
  // After the turn in which its head came, a small body is there.
  await together()
  const reading = readBody(request, load)
  const text = reading instanceof Promise ? await reading : reading
  if (typeof text !== 'string') return { rejected: text, id: null, method: '' }
  const mine = turn(text.length, principal.id)
  if (mine !== null) await mine
  const read = readMessage(text)
  if (read.kind === 'malformed') return { rejected: read.malformed, id: read.id, method: '' }
  // What a client answers to the address we gave it is neither approval nor denial.
  if (read.kind === 'response' && String(read.response.id).startsWith(approvalIds)) return { accepted: true }
  if (read.kind === 'response') return { response: read.response }
  const whose = { principalId: principal.id, connectionId: connection.id, targetHash: connection.targetHash }
  const taken = takeRound(read.message, whose)
  if ('status' in taken) return { rejected: taken, id: read.message.id, method: read.message.method }
  const resumed = openState(taken.message, whose)
  if ('status' in resumed) return { rejected: resumed, id: read.message.id, method: read.message.method }
  const { message, continued } = resumed
  const envelope = readEnvelope(request.headers, message)
  if ('status' in envelope) return { rejected: envelope, id: message.id, method: message.method }
  if (envelope.era === 'modern' && isOwnTask(message)) return { task: message }
  if (message.params.inputResponses !== undefined && connection.clientRequests.length === 0)
    return reject(message.id, message.method, 400, 'this connection takes no `inputResponses`', codes.invalidParams)
  const method = methodOf(message, envelope.era, principal, connection)
  if (method === null) {
    const why = `unknown method \`${message.method.slice(0, 80)}\``
    return reject(message.id, message.method, envelope.era === 'modern' ? 404 : 200, why, codes.methodNotFound)
  }
  const isOwn = Object.hasOwn(methods, message.method)
  if (isOwn && message.method.startsWith('notifications/') !== (message.id === null))
    return reject(message.id, message.method, 400, 'a request has an `id`, a notification has none')
  const finding = findConversation(request.headers, message, envelope, principal, connection)
  const conversation = finding instanceof Promise ? await finding : finding
  if ('status' in conversation) return { rejected: conversation, id: message.id, method: message.method }
  const session = conversation.mcpSession
  const origin = method.kind === 'task' ? await originOf(message, { ...whose, session }) : null
  if (method.kind === 'task' && origin === null)
    return reject(message.id, message.method, 200, 'there is no such task of yours', codes.invalidParams)
  const asked = origin === null ? message : { ...message, method: 'tools/call', params: origin.call }
  const decidedAs = origin === null ? method : toolCall
  const began = performance.now()
  const call = callOf(asked, decidedAs, principal, conversation.client, connection)
  noteTime(principal.id, performance.now() - began)
  if ('problem' in call) return reject(message.id, message.method, 400, call.problem, codes.invalidParams)
  const misread =
    misreadKey(message, origin === null ? call.args : {}, declaredBy(call, connection)) ??
    (call.resource.type === 'tool' ? misreadName(call.resource.id, connection.tools) : null)
  if (misread !== null) return reject(message.id, message.method, 400, misread, codes.invalidParams)
  const mirrored = message.method === 'tools/call' ? mirrorProblem(request, envelope.era, call, connection) : null
  if (mirrored !== null) return { rejected: mirrored, id: message.id, method: message.method }
  const tasks = aboutTasks.has(message.method) ? await tasksOf({ ...whose, session }) : noTasks
  const decidedOn = narrowed(message, call, tasks)
  return {
    era: envelope.era,
    revision: envelope.revision,
    message: decidedOn,
    method: decidedAs,
    call,
    connection,
    conversation,
    inTask: false,
    begun: origin !== null,
    under: origin?.grantId ?? continued?.grantId ?? null,
    tasks,
    round: taken.round,
    continued,
    headers: forwardedHeaders(request.headers),
    body: JSON.stringify(decidedOn.body),
    receivedAt,
  }
}

function declaredBy({ resource }: Call, { tools }: LiveConnection): JsonObject | null {
  const properties = resource.type === 'tool' ? tools.get(resource.id)?.inputSchema?.properties : undefined
  return typeof properties === 'object' && !Array.isArray(properties) ? properties : null
}

/** Where a tool is pinned the client knows it as we do, so that a header it does not send is missing. */
function mirrorProblem({ headers }: CallerRequest, era: Era, { resource, args }: Call, { tools }: LiveConnection) {
  const tool = tools.get(resource.id)
  if (tool === undefined) return null
  return paramMismatch(headers, tool.inputSchema, args, era === 'modern' && tool.isPinned)
}

export const toolCall = methods['tools/call'] as Method
const aboutTasks = new Set(['tasks/list', 'subscriptions/listen'])
const noTasks = new Set<string>()

/** Null for what is no method of this era, and of no extension that a rule of the caller's names. */
function methodOf(message: Message, era: Era, principal: Principal, connection: LiveConnection): Method | null {
  if (Object.hasOwn(methods, message.method)) {
    const known = methods[message.method] as Method
    return known.era === 'both' || known.era === era ? known : null
  }
  const open = opensExtension(runtime().policy.current(), principal, connection.name, message.method)
  return open ? extensionMethod(connection.name) : null
}

function reject(
  id: RequestId | null,
  method: string,
  status: 200 | 400 | 404,
  message: string,
  code: number = codes.invalidRequest,
): Rejected {
  return { rejected: { status, code, message }, id, method }
}

/** What a message asks to do, or why that cannot be told. */
export function callOf(
  message: Message,
  method: Method,
  principal: Principal,
  client: Client,
  connection: LiveConnection,
): Call | { problem: string } {
  try {
    const isCall = method.kind === 'call'
    const resource: Resource = isCall ? method.resource(message.params) : { type: 'server', id: connection.name }
    const args = isCall ? method.args(message.params) : {}
    const meta = isCall ? metaBeside(message.params) : null
    return {
      principal,
      client,
      connection: { id: connection.id, name: connection.name, targetHash: connection.targetHash },
      action: actionOf(message.method, message.params),
      resource,
      args,
      ...(meta === null ? {} : { meta }),
      ...toolFacts(resource.type === 'tool' ? connection.tools.get(resource.id) : undefined),
      sql: resource.type === 'tool' ? sqlOf(connection, resource.id, args) : null,
      ...(resource.type === 'tool' ? httpOf(connection, resource.id, args) : { http: null }),
    }
  } catch (error) {
    if ((error as { code?: unknown }).code === 'bad-params') return { problem: (error as Error).message }
    throw error
  }
}

function sqlOf(connection: LiveConnection, tool: string, args: JsonObject) {
  const known = connection.sql.find((entry) => entry.tool === tool)
  return known === undefined ? null : sqlFacts(args[known.argument], known.dialect, connection.schema)
}

const typeOf = (request: CallerRequest) =>
  (request.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase()

// With `fatal` it keeps nothing between texts.
const utf8 = new TextDecoder('utf-8', { fatal: true })

function readBody(request: CallerRequest, load: Weighed): string | Malformed | Promise<string | Malformed> {
  if (typeOf(request) !== 'application/json')
    return { status: 415, code: codes.invalidRequest, message: 'send the body as `application/json`' }
  if ((request.headers.get('content-encoding') ?? 'identity') !== 'identity')
    return { status: 415, code: codes.invalidRequest, message: 'send the body as it is, without `Content-Encoding`' }
  const mayBe = (bytes: number) => bytes <= bodyBytesMax && load.mayBe(bytes)
  const read = (bytes: Uint8Array | null) => (bytes === null ? tooLong(load) : textOf(bytes))
  if (!mayBe(Number(request.headers.get('content-length') ?? 0))) return tooLong(load)
  const reading = request.bytes(mayBe)
  return reading instanceof Promise ? reading.then(read) : read(reading)
}

const tooLong = ({ isTooMuch }: Weighed): Malformed =>
  isTooMuch ? { status: 429, code: codes.busy, message: tooHeavy() } : tooLarge

const tooLarge = {
  status: 413,
  code: codes.invalidRequest,
  message: `the body is larger than ${bodyBytesMax} bytes`,
} satisfies Malformed

function textOf(bytes: Uint8Array): string | Malformed {
  try {
    return utf8.decode(bytes)
  } catch {
    return { status: 400, code: codes.parseError, message: 'the body is not UTF-8' }
  }
}
