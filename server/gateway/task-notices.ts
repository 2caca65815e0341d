import { inputKinds } from '../mcp/client-requests'
import { writeEvent } from '../mcp/sse'
import type { JsonObject } from '../types'
import { originOf } from './begun-tasks'
import { visible } from './fulfil'
import { aboutOf, maskersFor } from './maskers'
import { callOf, type Incoming, toolCall } from './parse'
import { note, type Opened } from './record'
import { goesOn } from './settle'

/**
 * What a target tells by itself about a task: for whoever began it alone, masked as the tool that began it, and recorded before
 * it is passed, because it can hold the result. Null: nothing to pass.
 */
export async function tellOfTask(message: JsonObject, incoming: Incoming, opened: Opened): Promise<string | null> {
  const { call: listening, connection, conversation } = incoming
  const params = (message.params ?? {}) as JsonObject
  const whose = {
    principalId: listening.principal.id,
    connectionId: connection.id,
    targetHash: connection.targetHash,
    session: conversation.mcpSession,
  }
  const origin = await originOf({ params }, whose)
  if (origin === null || asksTooMuch(params, incoming)) return null
  const asked = { ...incoming.message, method: 'tools/call', params: origin.call }
  const call = callOf(asked, toolCall, listening.principal, conversation.client, connection)
  if ('problem' in call) return null
  const decision = await goesOn({
    ...incoming,
    call,
    message: asked,
    method: toolCall,
    begun: true,
    under: origin.grantId,
  })
  if (decision === null) return null
  const maskers = maskersFor(connection, decision, aboutOf(call))
  const shown = visible(message, params.error === undefined ? maskers : maskers.aside)
  if ('denial' in shown) return null
  await note(incoming, opened, 'notification', `{"notifications":[${shown.recorded}]}`)
  return writeEvent(shown.text)
}

function asksTooMuch(params: JsonObject, { connection }: Incoming): boolean {
  const kinds = inputKinds(params)
  return kinds === null || kinds.some((kind) => !connection.clientRequests.includes(kind))
}
