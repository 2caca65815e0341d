import type { LiveConnection } from '../connections/current'
import { ownName } from '../db/own-connection'
import { codes } from '../mcp/errors'
import type { Message } from '../mcp/messages'
import { withoutBooks } from '../mcp/meta'
import { metaKeys } from '../mcp/revisions'
import { Places, tooMany } from '../places'
import type { Settlement } from '../reviews/await-review'
import { runtime } from '../runtime'
import type { JsonObject, Principal } from '../types'
import { type Answer, errorAnswer, jsonAnswer, jsonHeaders, wholeMessage, wholeText } from './answer'
import { authenticate } from './authenticate'
import type { CallerRequest } from './caller-request'
import { passResponse } from './client-response'
import { denial, denialMessage, outcomeOf } from './denial'
import { endSession } from './end-session'
import { forward } from './forward'
import { endOf } from './hold'
import { type Line, overLine } from './line'
import { listen } from './listen'
import { Load, type Weighed, weightless } from './load'
import { aboutOf, maskersFor } from './maskers'
import { serveOwn } from './own/serve'
import { type Incoming, parse } from './parse'
import { close, type Opened, open, recordRefusal } from './record'
import { rejection } from './rejection'
import { resolve } from './resolve'
import { followSession, fulfil, refused } from './respond'
import { seldom } from './seldom'
import { settle } from './settle'
import { type Stopwatch, stopwatch } from './stopwatch'
import { stream } from './stream'
import { ownTask } from './tasks'
import { keepOn, keepUnheard } from './unheard'

// One that is not read to its end counts as well: what it was answered with waits in memory.
const places = new Places()

const sayOf = (what: string) => seldom((err, connection, more) => runtime().log.error({ err, connection, more }, what))
const failed = sayOf('a request failed')
const unrecorded = sayOf('a call could not be recorded')

/** One request to `/mcp/<slug>`, from the door to the answer; the drawing is in README.md. */
export async function handle(request: CallerRequest, slug: string): Promise<Answer> {
  try {
    const watch = stopwatch()
    const authenticated = authenticate(request, runtime().env, { connection: slug })
    // Here and below: to wait for what is there already costs two promises.
    const caller = authenticated instanceof Promise ? await authenticated : authenticated
    watch.lap('authenticate')
    if ('refused' in caller) return unauthenticated(caller.refused)
    const { principal } = caller
    const leave = places.take(principal.id)
    if (leave === null) return await crowded(principal, slug)
    const load = new Load(principal.id)
    request.onOver(() => {
      leave()
      load.end()
    })
    return await overLine(request, (line) => pipeline(request, slug, { principal, load }, line, watch))
  } catch (error) {
    // Nothing was sent and nothing is known to be recorded: refuse, and keep the reason for the operator.
    failed(error, slug)
    return errorAnswer(503, null, 'the gateway cannot serve this now; try again in a moment', codes.internalError)
  }
}

type Caller = { principal: Principal; load: Load }

async function pipeline(
  request: CallerRequest,
  slug: string,
  { principal, load }: Caller,
  line: Line,
  watch: Stopwatch,
): Promise<Answer> {
  try {
    if (slug === ownName) return await serveOwn(request, principal, watch.startedAt, load)
    const connection = resolve(slug, principal)
    if (connection === null) return await notFound(principal, slug)
    if (request.method === 'DELETE') return await endSession(request, principal, connection)
    if (request.method === 'GET') return await listen(request, principal, connection)
    if (request.method !== 'POST')
      return errorAnswer(405, null, 'send POST requests here', undefined, { allow: 'POST, GET, DELETE' })

    const incoming = await parse(request, principal, connection, watch.startedAt, load)
    watch.lap('parse')
    if ('accepted' in incoming) return { status: 202, headers: {}, body: null }
    if ('task' in incoming) return jsonAnswer(200, await taskAnswer(incoming.task, principal, connection, line))
    if ('response' in incoming) return await passResponse(request, incoming.response, principal, connection)
    if ('rejected' in incoming) return await rejection(incoming, principal, connection)
    try {
      return await decided(incoming, line, watch, load)
    } catch (error) {
      unrecorded(error, slug)
      const reason = (error as { code?: unknown }).code === 'answer-unrecorded' ? 'answer-unrecorded' : 'record-failed'
      return count(refused(incoming, denial(reason), 'withheld'))
    }
  } finally {
    load.end()
  }
}

