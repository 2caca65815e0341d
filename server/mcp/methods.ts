import type { JsonObject, Resource } from '../types'
import { uriProblem } from './plain-uri'
import type { Era } from './revisions'

/**
 * What each client-to-server method means for policy. A method that is not here is refused.
 * - `call`: decided by rules, on `resource`, as `action` (the method itself unless named)
 * - `task`: about something a tool of the target began; decided as that tool (MCP 2025-11-25, tasks, and the extension of 2026-07-28)
 * - `list`: filtered to what the caller could use
 * - `session`: keeps the conversation going; open to whoever may see the connection
 */
export type Method =
  | {
      kind: 'call'
      era: Era | 'both'
      action?: string
      resource(params: JsonObject): Resource
      args(params: JsonObject): JsonObject
      /** The parameter that `Mcp-Name` mirrors (MCP 2026-07-28, transports). */
      named?: string
    }
  | { kind: 'task'; era: Era | 'both'; named: 'taskId' }
  | { kind: 'list'; era: Era | 'both'; items: Listed; action: string }
  | { kind: 'session'; era: Era | 'both' }

type Listed = 'tools' | 'resources' | 'resourceTemplates' | 'prompts' | 'tasks'

/** A parameter that policy needs is missing or of the wrong type. */
class BadParams extends Error {
  readonly code = 'bad-params'
}

function text(value: unknown, name: string): string {
  if (typeof value !== 'string' || value === '') throw new BadParams(`\`${name}\` must be a non-empty string`)
  return value
}

function object(value: unknown, name: string): JsonObject {
  if (value === undefined) return {}
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new BadParams(`\`${name}\` must be an object`)
  return value as JsonObject
}

function plain(uri: string): string {
  const problem = uriProblem(uri)
  if (problem !== null) throw new BadParams(`the \`uri\` ${problem}, and could lead elsewhere than it looks`)
  return uri
}

const none = () => ({})
const tool = (params: JsonObject): Resource => ({ type: 'tool', id: text(params.name, 'name') })
const resource = (params: JsonObject): Resource => ({ type: 'resource', id: plain(text(params.uri, 'uri')) })
const prompt = (params: JsonObject): Resource => ({ type: 'prompt', id: text(params.name, 'name') })
const args = (params: JsonObject) => object(params.arguments, 'arguments')

/** A completion leaks values of what it refers to, so it is decided as a read of that. */
function completed(params: JsonObject): Resource {
  const ref = object(params.ref, 'ref')
  if (ref.type === 'ref/prompt') return prompt(ref)
  if (ref.type === 'ref/resource') return resource(ref)
  throw new BadParams('`ref.type` must be `ref/prompt` or `ref/resource`')
}

export const methods: Record<string, Method> = {
  'tools/call': { kind: 'call', era: 'both', resource: tool, args, named: 'name' },
  'resources/read': { kind: 'call', era: 'both', resource, args: none, named: 'uri' },
  'prompts/get': { kind: 'call', era: 'both', resource: prompt, args, named: 'name' },
  'completion/complete': { kind: 'call', era: 'both', resource: completed, args: none },
  'resources/subscribe': { kind: 'call', era: 'legacy', action: 'resources/read', resource, args: none },
  'resources/unsubscribe': { kind: 'call', era: 'legacy', action: 'resources/read', resource, args: none },

  'tools/list': { kind: 'list', era: 'both', items: 'tools', action: 'tools/call' },
  'resources/list': { kind: 'list', era: 'both', items: 'resources', action: 'resources/read' },
  'resources/templates/list': { kind: 'list', era: 'both', items: 'resourceTemplates', action: 'resources/read' },
  'prompts/list': { kind: 'list', era: 'both', items: 'prompts', action: 'prompts/get' },

  'tasks/get': { kind: 'task', era: 'both', named: 'taskId' },
  'tasks/result': { kind: 'task', era: 'legacy', named: 'taskId' },
  'tasks/update': { kind: 'task', era: 'modern', named: 'taskId' },
  'tasks/cancel': { kind: 'task', era: 'both', named: 'taskId' },
  'tasks/list': { kind: 'list', era: 'legacy', items: 'tasks', action: 'tools/call' },

  initialize: { kind: 'session', era: 'legacy' },
  'server/discover': { kind: 'session', era: 'modern' },
  'subscriptions/listen': { kind: 'session', era: 'modern' },
  ping: { kind: 'session', era: 'legacy' },
  'logging/setLevel': { kind: 'session', era: 'legacy' },
  'notifications/initialized': { kind: 'session', era: 'legacy' },
  'notifications/cancelled': { kind: 'session', era: 'legacy' },
  'notifications/progress': { kind: 'session', era: 'legacy' },
  'notifications/roots/list_changed': { kind: 'session', era: 'legacy' },
  'notifications/tasks/status': { kind: 'session', era: 'legacy' },
}

/** A method that MCP does not have and a rule names: about the server itself, with all its parameters as arguments. */
export const extensionMethod = (connection: string): Extract<Method, { kind: 'call' }> => ({
  kind: 'call',
  era: 'both',
  resource: () => ({ type: 'server', id: connection }),
  args: ({ _meta, ...params }) => params,
})

/** The action that rules speak of. */
export function actionOf(method: string, params: JsonObject): string {
  if (method === 'completion/complete')
    return (params.ref as JsonObject | undefined)?.type === 'ref/prompt' ? 'prompts/get' : 'resources/read'
  const known = methods[method]
  return known?.kind === 'call' && known.action !== undefined ? known.action : method
}
