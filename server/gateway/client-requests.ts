import { mayAsk } from '../mcp/client-requests'
import type { RequestId } from '../mcp/messages'
import { writeEvent } from '../mcp/sse'
import { runtime } from '../runtime'
import type { JsonObject } from '../types'
import { rememberAsked } from './asked-ids'
import { visible } from './fulfil'
import type { Maskers } from './maskers'
import type { Incoming } from './parse'
import { note, type Opened } from './record'
import { refuseRequest } from './refuse-request'

/** A request of a target that was passed to its client. */
export type Asked = { id: RequestId; method: string; entry: string; session: string | null }
type Whose = { principalId: string; connectionId: string }

const mark = 'sallyport-ask.'
const boundTo = ({ principalId, connectionId }: Whose) => `ask ${JSON.stringify([principalId, connectionId])}`

/**
 * A request of the target on a legacy stream: recorded, then passed if the connection allows its kind, else refused. The client
 * gets it under an id of ours that holds the target's, sealed: whoever answers must be whom we asked. Null: nothing to pass.
 */
export async function askClient(
  message: JsonObject,
  incoming: Incoming,
  opened: Opened,
  maskers: Maskers,
): Promise<string | null> {
  const id = message.id as RequestId
  const method = String(message.method)
  const allowed = mayAsk(method, incoming.connection.clientRequests)
  const shown = allowed && incoming.era === 'legacy' ? visible(numbered(message), maskers.aside) : null
  if (shown === null || 'denial' in shown) {
    await refuseRequest(incoming, opened, { id, method })
    return null
  }
  await note(incoming, opened, 'request', shown.recorded)
  const { call, conversation } = incoming
  const asked: Asked = { id, method, entry: opened.entryId, session: conversation.mcpSession }
  const whose = { principalId: call.principal.id, connectionId: call.connection.id }
  const ours = mark + runtime().keys.seal(JSON.stringify(asked), boundTo(whose)).toString('base64url')
  rememberAsked(conversation.id, id, ours)
  return writeEvent(shown.text.replace('"id":0', `"id":${JSON.stringify(ours)}`))
}

/** With an id that can be found: before anything else that is called so. */
const numbered = ({ id: _, jsonrpc, ...rest }: JsonObject): JsonObject => ({
  jsonrpc: jsonrpc ?? '2.0',
  id: 0,
  ...rest,
})

/** What a client answers, when it was asked by us on this connection; null otherwise. */
export function askedBy(id: RequestId, whose: Whose): Asked | null {
  if (typeof id !== 'string' || !id.startsWith(mark)) return null
  try {
    return JSON.parse(runtime().keys.open(Buffer.from(id.slice(mark.length), 'base64url'), boundTo(whose))) as Asked
  } catch {
    return null
  }
}
