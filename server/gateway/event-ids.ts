import type { RequestId } from '../mcp/messages'
import { methods } from '../mcp/methods'
import { runtime } from '../runtime'
import type { JsonObject } from '../types'
import type { Incoming } from './parse'

/** A place in a legacy stream: the target's event id, and the call whose answer is still to come on it. */
export type Place = { event: string; entry: string; call: { id: RequestId; method: string; params: JsonObject } | null }
type Whose = { principalId: string; connectionId: string; session: string }

const boundTo = ({ principalId, connectionId, session }: Whose) =>
  `event ${JSON.stringify([principalId, connectionId, session])}`

const eventIdMax = 1024
/** What a client can send back in a header. */
const headerMax = 6000

/**
 * The id of an event as the caller gets it: sealed, because what is replayed must be masked as what was called. Null where a
 * stream cannot be taken up again: without a session, where masks depend on a statement, and for methods of an extension.
 */
export function eventId(
  event: string | null,
  { era, call, conversation, message, begun }: Incoming,
  entry: string,
): string | null {
  const { mcpSession } = conversation
  if (event === null || event.length > eventIdMax || era === 'modern' || mcpSession === null || call.sql !== null)
    return null
  if (message.id !== null && !Object.hasOwn(methods, message.method)) return null
  const { name, uri, ref } = begun ? { name: call.resource.id } : (message.params as JsonObject)
  const params = Object.fromEntries(
    Object.entries({ name, uri, ref }).filter(([, value]) => value !== undefined),
  ) as JsonObject
  const asked = message.id === null ? null : { id: message.id, method: begun ? 'tools/call' : message.method, params }
  const whose = { principalId: call.principal.id, connectionId: call.connection.id, session: mcpSession }
  const place: Place = { event, entry, call: asked }
  const sealed = runtime().keys.seal(JSON.stringify(place), boundTo(whose)).toString('base64url')
  return sealed.length > headerMax ? null : sealed
}

/** Null when this id was not given to this caller, on this connection, in this session. */
export function placeOf(lastEventId: string, whose: Whose): Place | null {
  try {
    return JSON.parse(runtime().keys.open(Buffer.from(lastEventId, 'base64url'), boundTo(whose))) as Place
  } catch {
    return null
  }
}
