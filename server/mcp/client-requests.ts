import type { ClientRequestKind, Json, JsonObject } from '../types'

const kinds: Record<string, ClientRequestKind> = {
  'sampling/createMessage': 'sampling',
  'elicitation/create': 'elicitation',
  'roots/list': 'roots',
}

/** What a target asks of its client, by method; null for what no connection can allow. */
export const clientRequestKind = (method: unknown): ClientRequestKind | null =>
  typeof method === 'string' && Object.hasOwn(kinds, method) ? (kinds[method] ?? null) : null

// MCP 2025-11-25, tasks: what a client was asked for, it may do as a task, which the target then asks about.
const aboutTasks = new Set(['tasks/get', 'tasks/result', 'tasks/list', 'tasks/cancel'])

/** Whether a client may be asked this, on a connection that allows it these kinds. Its tasks are of what it was asked for. */
export function mayAsk(method: unknown, allowed: ClientRequestKind[]): boolean {
  const kind = clientRequestKind(method)
  if (kind !== null) return allowed.includes(kind)
  if (aboutTasks.has(String(method))) return allowed.includes('sampling') || allowed.includes('elicitation')
  return method === 'ping'
}

/**
 * The kinds that an `InputRequiredResult` asks for (MCP 2026-07-28, multi round-trip requests); null when one of its requests
 * is not understood.
 */
export function inputKinds(result: JsonObject): ClientRequestKind[] | null {
  const requests = result.inputRequests
  if (requests === undefined) return []
  if (!isObject(requests)) return null
  const found = Object.values(requests).map((one) => (isObject(one) ? clientRequestKind(one.method) : null))
  return found.every((kind) => kind !== null) ? found : null
}

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