/** The part of the pipeline that is about one understood call. */
async function decided(incoming: Incoming, line: Line, watch: Stopwatch, load: Weighed): Promise<Answer> {
  const settling = settle(incoming, line)
  const settled = settling instanceof Promise ? await settling : settling
  watch.lap('decide')
  const opened: Opened = await open(incoming, settled, () => settle(incoming, line))
  watch.lap('open')
  const why = opened.settled.denial
  if (why !== null) {
    if (why.earlier !== null) keepOn(why.earlier.row, line)
    return count(refused(incoming, why, outcomeOf(why)))
  }

  const maskers = maskersFor(incoming.connection, opened.settled.decision, aboutOf(incoming.call))
  opened.unheard = keepUnheard(incoming, opened, line)
  const { grantId } = opened.settled.decision
  if (grantId !== null) {
    incoming.under = grantId
    incoming.continued = { id: '', granted: true, grantId }
  }
  // What goes by an approval holds what was shown to whoever gave it.
  if (incoming.continued?.granted === true) incoming.body = withoutBooks(incoming.body)
  const reply = await forward(incoming, line)
  watch.lap('forward')
  if (reply.kind === 'stream') {
    const events = load.during(reply.events)
    const answer = await stream({ ...reply, events }, incoming, opened, maskers)
    return followSession(incoming, reply, line.jsonOnly ? await inOnePiece(answer) : answer)
  }
  const visible = fulfil(reply, incoming, maskers)
  watch.lap('fulfil')
  await close(incoming, opened, visible)
  watch.lap('close')
  return followSession(incoming, reply, count(visible))
}

/** A task of ours: the call it stands for goes through the same pipeline, once. */
function taskAnswer(message: Message, principal: Principal, connection: LiveConnection, { gone: _, ...line }: Line) {
  const run = async (request: CallerRequest): Promise<JsonObject> => {
    const incoming = await parse(request, principal, connection, performance.now(), weightless)
    if (!('call' in incoming)) throw new Error('a call that was held is not understood any more')
    // Whoever asked may have left; what was approved goes on.
    const alone = { ...line, gone: request.signal, whenGone: request.whenGone, say: () => {}, comment: () => {} }
    return wholeMessage(
      await decided({ ...incoming, inTask: true, body: bodyAlone(incoming) }, alone, stopwatch(), weightless),
    )
  }
  const refusal = (settled: Settlement, asked: Message, review: string) =>
    denialMessage(asked, 'modern', endOf(settled, null, review))
  return ownTask(message, principal, connection, run, refusal)
}

/** Nobody is there who could be asked something or wait for another task, and the target must know. */
function bodyAlone({ message }: Incoming): string {
  const meta = { ...(message.params._meta as JsonObject | undefined), [metaKeys.clientCapabilities]: {} }
  return JSON.stringify({ ...message.body, params: { ...message.params, _meta: meta } })
}

/** For who reads no streams: of what a target sends on one, the answer. */
const inOnePiece = async (answer: Answer): Promise<Answer> => ({
  status: 200,
  headers: jsonHeaders,
  body: await wholeText(answer),
})

function count({ answer, outcome }: { answer: Answer; outcome: string }): Answer {
  runtime().metrics.calls.inc({ outcome })
  return answer
}

function unauthenticated(why: { status: number; wwwAuthenticate: string; message: string }): Answer {
  count({ answer: { status: 0, headers: {}, body: null }, outcome: 'unauthenticated' })
  const headers: Record<string, string> = why.wwwAuthenticate === '' ? {} : { 'www-authenticate': why.wwwAuthenticate }
  return errorAnswer(why.status, null, why.message, codes.invalidRequest, headers)
}

async function crowded(principal: Principal, slug: string): Promise<Answer> {
  const problem = tooMany()
  await recordRefusal({ principal, connection: null, slug, method: '', problem })
  return count({ answer: errorAnswer(429, null, problem, codes.busy, { 'retry-after': '5' }), outcome: 'refused' })
}

async function notFound(principal: Principal, slug: string): Promise<Answer> {
  const problem = 'there is no such connection, or no role of yours may use it'
  await recordRefusal({ principal, connection: null, slug, method: '', problem })
  return count({ answer: errorAnswer(404, null, problem), outcome: 'refused' })
}
