import { clean, fulfil as mask, parseReply, printReply } from '../masking/fulfil'
import { inputKinds } from '../mcp/client-requests'
import { codes } from '../mcp/errors'
import { idSizeMax } from '../mcp/messages'
import type { Era } from '../mcp/revisions'
import { isMessage, type ServerEvent } from '../mcp/sse'
import type { JsonObject, Outcome } from '../types'
import { asClientKnows } from './asked-ids'
import { taskBegunBy } from './begun-tasks'
import { type Denial, denial } from './denial'
import { shown } from './listing'
import { aboutOf, type Maskers, maskersFor } from './maskers'
import type { Incoming } from './parse'
import { mayHear, toldAs } from './subscriptions'
import { sealState } from './upstream-state'

/** One message as the caller may see it, and as the record may keep it. */
export type Visible = {
  text: string
  recorded: string
  masked: number
  outcome: Outcome
  /** The task of the target that this answer begins. */
  begins?: string | null
}
export type Fulfilled = Visible | { denial: Denial; outcome: Outcome }

const withheld = (incoming: string | null, outcome: Outcome = 'withheld'): Fulfilled => ({
  denial: denial(outcome === 'withheld' ? 'mask-failed' : 'bad-reply', null, incoming),
  outcome,
})

/** The answer to `incoming`: checked to be one, filtered when it is a list, masked for the caller and for the record. */
export function fulfilAnswer(text: string, incoming: Incoming, maskers: Maskers): Fulfilled {
  const message = parseObject(text)
  if (message === null) return withheld(text.trimStart().startsWith('[') ? 'it is an array' : 'it is not JSON', 'error')
  const begins = taskBegunBy(objectOf(message.result), incoming)
  const problem = notAnAnswer(message, incoming) ?? (typeof begins === 'object' ? (begins?.problem ?? null) : null)
  if (problem !== null) return withheld(problem, 'error')
  if (asksTooMuch(message, incoming)) return { denial: denial('request-not-allowed'), outcome: 'withheld' }
  const filtered = sealed(shown(message, incoming), incoming)
  const untouched = filtered === message
  const masks = message.error === undefined ? maskers : maskers.aside
  return { ...finish(filtered, untouched ? text : null, masks, outcomeOf(message)), begins: begins as string | null }
}

const passing = new Set([
  'notifications/progress',
  'notifications/message',
  'notifications/cancelled',
  'notifications/tools/list_changed',
  'notifications/prompts/list_changed',
  'notifications/resources/list_changed',
  'notifications/resources/updated',
  'notifications/subscriptions/acknowledged',
  'notifications/elicitation/complete',
])

// MCP 2025-11-25, tasks, and the extension of 2026-07-28.
const taskNotices = { legacy: 'notifications/tasks/status', modern: 'notifications/tasks' } satisfies Record<
  Era,
  string
>

export type EventRead =
  | { kind: 'answer'; fulfilled: Fulfilled }
  | { kind: 'notification'; fulfilled: Fulfilled }
  /** A request of the target to the client. */
  | { kind: 'request'; message: JsonObject }
  /** What the target tells about a task, to be heard by whoever began it. */
  | { kind: 'task'; message: JsonObject }
  | { kind: 'dropped'; why: string }

/** One event on the stream that answers `incoming`. */
export function fulfilEvent(event: ServerEvent, incoming: Incoming, maskers: Maskers): EventRead {
  if (event.data === '') return { kind: 'dropped', why: 'empty' }
  if (!isMessage(event)) return { kind: 'dropped', why: 'not a message' }
  const message = parseObject(event.data)
  if (message === null) return { kind: 'dropped', why: 'not JSON' }
  if (typeof message.method !== 'string')
    return { kind: 'answer', fulfilled: fulfilAnswer(event.data, incoming, maskers) }
  if (message.id !== undefined)
    return isId(message.id) ? { kind: 'request', message } : { kind: 'dropped', why: 'no id' }
  if (message.method === taskNotices[incoming.era]) return { kind: 'task', message }
  if (!passing.has(message.method)) return fulfilExtension(message, message.method, incoming)
  if (message.method === 'notifications/resources/updated' && !mayHear(incoming.call, objectOf(message.params).uri))
    return { kind: 'dropped', why: 'about a resource that the caller may not read' }
  const told = asClientKnows(message, incoming.conversation.id)
  return {
    kind: 'notification',
    fulfilled: finish(told, told === message ? event.data : null, maskers.aside, 'ok'),
  }
}

