import { newEntryId } from '../audit/entry-id'
import { isoNow } from '../audit/iso-now'
import type { LiveConnection } from '../connections/current'
import { runtime } from '../runtime'
import { endLegacySession, findLegacySession, type LegacySession } from '../sessions/resolve-session'
import type { Principal } from '../types'
import { aborted, exchange } from '../upstream/exchange'
import { type Answer, errorAnswer } from './answer'
import type { CallerRequest } from './caller-request'

/** A legacy client ends its session (MCP 2025-11-25, transports): ours ends, and the target's is told. */
export async function endSession(
  request: CallerRequest,
  principal: Principal,
  connection: LiveConnection,
): Promise<Answer> {
  const { db, keys, log } = runtime()
  const id = request.headers.get('mcp-session-id')
  if (id === null) return errorAnswer(400, null, 'the header `Mcp-Session-Id` is missing')
  const session = await findLegacySession(db, keys, { id, principalId: principal.id, connectionId: connection.id })
  if (session === null) return errorAnswer(404, null, 'this session has ended')
  await recordEnd(session, principal, connection)
  await endLegacySession(db, session.id)
  if (session.upstreamSession !== null) {
    const headers = { 'mcp-session-id': session.upstreamSession, 'mcp-protocol-version': session.protocolVersion }
    try {
      const response = await exchange(connection, {
        method: 'DELETE',
        headers,
        body: null,
        whenCancelled: aborted(AbortSignal.timeout(10_000)),
        session: session.id,
        personId: principal.id,
      })
      response.discard()
    } catch (error) {
      log.warn({ err: error, connection: connection.name }, 'a target could not be told that a session ended')
    }
  }
  return { status: 204, headers: {}, body: null }
}

const recordEnd = (session: LegacySession, principal: Principal, connection: LiveConnection): Promise<void> =>
  runtime().writer.append({
    id: newEntryId(),
    kind: 'request',
    at: isoNow(),
    sessionId: session.id,
    callId: null,
    principalId: principal.id,
    principal: principal.email ?? principal.name,
    client: `${session.clientName} ${session.clientVersion}`.trim(),
    connectionId: connection.id,
    connection: connection.name,
    action: 'DELETE',
    resource: connection.name,
    outcome: 'ok',
    policyVersion: runtime().policy.current().version,
    masked: 0,
    body: JSON.stringify({ ended: session.id }),
  })
