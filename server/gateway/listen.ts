import type { LiveConnection } from '../connections/current'
import { forwardedHeaders } from '../mcp/headers'
import type { Message } from '../mcp/messages'
import { methods } from '../mcp/methods'
import { readEvents, type ServerEvent, writeEvent, writePriming } from '../mcp/sse'
import { decide } from '../policy/decide'
import { runtime } from '../runtime'
import { findLegacySession, type LegacySession } from '../sessions/resolve-session'
import type { Call, Outcome, Principal } from '../types'
import { exchange } from '../upstream/exchange'
import { type Answer, errorAnswer, streamHeaders } from './answer'
import type { CallerRequest } from './caller-request'
import { clientOf } from './client'
import { askClient } from './client-requests'
import { eventId, type Place, placeOf } from './event-ids'
import { replyBytesMax } from './forward'
import { fulfilEvent } from './fulfil'
import { keptAlive } from './kept-alive'
import { aboutOf, type Maskers, maskersFor } from './maskers'
import { notesOf } from './notes'
import { callOf, type Incoming } from './parse'
import { close, type Opened, open } from './record'
import { conversational, type Settled } from './settle'
import { tellOfTask } from './task-notices'

const plain: Pick<Incoming, 'message' | 'method'> = {
  message: { id: null, method: 'GET', params: {}, body: {} },
  method: { kind: 'session', era: 'legacy' },
}

const noStream = () => errorAnswer(405, null, 'there is no stream here', undefined, { allow: 'POST, DELETE' })

/**
 * The stream of a legacy session (MCP 2025-11-25, transports): what the target says by itself, or, with `Last-Event-ID`, the rest
 * of an answer that broke off, masked as the call was.
 */
export async function listen(
  request: CallerRequest,
  principal: Principal,
  connection: LiveConnection,
): Promise<Answer> {
  const { db, keys } = runtime()
  const id = request.headers.get('mcp-session-id')
  if (id === null) return noStream()
  const whose = { principalId: principal.id, connectionId: connection.id }
  const session = await findLegacySession(db, keys, { id, ...whose })
  if (session === null) return errorAnswer(404, null, 'this session has ended; initialize again')
  const last = request.headers.get('last-event-id')
  const place = last === null ? null : placeOf(last, { ...whose, session: id })
  if (last !== null && place === null) return errorAnswer(400, null, 'this `Last-Event-ID` is not of this session')
  const incoming = incomingOf(request, principal, connection, session, place)
  const settled = settledOf(incoming)
  // Listening is an entry of its own; what was called before keeps its own.
  const listening = { ...incoming, ...plain }
  const opened = await open(listening, settled, async () => settledOf(incoming))
  let outcome: Outcome = 'ok'
  // Also when nobody read it to its end: an entry left open would look like a call whose end nobody knows.
  request.onOver(() => void ended(listening, opened, outcome))
  const response = await exchange(connection, {
    ...{ method: 'GET', body: null, whenCancelled: request.whenGone.bind(request), session: id },
    personId: principal.id,
    headers: incoming.headers,
  }).catch(() => null)
  // It has forgotten the session, or has no such door at all; what is sent to it will tell which, so nothing ends here.
  if (response?.status === 404) {
    response.discard()
    return errorAnswer(404, null, 'the target has no stream for this session')
  }
  if (response?.status !== 200 || !/^text\/event-stream\b/i.test(response.headers['content-type'] ?? '')) {
    response?.discard()
    // 405 is what a target without such a stream answers by the book.
    if (response?.status !== 405) outcome = response === null ? 'unreachable' : 'error'
    return noStream()
  }
  const of = { entryId: place?.entry ?? opened.entryId, settled }
  const maskers = maskersFor(connection, settled.decision, place?.call == null ? null : aboutOf(incoming.call))
  const events = passing(readEvents(response.body, replyBytesMax), incoming, of, maskers)
  return { status: 200, headers: streamHeaders, events: keptAlive(events) }
}

const ended = (listening: Incoming, opened: Opened, outcome: Outcome): Promise<void> =>
  close(listening, opened, { outcome, masked: 0, recorded: '' }).catch((error: unknown) =>
    runtime().log.error({ err: error, entry: opened.entryId }, 'the end of a stream could not be recorded'),
  )

function incomingOf(
  request: CallerRequest,
  principal: Principal,
  connection: LiveConnection,
  session: LegacySession,
  place: Place | null,
): Incoming {
  const message: Message = place?.call == null ? plain.message : { ...place.call, body: {} }
  const method = methods[message.method] ?? plain.method
  const client = clientOf(message, principal, { name: session.clientName, version: session.clientVersion })
  const call = callOf(message, method, principal, client, connection)
  if ('problem' in call) throw new Error(`a sealed event id holds a call that cannot be read: ${call.problem}`)
  const { 'content-type': _, ...headers } = forwardedHeaders(request.headers)
  const upstream: Record<string, string> =
    session.upstreamSession === null ? {} : { 'mcp-session-id': session.upstreamSession }
  const from: Record<string, string> = place === null ? {} : { 'last-event-id': place.event }
  return {
    ...{ era: 'legacy', revision: session.protocolVersion, message, method, call, connection },
    conversation: {
      id: session.id,
      client,
      mcpSession: session.id,
      upstreamSession: session.upstreamSession,
      capabilities: {},
    },
    ...{
      inTask: false,
      begun: false,
      under: null,
      tasks: new Set<string>(),
      round: null,
      continued: null,
      body: '',
      receivedAt: performance.now(),
    },
    headers: { ...headers, accept: 'text/event-stream', ...upstream, ...from },
  }
}

/** Decided when it was called; of the policy of this moment it takes the masks. */
function settledOf({ call, method, connection }: Incoming): Settled {
  const open = conversational(connection.name)
  const masks = method.kind === 'call' ? masksOf(call) : open.masks
  return { decision: { ...open, masks }, denial: null, waited: false }
}

const masksOf = (call: Call) => decide(runtime().policy.current(), call, { grants: [], digest: null }, new Date()).masks

async function* passing(
  events: AsyncIterable<ServerEvent>,
  incoming: Incoming,
  opened: Opened,
  maskers: Maskers,
): AsyncGenerator<string> {
  const notes = notesOf(incoming, opened)
  try {
    for await (const event of events) {
      const id = eventId(event.id, incoming, opened.entryId)
      const priming = event.data === '' ? writePriming(id, event.retry) : null
      if (priming !== null) yield priming
      const read = fulfilEvent(event, incoming, maskers)
      if (read.kind === 'request') {
        const asking = await askClient(read.message, incoming, opened, maskers)
        if (asking !== null) yield asking
      } else if (read.kind === 'task') {
        const told = await tellOfTask(read.message, incoming, opened)
        if (told !== null) yield told
      } else if (read.kind === 'notification' && !('denial' in read.fulfilled)) {
        await notes.add(read.fulfilled.recorded)
        yield writeEvent(read.fulfilled.text, id, event.retry)
      } else if (read.kind === 'answer' && incoming.message.id !== null && !('denial' in read.fulfilled)) {
        await close(incoming, opened, read.fulfilled, notes.take())
        yield writeEvent(read.fulfilled.text, id)
      }
    }
  } finally {
    await notes.flush()
  }
}
