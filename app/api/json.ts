import { currentViewer } from '../../server/auth'
import { codeOf, type ErrorCode, Refusal, statusFor } from '../../server/errors'
import { cookieNames } from '../../server/oauth/console-client'
import { isCsrfToken } from '../../server/oauth/csrf'
import { Places, tooMany } from '../../server/places'
import { runtime } from '../../server/runtime'
import type { Viewer } from '../../server/types'

type Parameters = Record<string, string>
type Route = (request: Request, context: { params: Promise<Parameters> }) => Promise<Response>
type Options = {
  /** What an administrator may send; anybody else a megabyte. */
  bytesMax?: number
  types?: RegExp
  /** Who sends a change; null where that may be nobody, and then no body is read. */
  viewer?: (() => Promise<Viewer | null>) | null
}

type Problem = { code: ErrorCode | 'internal'; message: string; field: string | null; details?: unknown }

const reading = new Set(['GET', 'HEAD', 'OPTIONS'])

const anybodysMax = 1_000_000
const places = new Places()

/**
 * A route handler from a function that returns what becomes JSON. Changes must come from our own pages (Origin and CSRF token)
 * or carry a bearer token, and hold at most `bytesMax` bytes of JSON (or one of `types`); a Refusal becomes
 * `{ error: { code, message, field } }`, with `details` if it has any.
 */
export function json(
  handler: (request: Request, parameters: Parameters) => Promise<unknown>,
  { bytesMax = anybodysMax, types = /^application\/json\b/i, viewer = currentViewer }: Options = {},
): Route {
  return async (request, { params }) => {
    let leave = () => {}
    try {
      if (reading.has(request.method)) return answerTo(await handler(request, await params))
      checkOrigin(request)
      if (viewer === null) return answerTo(await handler(bodiless(request), await params))
      // What nobody we know sends is not kept in memory.
      const sender = await viewer()
      if (sender === null) throw new Refusal('unauthenticated', nobody)
      leave = placeFor(sender)
      const read = await whole(request, sender.admin ? bytesMax : Math.min(bytesMax, anybodysMax), types)
      return answerTo(await handler(read, await params))
    } catch (error) {
      return refuse(error)
    } finally {
      leave()
    }
  }
}

const nobody = 'nobody is signed in; sign in first'

function placeFor({ id }: Viewer): () => void {
  const leave = places.take(id)
  if (leave === null) throw new Refusal('too-many', tooMany())
  return leave
}

function answerTo(result: unknown): Response {
  if (result instanceof Response) return result
  return result === undefined ? new Response(null, { status: 204 }) : answer(200, result)
}

const bodiless = ({ url, method, headers, signal }: Request): Request => new Request(url, { method, headers, signal })

function checkOrigin(request: Request): void {
  // A page of another site cannot set this header without asking us first (CORS), and we never agree.
  if (request.headers.has('authorization')) return
  const { env, keys } = runtime()
  const origin = new URL(env.publicUrl).origin
  if (request.headers.get('origin') !== origin)
    throw new Refusal('forbidden', `changes are taken from pages of ${origin} only; open the console there`)
  const cookie = cookieOf(request, cookieNames(env).csrf)
  if (!isCsrfToken(request.headers.get('x-csrf-token'), cookie, keys.cookie))
    throw new Refusal('forbidden', 'the page is out of date; reload it and try again', 'x-csrf-token')
}

function cookieOf(request: Request, name: string): string | undefined {
  const pairs = (request.headers.get('cookie') ?? '').split('; ')
  const value = pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1)
  // next-auth writes its `|` percent-encoded.
  return value?.replace(/%7C/gi, '|')
}

/** The request with its body read, so that a handler's `request.json()` meets neither too much nor something else. */
async function whole(request: Request, bytesMax: number, types: RegExp): Promise<Request> {
  const { url, method, headers, signal } = request
  const bytes = await bodyOf(request, bytesMax)
  if (bytes.length === 0) return bodiless(request)
  if (!types.test(headers.get('content-type') ?? ''))
    throw new Refusal('invalid', 'send the body as application/json', 'content-type')
  return new Request(url, { method, headers, signal, body: new Uint8Array(bytes) })
}

/** The body, refused as soon as it is larger than `bytesMax`. */
export async function bodyOf(request: Request, bytesMax: number): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of (request.body ?? []) as AsyncIterable<Uint8Array>) {
    length += chunk.length
    if (length > bytesMax) throw new Refusal('invalid', `the body is larger than ${bytesMax} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function refuse(error: unknown): Response {
  const problem = problemOf(error)
  if (problem.code === 'internal') runtime().log.error({ err: error }, 'a route failed')
  const status = problem.code === 'internal' ? 500 : statusFor(problem.code)
  return answer(status, { error: problem })
}

function problemOf(error: unknown): Problem {
  const { name, message, field, details, issues, digest } = (error ?? {}) as {
    name?: string
    message?: string
    field?: string | null
    details?: unknown
    issues?: { path: PropertyKey[]; message: string }[]
    digest?: string
  }
  const code = codeOf(error)
  if (code !== null)
    return { code, message: message ?? '', field: field ?? null, ...(details === undefined ? {} : { details }) }
  if (name === 'ZodError' && issues?.[0] !== undefined)
    return { code: 'invalid', message: issues[0].message, field: issues[0].path.join('.') || null }
  if (name === 'SyntaxError') return { code: 'invalid', message: 'the body is not JSON', field: null }
  // viewerContext() sends pages to the sign-in page; here nobody would see it.
  if (digest?.startsWith('NEXT_REDIRECT')) return { code: 'unauthenticated', message: nobody, field: null }
  if (isDatabaseGone(error))
    return { code: 'unavailable', message: 'the database does not answer; try again in a moment', field: null }
  return { code: 'internal', message: 'this did not work; the reason is in the log of the server', field: null }
}

// PostgreSQL's classes 08 (connection) and 57P (shutdown), and the socket's own codes.
function isDatabaseGone(error: unknown): boolean {
  const { code, cause } = (error ?? {}) as { code?: unknown; cause?: unknown }
  if (typeof code === 'string' && /^(08|57P0|ECONNREFUSED|ECONNRESET|ENOENT|EPIPE)/.test(code)) return true
  return cause !== undefined && isDatabaseGone(cause)
}

function answer(status: number, body: unknown): Response {
  // RFC 9110 section 15.5.2: a 401 names a way to sign in.
  const challenge: Record<string, string> = status === 401 ? { 'www-authenticate': 'Bearer' } : {}
  return Response.json(body, { status, headers: { 'cache-control': 'no-store', ...challenge } })
}
