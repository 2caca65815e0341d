import { createHash } from 'node:crypto'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { readEnv } from '../../server/env'
import { Refusal } from '../../server/errors'
import { deriveKeys } from '../../server/keys'
import { createLog } from '../../server/log'
import { type Runtime, setRuntime } from '../../server/runtime'
import type { Viewer } from '../../server/types'
import { viewerOf } from '../../server/viewer.testing'
import { json } from './json'

const keys = deriveKeys('a secret of at least thirty-two bytes')
const origin = 'http://localhost:3000'
const token = 'f00d'
const signed = createHash('sha256').update(`${token}${keys.cookie}`).digest('hex')
const cookie = `other=1; sallyport.csrf=${token}%7C${signed}`

beforeAll(() => setRuntime({ env: readEnv({}), keys, log: createLog('silent') } as Runtime))

let sender: Viewer | null
beforeEach(() => {
  sender = viewerOf('alice')
})

const got = async (request: Request) => (request.method === 'GET' ? null : await request.json())
const echo = json(async (request, { id }) => ({ id, got: await got(request) }), { viewer: async () => sender })
const send = (route: ReturnType<typeof json>, headers: Record<string, string>, body?: string, method = 'POST') =>
  route(new Request(`${origin}/api/x/7`, { method, headers, ...(body === undefined ? {} : { body }) }), {
    params: Promise.resolve({ id: '7' }),
  })
const good = { origin, cookie, 'x-csrf-token': token, 'content-type': 'application/json' }
const without = (name: string) => Object.fromEntries(Object.entries(good).filter(([key]) => key !== name))

test('a change from our page reaches its handler, with the parameters of its path', async () => {
  const response = await send(echo, good, '{"a":1}')
  expect(response.status).toBe(200)
  expect(await response.json()).toEqual({ id: '7', got: { a: 1 } })
  expect(response.headers.get('cache-control')).toBe('no-store')
})

test('reading needs neither Origin nor token', async () =>
  expect((await send(echo, {}, undefined, 'GET')).status).toBe(200))

test('a bearer token stands for both: no page of another site can send one', async () =>
  expect((await send(echo, { authorization: 'Bearer x', 'content-type': 'application/json' }, '{}')).status).toBe(200))

const other = createHash('sha256').update(`${token}another secret`).digest('hex')
const refused: [guarantee: string, headers: Record<string, string>, body: string, status: number, why: RegExp][] = [
  ['no Origin', without('origin'), '{}', 403, /pages of http:\/\/localhost:3000 only/],
  ['a foreign Origin', { ...good, origin: 'https://evil.example' }, '{}', 403, /pages of/],
  ['a null Origin', { ...good, origin: 'null' }, '{}', 403, /pages of/],
  ['an Origin that starts like ours', { ...good, origin: `${origin}.evil.example` }, '{}', 403, /pages of/],
  ['another port of this host', { ...good, origin: 'http://localhost:3001' }, '{}', 403, /pages of/],
  ['no CSRF token', without('x-csrf-token'), '{}', 403, /reload it/],
  ['no CSRF cookie', without('cookie'), '{}', 403, /reload it/],
  ['another CSRF token', { ...good, 'x-csrf-token': 'beef' }, '{}', 403, /reload it/],
  ['an empty CSRF token', { ...good, 'x-csrf-token': '', cookie: 'sallyport.csrf=%7C' }, '{}', 403, /reload it/],
  [
    'a CSRF cookie of another installation',
    { ...good, cookie: `sallyport.csrf=${token}%7C${other}` },
    '{}',
    403,
    /reload/,
  ],
  ['a body that is not JSON', good, '{', 400, /not JSON/],
  ['no body where one is needed', good, '', 400, /not JSON/],
  ['a body of another type', { ...good, 'content-type': 'text/plain' }, '{}', 400, /application\/json/],
  ['a body of more than a megabyte', good, JSON.stringify('x'.repeat(1_000_000)), 400, /larger than 1000000 bytes/],
]
describe('a change is refused with', () => {
  for (const [guarantee, headers, body, status, why] of refused)
    test(guarantee, async () => {
      const response = await send(echo, headers, body)
      expect(response.status).toBe(status)
      expect(await response.json()).toEqual({
        error: {
          code: status === 403 ? 'forbidden' : 'invalid',
          message: expect.stringMatching(why),
          field: expect.toSatisfy((field) => field === null || typeof field === 'string'),
        },
      })
    })
})

