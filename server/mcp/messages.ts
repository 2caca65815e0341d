import type { Json, JsonObject } from '../types'
import { codes, type Malformed } from './errors'
import { type Parsed, parseStrict } from './strict-json'

export type RequestId = string | number
/** A JSON-RPC 2.0 request (`id` set) or notification (`id` null), as it will be forwarded. */
export type Message = { id: RequestId | null; method: string; params: JsonObject; body: JsonObject }
/** The caller's answer to a request of the server (legacy era only). */
export type ClientResponse = { id: RequestId; response: JsonObject }

export const bodyBytesMax = 4 * 1024 * 1024

export type MessageRead =
  | { kind: 'message'; message: Message }
  | { kind: 'response'; response: ClientResponse }
  | { kind: 'malformed'; id: RequestId | null; malformed: Malformed }

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * Reads one JSON-RPC 2.0 message. Refuses batches, ambiguous JSON, unknown envelope fields, ids over 1000 characters and
 * non-object params.
 * Shapes: request `{jsonrpc, id, method, params?}`, notification without `id`, response `{jsonrpc, id, result | error}`.
 */
export function readMessage(text: string): MessageRead {
  const parsed: Parsed = parseStrict(text)
  if (!parsed.ok) return malformed(null, codes.parseError, parsed.problem)
  const body = parsed.value
  if (Array.isArray(body)) return malformed(null, codes.invalidRequest, 'batches are not supported; send one message')
  if (!isObject(body) || body.jsonrpc !== '2.0')
    return malformed(null, codes.invalidRequest, 'the body must be one JSON-RPC 2.0 message')
  const id = readId(body.id)
  if (id === undefined)
    return malformed(
      null,
      codes.invalidRequest,
      `\`id\` must be an integer, or a string of at most ${idSizeMax} characters`,
    )
  if ('result' in body || 'error' in body) return readResponse(body, id)
  return readRequest(body, id)
}

function readRequest(body: JsonObject, id: RequestId | null): MessageRead {
  const unknown = Object.keys(body).find((key) => !['jsonrpc', 'id', 'method', 'params'].includes(key))
  if (unknown !== undefined) return malformed(id, codes.invalidRequest, `unknown field \`${unknown}\` in the message`)
  if (typeof body.method !== 'string' || body.method === '')
    return malformed(id, codes.invalidRequest, '`method` must be a string')
  if (body.params !== undefined && !isObject(body.params))
    return malformed(id, codes.invalidParams, '`params` must be an object')
  return { kind: 'message', message: { id, method: body.method, params: body.params ?? {}, body } }
}

function readResponse(body: JsonObject, id: RequestId | null): MessageRead {
  if (id === null || 'method' in body)
    return malformed(id, codes.invalidRequest, 'a response has an `id` and no `method`')
  return { kind: 'response', response: { id, response: body } }
}

// A longer one would leave no room in its entry for what was asked and decided.
export const idSizeMax = 1000

/** undefined: present but unusable. */
function readId(id: Json | undefined): RequestId | null | undefined {
  if (id === undefined) return null
  if (typeof id === 'string') return id.length <= idSizeMax ? id : undefined
  return Number.isInteger(id) ? (id as RequestId) : undefined
}

const malformed = (id: RequestId | null, code: number, message: string): MessageRead => ({
  kind: 'malformed',
  id,
  malformed: { status: 400, code, message },
})

export const errorMessage = (id: RequestId | null, code: number, message: string, data?: JsonObject): JsonObject => ({
  jsonrpc: '2.0',
  id,
  error: data === undefined ? { code, message } : { code, message, data },
})

export const resultMessage = (id: RequestId | null, result: JsonObject): JsonObject => ({ jsonrpc: '2.0', id, result })
