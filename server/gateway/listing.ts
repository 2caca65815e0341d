import type { Method } from '../mcp/methods'
import { uriProblem } from '../mcp/plain-uri'
import { isKnownRevision } from '../mcp/revisions'
import type { Json, JsonObject, Resource } from '../types'
import type { Incoming } from './parse'
import { pinned } from './pins'
import { mayList } from './settle'

const tasksExtension = 'io.modelcontextprotocol/tasks'

const idOf = {
  tools: (item) => ({ type: 'tool', id: String(item.name) }),
  resources: (item) => ({ type: 'resource', id: String(item.uri) }),
  // A template could stand for any URI it expands to; what comes before its first variable is what a glob can be held against.
  resourceTemplates: (item) => ({ type: 'resource', id: String(item.uriTemplate) }),
  prompts: (item) => ({ type: 'prompt', id: String(item.name) }),
} satisfies Record<string, (item: JsonObject) => Resource>

/** A list shows what could be called; and what one caller was shown must not be cached for another. */
export function shown(message: JsonObject, { method, ...incoming }: Incoming): JsonObject {
  const result = message.result as JsonObject | undefined
  if (result === undefined) return message
  if (incoming.message.method === 'server/discover') return discovered(message, result)
  const mine: JsonObject = result.cacheScope === undefined ? {} : { cacheScope: 'private' }
  if (method.kind !== 'list')
    return result.cacheScope === undefined || result.cacheScope === 'private'
      ? message
      : { ...message, result: { ...result, ...mine } }
  const items = result[method.items]
  // Never as it came: of a key that stands twice, another reader may take the list that we did not see.
  if (items === undefined) return { ...message, result: { ...result, ...mine } }
  const all = Array.isArray(items) ? items.filter(isItem) : []
  const named = all.filter((item) => typeof item[keyOf[method.items]] === 'string')
  return { ...message, result: { ...result, ...mine, [method.items]: itemsFor(named, method, incoming) } }
}

/** What an item goes by. Without one nobody can use it, nor can anything be decided about it. */
const keyOf = { tools: 'name', resources: 'uri', resourceTemplates: 'uriTemplate', prompts: 'name', tasks: 'taskId' }

function itemsFor(
  items: JsonObject[],
  method: Extract<Method, { kind: 'list' }>,
  incoming: Omit<Incoming, 'method'>,
): JsonObject[] {
  if (method.items === 'tasks') {
    // Without words: they are about many calls at once, each with masks of its own.
    const own = items.filter(({ taskId }) => incoming.tasks.has(String(taskId)))
    return own.map(({ statusMessage: _, ...task }) => task)
  }
  const { items: kind, action } = method
  const known =
    kind === 'tools' ? pinned(items, incoming) : items.filter(({ uri = '' }) => uriProblem(String(uri)) === null)
  return known.filter((item) => mayList({ method, ...incoming }, action, idOf[kind](item)))
}

/**
 * Revisions are those that both sides of us speak. Calls that wait for a person can be tasks, whatever the target can: a client uses
 * them only where they are announced.
 */
function discovered(message: JsonObject, result: JsonObject): JsonObject {
  const capabilities = objectOr(result.capabilities)
  const extensions = { [tasksExtension]: {}, ...objectOr(capabilities.extensions) }
  const mine: JsonObject = result.cacheScope === undefined ? {} : { cacheScope: 'private' }
  const { supportedVersions } = result
  const spoken: JsonObject = Array.isArray(supportedVersions)
    ? { supportedVersions: supportedVersions.filter((one) => isKnownRevision(String(one))) }
    : {}
  return { ...message, result: { ...result, ...mine, ...spoken, capabilities: { ...capabilities, extensions } } }
}

const objectOr = (value: Json | undefined): JsonObject => (value !== undefined && isItem(value) ? value : {})

const isItem = (item: Json): item is JsonObject => typeof item === 'object' && item !== null && !Array.isArray(item)
