import { parseReply } from '../../masking/exact'
import type { RequestId } from '../../mcp/messages'
import type { Json, JsonObject } from '../../types'

/** In `_meta` of what belongs to a `subscriptions/listen` request: its id (MCP 2026-07-28). */
export const subscriptionKey = 'io.modelcontextprotocol/subscriptionId'

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A JSON object with its numbers as they came; null when the bytes are something else. */
export function readObject(bytes: Buffer): JsonObject | null {
  try {
    return parseReply(bytes.toString('utf8'))
  } catch {
    return null
  }
}

export function metaOf(message: JsonObject): JsonObject | undefined {
  const meta = isObject(message.params) ? message.params._meta : undefined
  return isObject(meta) ? meta : undefined
}

/** The message with more in `params._meta`. */
export function withMeta(message: JsonObject, more: JsonObject): JsonObject {
  const params = isObject(message.params) ? message.params : {}
  return { ...message, params: { ...params, _meta: { ...metaOf(message), ...more } } }
}

type Renamed = { id: number; original: RequestId; progressToken: unknown }

/** What a server says about a call, with the caller's own id and token where ours stood. */
export function renamed(message: JsonObject, call: Renamed): JsonObject {
  if (message.method === 'notifications/progress')
    return { ...message, params: { ...(message.params as JsonObject), progressToken: call.progressToken as Json } }
  const part = message.method === undefined ? 'result' : 'params'
  const body = message[part]
  if (!isObject(body) || !isObject(body._meta) || body._meta[subscriptionKey] !== call.id) return message
  return { ...message, [part]: { ...body, _meta: { ...body._meta, [subscriptionKey]: call.original } } }
}