function fulfilExtension(message: JsonObject, method: string, { call, connection }: Incoming): EventRead {
  const allowed = toldAs(call, method, objectOf(message.params))
  if (allowed === null) return { kind: 'dropped', why: `unknown notification \`${method}\`` }
  const maskers = maskersFor(connection, allowed.decision, aboutOf(allowed.told))
  return { kind: 'notification', fulfilled: visible(message, maskers.aside) }
}

type Pair = Maskers['aside']

const isId = (id: unknown): boolean => (typeof id === 'string' && id.length <= idSizeMax) || Number.isInteger(id)

/** A message of the target that is no answer, masked. */
export const visible = (message: JsonObject, maskers: Pair): Fulfilled => finish(message, null, maskers, 'ok')

const objectOf = (value: unknown): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {}

const isPause = (message: JsonObject): boolean => objectOf(message.result).resultType === 'input_required'

/** Whether a result asks the client for what its connection does not allow. */
function asksTooMuch(message: JsonObject, { connection, begun }: Incoming): boolean {
  // An elicitation in the shape of an error: clients show its addresses to their person.
  if (objectOf(message.error).code === codes.urlElicitationRequired)
    return !connection.clientRequests.includes('elicitation')
  if (!isPause(message) && !begun) return false
  const kinds = inputKinds(objectOf(message.result))
  return kinds === null || kinds.some((kind) => !connection.clientRequests.includes(kind))
}

function sealed(message: JsonObject, { message: asked, call, connection, continued }: Incoming): JsonObject {
  if (!isPause(message)) return message
  const { requestState, ...result } = objectOf(message.result)
  const { targetHash } = call.connection
  const whose = { principalId: call.principal.id, connectionId: connection.id, targetHash }
  const ours = sealState(requestState, asked, whose, continued ?? { granted: false, grantId: null })
  return { ...message, result: ours === undefined ? result : { ...result, requestState: ours } }
}

function finish(message: JsonObject, original: string | null, maskers: Pair, outcome: Outcome): Fulfilled {
  if (original !== null && clean(original, maskers.caller) && clean(original, maskers.record))
    return { text: original, recorded: original, masked: 0, outcome }
  const forCaller = mask(message, maskers.caller)
  if ('failed' in forCaller) return withheld(forCaller.failed)
  const forRecord = maskers.record === maskers.caller ? forCaller : mask(message, maskers.record)
  if ('failed' in forRecord) return withheld(forRecord.failed)
  // Printed anew even when nothing was hidden: of a key that stands twice, another reader may take the one we did not see.
  const text = printReply(forCaller.message)
  const recorded = forRecord === forCaller ? text : printReply(forRecord.message)
  return { text, recorded, masked: forCaller.masked, outcome }
}

function parseObject(text: string): JsonObject | null {
  try {
    const value = parseReply(text) as unknown
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : null
  } catch {
    return null
  }
}

/** What is neither a complete result nor an error is withheld: a new kind of result could carry what masks do not know. */
function notAnAnswer(message: JsonObject, { message: { id, method }, era, inTask }: Incoming): string | null {
  if (message.jsonrpc !== '2.0') return 'it is not JSON-RPC 2.0'
  if (String(message.id) !== String(id))
    return message.id === null && 'error' in message ? null : 'it answers another request'
  const result = message.result as JsonObject | undefined
  if ((result === undefined) === (message.error === undefined)) return 'it has neither a result nor an error, or both'
  if (result === undefined) return null
  if (typeof result !== 'object' || result === null || Array.isArray(result)) return 'its result is not an object'
  const type = result.resultType
  const isModern = era === 'modern'
  const mayPause = isModern && pausable.has(method) && !inTask
  const passes = type === undefined || type === 'complete' || (type === 'task' && isModern)
  return passes || (type === 'input_required' && mayPause)
    ? null
    : `results of the type \`${String(type).slice(0, 40)}\` do not pass yet`
}

// MCP 2026-07-28, multi round-trip requests.
const pausable = new Set(['tools/call', 'prompts/get', 'resources/read'])

function outcomeOf(message: JsonObject): Outcome {
  if (message.error !== undefined) return 'error'
  return (message.result as JsonObject).isError === true ? 'tool_error' : 'ok'
}
