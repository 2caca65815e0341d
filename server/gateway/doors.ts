import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { codes } from '../mcp/errors'
import { errorMessage } from '../mcp/messages'
import { protectedResourceAt } from '../oauth/protected-resource'
import { thenLeave } from '../places'
import { runtime } from '../runtime'
import { type Answer, jsonHeaders } from './answer'
import { NodeRequest, webRequest } from './caller-request'
import { handle } from './handle'

type Whole = Exclude<Answer, { events: unknown }>

/**
 * The fast door: `/mcp/<connection>` and the metadata about it, before Next sees them. Next's own route costs ten times as much a
 * call; web-standard requests and responses are a tenth of what is left.
 */
export async function fastLane(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const path = pathOf(incoming.url ?? '/')
  if (path === '/mcp') return write(nameless, incoming, outgoing)
  if (!path.startsWith('/mcp/')) return write(metadata(path), incoming, outgoing)
  const answer = await handle(new NodeRequest(incoming, outgoing), slugOf(path))
  if ('events' in answer) await writeStream(answer, outgoing)
  else write(answer, incoming, outgoing)
}

const nameless: Whole = {
  status: 404,
  headers: jsonHeaders,
  body: JSON.stringify(
    errorMessage(null, codes.invalidRequest, 'name a connection: the address is `/mcp/<connection>`'),
  ),
}

function write({ status, headers, body }: Whole, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const length = body === null ? 0 : Buffer.byteLength(body)
  const all: Record<string, string | number> = { ...headers }
  if (body !== null) all['content-length'] = length
  // What was refused before it had come whole is not waited for.
  if (!incoming.complete) all.connection = 'close'
  outgoing.writeHead(status, all)
  if (length > largeBytes) outgoing.setTimeout(unreadMs, () => outgoing.destroy())
  outgoing.end(body ?? undefined)
}

// A small answer fits into the socket. A large one waits in memory until it is read, so not for ever.
const largeBytes = 64 * 1024
const unreadMs = 60_000

const pathOf = (url: string): string => {
  const query = url.indexOf('?')
  return query === -1 ? url : url.slice(0, query)
}

/** For route handlers. */
export async function routeDoor(request: Request, slug: string): Promise<Response> {
  let over: () => void = () => {}
  const isOver = new Promise<void>((resolve) => {
    over = resolve
  })
  return toResponse(await handle(webRequest(request, isOver), slug), over)
}

function toResponse(answer: Answer, over: () => void): Response {
  if (!('events' in answer)) {
    over()
    return new Response(answer.body, { status: answer.status, headers: answer.headers })
  }
  const iterator = thenLeave(answer.events, over)
  const encoder = new TextEncoder()
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await iterator.next()
      if (done) controller.close()
      else controller.enqueue(encoder.encode(value))
    },
    async cancel() {
      over()
      await iterator.return(undefined)
    },
  })
  return new Response(body, { status: answer.status, headers: answer.headers })
}

// A web ReadableStream costs 2.5 times as much as writing to the socket.
async function writeStream(answer: Extract<Answer, { events: unknown }>, outgoing: ServerResponse): Promise<void> {
  const closed = new AbortController()
  outgoing.once('close', () => closed.abort())
  outgoing.writeHead(answer.status, answer.headers)
  outgoing.flushHeaders()
  try {
    for await (const event of answer.events) {
      if (outgoing.destroyed) break
      if (!outgoing.write(event)) await once(outgoing, 'drain', { signal: closed.signal })
    }
    outgoing.end()
  } catch {
    // Either the caller went away, or the stream broke: a cut connection is the only honest end of a started stream.
    outgoing.destroy()
  }
}

function slugOf(path: string): string {
  try {
    return decodeURIComponent(path.slice('/mcp/'.length))
  } catch {
    return ''
  }
}

/** RFC 9728: where a client that was told 401 learns who signs people in. Public, and readable by web clients. */
function metadata(path: string): Whole {
  const found = protectedResourceAt(path, runtime().env)
  const headers = { ...jsonHeaders, 'access-control-allow-origin': '*' }
  return { status: found === null ? 404 : 200, headers, body: JSON.stringify(found ?? { error: 'not found' }) }
}
