import type { RequestId } from '../mcp/messages'
import type { Json, JsonObject } from '../types'

// What is forgotten costs a dialog that stays open until its person closes it.
const keptMax = 5000

/** Requests of targets that were passed on, by recorded session and the target's id: the client knows them by ours. */
const passed = new Map<string, string>()

const keyOf = (session: string, id: Json | undefined): string => JSON.stringify([session, id])

export function rememberAsked(session: string, id: RequestId, ours: string): void {
  passed.set(keyOf(session, id), ours)
  if (passed.size > keptMax) passed.delete(passed.keys().next().value as string)
}

/** What takes a request of the target back must name it as the client knows it (MCP 2025-11-25, cancellation). */
export function asClientKnows(message: JsonObject, session: string): JsonObject {
  if (message.method !== 'notifications/cancelled') return message
  const params = message.params as JsonObject | undefined
  const ours = passed.get(keyOf(session, params?.requestId))
  return ours === undefined ? message : { ...message, params: { ...params, requestId: ours } }
}
