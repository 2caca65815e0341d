import type { Message } from '../mcp/messages'
import { decide } from '../policy/decide'
import { runtime } from '../runtime'
import type { Call, Json, JsonObject } from '../types'

/** Whether a caller may hear of a resource now: exactly when it could read it without asking anybody. */
export function mayHear(call: Call, uri: Json | undefined): boolean {
  if (typeof uri !== 'string') return false
  const read: Call = {
    ...call,
    action: 'resources/read',
    resource: { type: 'resource', id: uri },
    ...{ args: {}, tool: null, sql: null, http: null },
  }
  return decide(runtime().policy.current(), read, { grants: [], digest: null }, new Date()).effect === 'allow'
}

/** `subscriptions/listen` (MCP 2026-07-28) less the URIs that the caller may not read, and tasks, which do not pass. */
export function narrowed(message: Message, call: Call): Message {
  const wanted = message.params.notifications
  if (message.method !== 'subscriptions/listen' || !isObject(wanted)) return message
  const { resourceSubscriptions, taskIds: _, ...rest } = wanted
  const uris = Array.isArray(resourceSubscriptions) ? resourceSubscriptions.filter((uri) => mayHear(call, uri)) : []
  const notifications: JsonObject = { ...rest, ...(uris.length === 0 ? {} : { resourceSubscriptions: uris }) }
  const params = { ...message.params, notifications }
  return { ...message, params, body: { ...message.body, params } }
}

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
