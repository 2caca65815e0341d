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
export function findConversation(
  headers: CallerHeaders,
  message: Message,
  envelope: Envelope,
  principal: Principal,
  connection: LiveConnection,
): Conversation | Malformed | Promise<Conversation | Malformed> {
  if (message.method === 'initialize') return begun(message, principal, connection)
  const given = envelope.era === 'legacy' ? headers.get('mcp-session-id') : null
  if (given !== null) return goneOn(given, message, principal, connection)
  const client = clientOf(message, principal, null)
  const silent = (id: string) => ({ id, client, mcpSession: null, upstreamSession: null, capabilities: {} })
  const found = resolveSession(runtime().db, {
    principal,
    connectionId: connection.id,
    connection: connection.name,
    client,
    era: envelope.era,
    protocolVersion: envelope.revision,
  })
  return typeof found === 'string' ? silent(found) : found.then(silent)
}

async function begun(message: Message, principal: Principal, connection: LiveConnection): Promise<Conversation> {
  const client = clientOf(message, principal, null)
  const capabilities = (message.params.capabilities ?? {}) as JsonObject
  const id = await openLegacySession(runtime().db, {
    principal,
    connectionId: connection.id,
    connection: connection.name,
    client,
    protocolVersion: String(message.params.protocolVersion),
    capabilities,
  })
  return { id, client, mcpSession: id, upstreamSession: null, capabilities }
}

async function goneOn(
  id: string,
  message: Message,
  principal: Principal,
  connection: LiveConnection,
): Promise<Conversation | Malformed> {
  const { db, keys } = runtime()
  const found = await findLegacySession(db, keys, { id, principalId: principal.id, connectionId: connection.id })
  if (found === null)
    return { status: 404, code: codes.invalidRequest, message: 'this session has ended; initialize again' }
  return {
    id: found.id,
    client: clientOf(message, principal, { name: found.clientName, version: found.clientVersion }),
    mcpSession: found.id,
    upstreamSession: found.upstreamSession,
    capabilities: found.capabilities,
  }
}