/** A body that comes when it is asked for, and what of it was read. */
function slow(bytes: number) {
  const read = { bytes: 0 }
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (read.bytes >= bytes) return controller.close()
        const piece = new Uint8Array(100_000).fill(0x31)
        read.bytes += piece.length
        controller.enqueue(piece)
      },
    },
    { highWaterMark: 0 },
  )
  return { body, read }
}
const stream = (route: ReturnType<typeof json>, body: ReadableStream) =>
  route(new Request(`${origin}/api/x/7`, { method: 'PUT', headers: good, body, duplex: 'half' } as RequestInit), {
    params: Promise.resolve({ id: '7' }),
  })

describe('of a body', () => {
  const large = json(async (request) => (await request.text()).length, {
    bytesMax: 5_000_000,
    viewer: async () => sender,
  })

  test('nothing is read before it is known who sends it', async () => {
    sender = null
    const { body, read } = slow(5_000_000)
    expect((await stream(large, body)).status).toBe(401)
    expect(read.bytes).toBe(0)
  })

  test('more than a megabyte is read from administrators only', async () => {
    const mine = slow(5_000_000)
    expect((await stream(large, mine.body)).status).toBe(400)
    expect(mine.read.bytes).toBeLessThan(1_200_000)
    sender = viewerOf('carol', { admin: true })
    expect(await (await stream(large, slow(5_000_000).body)).json()).toBe(5_000_000)
  })

  test('of one person no more come at once than one may have under way; others go on', async () => {
    const atOnce = readEnv({}).callsAtOnce
    const stalled = Array.from({ length: atOnce }, () => new TransformStream<Uint8Array, Uint8Array>())
    const waiting = stalled.map(({ readable }) => stream(large, readable))
    await new Promise((wait) => setTimeout(wait, 50))
    const refused = await stream(large, slow(1).body)
    expect([refused.status, await refused.text()]).toEqual([429, expect.stringContaining('under way')])
    sender = viewerOf('bob')
    expect((await stream(large, slow(1).body)).status).toBe(200)
    for (const { writable } of stalled) await writable.close()
    for (const { status } of await Promise.all(waiting)) expect(status).toBe(200)
    sender = viewerOf('alice')
    expect((await stream(large, slow(1).body)).status).toBe(200)
  })

  test('nothing is read where the sender may be nobody', async () => {
    const { body, read } = slow(5_000_000)
    const open = json(async (request) => ({ body: request.body }), { viewer: null })
    expect(await (await stream(open, body)).json()).toEqual({ body: null })
    expect(read.bytes).toBe(0)
  })
})

const Input = z.object({ note: z.string().max(3) })
const errors: [guarantee: string, thrown: () => unknown, status: number, error: object][] = [
  [
    'a refusal keeps its words',
    () => new Refusal('conflict', 'too late', 'note'),
    409,
    { code: 'conflict', message: 'too late', field: 'note' },
  ],
  [
    'what zod refuses names its field',
    () => Input.safeParse({ note: 'long' }).error,
    400,
    { code: 'invalid', field: 'note' },
  ],
  [
    'a page redirect becomes 401',
    () => Object.assign(new Error('x'), { digest: 'NEXT_REDIRECT;replace;/sign-in;307;' }),
    401,
    { code: 'unauthenticated' },
  ],
  [
    'a lost database is 503',
    () => new Error('failed', { cause: Object.assign(new Error(), { code: 'ECONNREFUSED' }) }),
    503,
    { code: 'unavailable' },
  ],
  [
    'anything else tells nothing',
    () => new Error('secret detail'),
    500,
    { code: 'internal', message: expect.not.stringMatching('secret') },
  ],
]
describe('errors', () => {
  for (const [guarantee, thrown, status, error] of errors)
    test(guarantee, async () => {
      const route = json(async () => {
        throw thrown()
      })
      const response = await send(route, {}, undefined, 'GET')
      expect(response.status).toBe(status)
      expect(response.headers.get('www-authenticate')).toBe(status === 401 ? 'Bearer' : null)
      expect(await response.json()).toMatchObject({ error })
    })
})

test('nothing to say is 204, and a whole Response passes', async () => {
  expect(
    (
      await send(
        json(async () => undefined),
        {},
        undefined,
        'GET',
      )
    ).status,
  ).toBe(204)
  expect(
    (
      await send(
        json(async () => new Response('x', { status: 418 })),
        {},
        undefined,
        'GET',
      )
    ).status,
  ).toBe(418)
})
