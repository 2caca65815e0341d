import type { LiveConnection } from '../connections/current'
import { readObjects } from '../mcp/json-lines'
import type { Message } from '../mcp/messages'
import { readEvents, type ServerEvent } from '../mcp/sse'
import { Places, thenLeave, tooMany } from '../places'
import { runtime } from '../runtime'
import type { Reason } from '../types'
import { exchange, type UpstreamResponse } from '../upstream/exchange'
import type { Line } from './line'
import type { Incoming } from './parse'
import { together } from './together'

/** What the target answered, or the fact that it could not be reached. */
export type Reply =
  | { kind: 'message'; status: number; text: string; upstreamSession: string | null }
  | {
      kind: 'stream'
      events: AsyncIterable<ServerEvent>
      upstreamSession: string | null
      /** Nobody wants the rest. */
      discard(): void
    }
  | { kind: 'accepted'; upstreamSession: string | null }
  | { kind: 'failed'; reason: Reason; detail: string | null; status: number | null }

export const replyBytesMax = 16 * 1024 * 1024

// Of each person on each target: also what goes on after its caller left holds a line to the target.
const places = new Places()

/** Call -> Reply. Sends exactly the body that was decided on; redirects are never followed. */
export async function forward(incoming: Incoming, line: Pick<Line, 'whenGone'>): Promise<Reply> {
  const headers = { ...incoming.headers }
  if (incoming.conversation.upstreamSession !== null) headers['mcp-session-id'] = incoming.conversation.upstreamSession
  const { call, connection, era } = incoming
  const leave = places.take(`${call.principal.id} ${connection.id}`)
  if (leave === null) return { kind: 'failed', reason: 'unreachable', detail: tooMany(), status: null }
  // A modern caller that goes away cancels; a legacy one only stops listening (MCP, Streamable HTTP).
  let isOpen = false
  const startedAt = performance.now()
  try {
    const response = await exchange(connection, {
      method: 'POST',
      headers,
      body: incoming.body,
      whenCancelled: (cancel) => line.whenGone(era === 'modern' ? cancel : lingering(cancel)),
      session: incoming.conversation.id,
      personId: call.principal.id,
    })
    // After the turn in which its head came, a small answer is there.
    await together()
    const reading = readReply(response, incoming.message)
    const reply = reading instanceof Promise ? await reading : reading
    isOpen = reply.kind === 'stream'
    note(connection, reply, performance.now() - startedAt)
    return reply.kind === 'stream' ? { ...reply, events: thenLeave(reply.events, leave) } : reply
  } catch (error) {
    const reply: Reply = { kind: 'failed', reason: 'unreachable', detail: explain(error), status: null }
    if (!isCancelled(error)) note(connection, reply, performance.now() - startedAt)
    return reply
  } finally {
    if (!isOpen) leave()
  }
}

/** What the answer says of the target's health; what is wrong with one answer is that call's matter. */
function note(connection: LiveConnection, reply: Reply, latencyMs: number): void {
  const { health } = runtime()
  if (reply.kind !== 'failed') health.saw(connection, null, latencyMs)
  else if (reply.reason === 'unreachable') health.saw(connection, reply.detail ?? 'it cannot be reached', latencyMs)
  else if (reply.reason === 'target-refused-credential')
    health.saw(connection, `it refused the credential (HTTP ${reply.status})`, latencyMs)
}

// As long as its next identical call would get the answer: then nobody is left who could.
const lingerMs = 10 * 60_000

const lingering = (cancel: () => void) => () => void setTimeout(cancel, lingerMs).unref()

function readReply(response: UpstreamResponse, { id, method }: Message): Reply | Promise<Reply> {
  const { status, headers } = response
  const failed = (reason: Reason, detail: string | null): Reply => {
    response.discard()
    return { kind: 'failed', reason, detail, status }
  }
  const upstreamSession = headers['mcp-session-id'] ?? null
  if (status === 401 || status === 403) return failed('target-refused-credential', null)
  if (status >= 300 && status < 400)
    return failed('bad-reply', `it redirects (HTTP ${status}); register the final address`)
  const encoding = headers['content-encoding']
  if (encoding !== undefined && encoding !== 'identity') return failed('bad-reply', 'it compressed its answer')
  // Servers take a notification with any success, and say anything or nothing (measured); clients read none of it.
  if (status === 202 || status === 204 || (id === null && status < 300)) {
    response.discard()
    return { kind: 'accepted', upstreamSession }
  }
  const type = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase()
  const streamed = (events: AsyncIterable<ServerEvent>): Reply => ({
    ...{ kind: 'stream', events, upstreamSession, discard: response.discard },
  })
  if (type === 'text/event-stream' && status === 200) return streamed(readEvents(response.body, replyBytesMax))
  // Servers stream a subscription as JSON, object by object, too: the example server of the official conformance suite does.
  const isEndless = type === 'application/json' && status === 200 && headers['content-length'] === undefined
  if (isEndless && method === 'subscriptions/listen') return streamed(readObjects(response.body, replyBytesMax))
  if (type !== 'application/json') return failed('bad-reply', `HTTP ${status}, content type \`${type?.slice(0, 60)}\``)
  const message = (bytes: Buffer | null): Reply =>
    bytes === null
      ? failed('mask-failed', `it is larger than ${replyBytesMax} bytes`)
      : { kind: 'message', status, text: withoutMark(bytes.toString('utf8')), upstreamSession }
  const bytes = response.body.whole(replyBytesMax)
  return bytes instanceof Promise ? bytes.then(message) : message(bytes)
}

/** RFC 8259, section 8.1: a byte order mark may be ignored, and every `fetch` does. */
const withoutMark = (text: string): string => (text.charCodeAt(0) === 0xfeff ? text.slice(1) : text)

const explanations: Record<string, string> = {
  ECONNREFUSED: 'it refuses connections',
  ENOTFOUND: 'its name does not resolve',
  ECONNRESET: 'it closed the connection',
  UND_ERR_SOCKET: 'it closed the connection',
  UND_ERR_CONNECT_TIMEOUT: 'it does not answer',
}

const isCancelled = (error: unknown): boolean => {
  const { code, name } = error as { code?: unknown; name?: unknown }
  return name === 'AbortError' || code === 'ABORT_ERR' || code === 'UND_ERR_ABORTED'
}

/** Never the raw error text: it can hold addresses that the caller may not know. */
export function explain(error: unknown): string | null {
  const { code, message } = error as { code?: unknown; message?: unknown }
  if (code === 'unavailable' || code === 'forbidden-address') return typeof message === 'string' ? message : null
  if (isCancelled(error)) return 'the call was cancelled'
  return typeof code === 'string' ? (explanations[code] ?? null) : null
}
