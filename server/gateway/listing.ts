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
  if (incoming.message.method === 'server/discover') return withTasks(message, result)
  const mine: JsonObject = result.cacheScope === undefined ? {} : { cacheScope: 'private' }
  if (method.kind !== 'list')
    return result.cacheScope === undefined || result.cacheScope === 'private'
      ? message
      : { ...message, result: { ...result, ...mine } }
  const items = result[method.items]
  if (!Array.isArray(items)) return message
  const known = method.items === 'tools' ? pinned(items.filter(isItem), incoming) : items.filter(isItem)
  const visible = known.filter((item) => mayList({ method, ...incoming }, method.action, idOf[method.items](item)))
  return { ...message, result: { ...result, ...mine, [method.items]: visible } }
}

/** Calls that wait for a person can be tasks, whatever the target can: a client uses them only where they are announced. */
function withTasks(message: JsonObject, result: JsonObject): JsonObject {
  const capabilities = objectOr(result.capabilities)
  const extensions = { ...objectOr(capabilities.extensions), [tasksExtension]: {} }
  const mine: JsonObject = result.cacheScope === undefined ? {} : { cacheScope: 'private' }
  return { ...message, result: { ...result, ...mine, capabilities: { ...capabilities, extensions } } }
}

const objectOr = (value: Json | undefined): JsonObject => (value !== undefined && isItem(value) ? value : {})

const isItem = (item: Json): item is JsonObject => typeof item === 'object' && item !== null && !Array.isArray(item)
