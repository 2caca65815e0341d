import type { LiveConnection } from '../connections/current'
import { codes, type Malformed } from '../mcp/errors'
import type { Envelope } from '../mcp/headers'
import type { Message } from '../mcp/messages'
import { runtime } from '../runtime'
import { findLegacySession, openLegacySession, resolveSession } from '../sessions/resolve-session'
import type { Client, JsonObject, Principal } from '../types'
import type { CallerHeaders } from './caller-request'
import { clientOf } from './client'

/** The recorded session a message belongs to. `mcpSession` is the id the caller was given, null where there is none. */
export type Conversation = {
  id: string
  client: Client
  mcpSession: string | null
  upstreamSession: string | null
  /** What a legacy client declared when it began. */
  capabilities: JsonObject
}

/**
 * A legacy MCP session is a session; its id is minted here, bound to principal and connection, and mapped to the target's
 * own. Everything else belongs to principal + client + connection with less than half an hour of silence.
 */
export async function findConversation(
  headers: CallerHeaders,
  message: Message,
  { era, revision }: Envelope,
  principal: Principal,
  connection: LiveConnection,
): Promise<Conversation | Malformed> {
  const { db, keys } = runtime()
  if (message.method === 'initialize') {
    const client = clientOf(message, principal, null)
    const capabilities = (message.params.capabilities ?? {}) as JsonObject
    const id = await openLegacySession(db, {
      principal,
      connectionId: connection.id,
      connection: connection.name,
      client,
      protocolVersion: String(message.params.protocolVersion),
      capabilities,
    })
    return { id, client, mcpSession: id, upstreamSession: null, capabilities }
  }
  const given = era === 'legacy' ? headers.get('mcp-session-id') : null
  if (given !== null) {
    const found = await findLegacySession(db, keys, {
      id: given,
      principalId: principal.id,
      connectionId: connection.id,
    })
    if (found === null)
      return { status: 404, code: codes.invalidRequest, message: 'this session has ended; initialize again' }
    const client = clientOf(message, principal, { name: found.clientName, version: found.clientVersion })
    return {
      id: found.id,
      client,
      mcpSession: found.id,
      upstreamSession: found.upstreamSession,
      capabilities: found.capabilities,
    }
  }
  const client = clientOf(message, principal, null)
  const id = await resolveSession(db, {
    principal,
    connectionId: connection.id,
    connection: connection.name,
    client,
    era,
    protocolVersion: revision,
  })
  return { id, client, mcpSession: null, upstreamSession: null, capabilities: {} }
}
