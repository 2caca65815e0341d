import { newEntryId } from '../audit/entry-id'
import { isoNow } from '../audit/iso-now'
import type { LiveConnection } from '../connections/current'
import { maskArguments } from '../masking/arguments'
import { clientRequestKind, mayAsk } from '../mcp/client-requests'
import { codes } from '../mcp/errors'
import { forwardedHeaders } from '../mcp/headers'
import type { ClientResponse } from '../mcp/messages'
import { runtime } from '../runtime'
import { findLegacySession } from '../sessions/resolve-session'
import type { Principal } from '../types'
import { aborted, exchange } from '../upstream/exchange'
import { type Answer, errorAnswer } from './answer'
import type { CallerRequest } from './caller-request'
import { type Asked, askedBy } from './client-requests'
import { maskersFor } from './maskers'
import { recordRefusal } from './record'
import { conversational } from './settle'

const patienceMs = 30_000

/** A client's answer to what a target asked: of use to whom we asked alone, recorded before it goes on. */
export async function passResponse(
  request: CallerRequest,
  { id, response }: ClientResponse,
  principal: Principal,
  connection: LiveConnection,
): Promise<Answer> {
  const { db, keys, log } = runtime()
  const whose = { principalId: principal.id, connectionId: connection.id }
  const asked = askedBy(id, whose)
  const given = request.headers.get('mcp-session-id')
  const isOpen = asked !== null && asked.session === given && mayAsk(asked.method, connection.clientRequests)
  if (!isOpen) {
    const problem = 'the gateway asked nothing like that, so it takes no response'
    await recordRefusal({ principal, connection, slug: connection.name, method: '', problem })
    return errorAnswer(400, id, problem)
  }
  const session = given === null ? null : await findLegacySession(db, keys, { id: given, ...whose })
  if (given !== null && session === null) return errorAnswer(404, id, 'this session has ended; initialize again')
  await record(asked, response, principal, connection)
  const headers = forwardedHeaders(request.headers)
  if (session?.upstreamSession != null) headers['mcp-session-id'] = session.upstreamSession
  try {
    const answer = await exchange(connection, {
      method: 'POST',
      headers,
      body: JSON.stringify({ ...response, id: asked.id }),
      whenCancelled: aborted(AbortSignal.timeout(patienceMs)),
      session: session?.id ?? asked.session ?? '',
      personId: principal.id,
    })
    answer.discard()
    if (answer.status < 300) return { status: 202, headers: {}, body: null }
  } catch (error) {
    log.warn({ err: error, connection: connection.name }, 'an answer of a client could not be passed on')
  }
  return errorAnswer(400, id, 'the target did not take this response', codes.upstream)
}

const kindOf = ({ method }: Asked): string => clientRequestKind(method) ?? method

function record(asked: Asked, response: ClientResponse['response'], principal: Principal, connection: LiveConnection) {
  const decision = conversational(connection.name)
  const masker = maskersFor(connection, decision).record
  const { id: _, ...body } = response
  return runtime().writer.append({
    id: newEntryId(),
    kind: 'request',
    at: isoNow(),
    sessionId: asked.session,
    callId: asked.entry,
    principalId: principal.id,
    principal: principal.email ?? principal.name,
    client: '',
    connectionId: connection.id,
    connection: connection.name,
    action: kindOf(asked),
    resource: '',
    outcome: 'ok',
    policyVersion: decision.version,
    masked: 0,
    body: JSON.stringify({ answered: kindOf(asked), response: maskArguments(body, masker) }),
  })
}
