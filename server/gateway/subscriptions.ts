import type { Message } from '../mcp/messages'
import { extensionMethod } from '../mcp/methods'
import { uriProblem } from '../mcp/plain-uri'
import { decide, opensExtension } from '../policy/decide'
import { runtime } from '../runtime'
import type { Call, Decision, Json, JsonObject } from '../types'

/** Whether a caller may hear of a resource now: exactly when it could read it without asking anybody. */
export function mayHear(call: Call, uri: Json | undefined): boolean {
  if (typeof uri !== 'string' || uriProblem(uri) !== null) return false
  const read: Call = {
    ...call,
    action: 'resources/read',
    resource: { type: 'resource', id: uri },
    ...{ args: {}, tool: null, sql: null, http: null },
  }
  return decide(runtime().policy.current(), read, { grants: [], digest: null }, new Date()).effect === 'allow'
}

/** What goes for an extension's notification: what would go if its reader asked the target the same. Null: it may not be told. */
export function toldAs(call: Call, method: string, params: JsonObject): { decision: Decision; told: Call } | null {
  const policy = runtime().policy.current()
  const { name } = call.connection
  if (!opensExtension(policy, call.principal, name, method)) return null
  const asked = extensionMethod(name)
  const told: Call = {
    ...{ principal: call.principal, client: call.client, connection: call.connection, action: method },
    ...{ resource: asked.resource(params), args: asked.args(params), tool: null, sql: null, http: null },
  }
  const decision = decide(policy, told, { grants: [], digest: null }, new Date())
  return decision.effect === 'allow' ? { decision, told } : null
}

/** `subscriptions/listen` (MCP 2026-07-28) less the URIs that the caller may not read, and the tasks that others began. */
export function narrowed(message: Message, call: Call, tasks: Set<string>): Message {
  const wanted = message.params.notifications
  if (message.method !== 'subscriptions/listen' || !isObject(wanted)) return message
  const { resourceSubscriptions, taskIds, ...rest } = wanted
  const uris = Array.isArray(resourceSubscriptions) ? resourceSubscriptions.filter((uri) => mayHear(call, uri)) : []
  const ids = Array.isArray(taskIds) ? taskIds.filter((id) => typeof id === 'string' && tasks.has(id)) : []
  const notifications: JsonObject = {
    ...rest,
    ...(uris.length === 0 ? {} : { resourceSubscriptions: uris }),
    ...(ids.length === 0 ? {} : { taskIds: ids }),
  }
  const params = { ...message.params, notifications }
  return { ...message, params, body: { ...message.body, params } }
}

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
