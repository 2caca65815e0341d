import { codes } from '../mcp/errors'
import { errorMessage, type RequestId } from '../mcp/messages'
import { runtime } from '../runtime'
import { aborted, exchange } from '../upstream/exchange'
import type { Incoming } from './parse'
import { note, type Opened } from './record'

/**
 * A target may ask its client for sampling, input or roots: a way out for data and a way in for phishing. No connection
 * allows that yet, so it is recorded and the target is told no, instead of being left waiting.
 */
export async function refuseRequest(
  incoming: Incoming,
  opened: Opened,
  asked: { id: RequestId; method: string },
): Promise<void> {
  await note(incoming, opened, 'request', JSON.stringify({ method: asked.method.slice(0, 100), refused: true }))
  if (incoming.era === 'modern') return
  const { upstreamSession, id: session } = incoming.conversation
  const body = errorMessage(asked.id, codes.methodNotFound, 'this gateway does not pass requests to the client')
  const headers = { ...incoming.headers, ...(upstreamSession === null ? {} : { 'mcp-session-id': upstreamSession }) }
  try {
    const request = {
      method: 'POST' as const,
      headers,
      body: JSON.stringify(body),
      whenCancelled: aborted(AbortSignal.timeout(10_000)),
      session,
      personId: incoming.call.principal.id,
    }
    const response = await exchange(incoming.connection, request)
    response.discard()
  } catch (error) {
    runtime().log.warn({ err: error, connection: incoming.connection.name }, 'a target could not be told no')
  }
}
