import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { encode, frameBytesMax, limits } from './frames'
import { Mux } from './mux'

const numRuns = process.env.SOAK === '1' ? 5000 : 150
let server: WebSocketServer
let url = ''

beforeAll(async () => {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1', maxPayload: frameBytesMax })
  await once(server, 'listening')
  url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => new Promise((done) => server.close(done)))

const json = (value: object) => Buffer.from(JSON.stringify(value))
const uint32 = fc.constantFrom(0, 1, 1000, limits.windowBytes, limits.creditMax, 2 ** 32 - 1).map((value) => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
})
const request = { target: 'shop', method: 'POST', headers: {}, session: 's' }
const payload = fc.oneof(
  uint32,
  fc.constantFrom(json(request), json({ status: 200, headers: {} }), json({ status: 200, headers: { a: 'b\n' } })),
  fc.constantFrom(json({ kind: 'targets', targets: ['shop'] }), json({ kind: 'instances', instances: ['x'] })),
  fc.constantFrom(
    Buffer.alloc(0),
    Buffer.alloc(limits.dataBytes),
    Buffer.alloc(limits.dataBytes + 1),
    Buffer.from([1, 255]),
  ),
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
)
/** Most are frames that could come, at a time when they should not. */
const hostileFrame = fc
  .tuple(
    fc.integer({ min: 0, max: 9 }),
    fc.constantFrom(0, 0, 0, 1, 2),
    fc.constantFrom(0, 1, 1, 1, 2, 3, 2 ** 48 - 1),
    payload,
  )
  .map(([type, flags, stream, body]) => {
    const head = Buffer.alloc(8)
    head[0] = type
    head[1] = flags
    head.writeUIntBE(stream, 2, 6)
    return Buffer.concat([head, body])
  })
const frame = fc.oneof(
  hostileFrame,
  fc.constantFrom(
    encode({ type: 'head', stream: 1, last: false, head: { status: 200, headers: {} } }),
    encode({ type: 'data', stream: 1, last: false, bytes: Buffer.alloc(30_000) }),
    encode({ type: 'data', stream: 2, last: true, bytes: Buffer.alloc(1) }),
    encode({ type: 'open', stream: 1, last: false, head: { ...request, method: 'POST' } }),
    encode({ type: 'open', stream: 2, last: true, head: { ...request, method: 'GET' } }),
    encode({ type: 'reset', stream: 1, code: 'failed', reason: '\u202e' }),
    encode({ type: 'window', stream: 1, bytes: limits.creditMax }),
  ),
)

/** A peer that has proved who it is, and then says what it likes. */
async function peer(side: 'gateway' | 'agent', frames: Buffer[]): Promise<void> {
  const raw = new WebSocket(url)
  const [[accepted]] = (await Promise.all([once(server, 'connection'), once(raw, 'open')])) as [[WebSocket], unknown]
  const ends: Promise<unknown>[] = []
  let closedWith: number | null = null
  const mux = new Mux(accepted, {
    lost: 'the other side went away',
    onClose: (code) => {
      closedWith = code
    },
    ...(side === 'gateway'
      ? {}
      : {
          onOpen: ({ stream }) => {
            ends.push(drained(stream.inbox))
            stream.respond({ status: 200, headers: {} }, false)
            ends.push(stream.outbox.write(Buffer.alloc(300_000), true).catch(() => {}))
          },
        }),
  })
  if (side === 'gateway')
    for (let n = 0; n < 2; n += 1) {
      const stream = mux.stream()
      const head = stream.ask({ ...request, method: 'POST' }, Buffer.alloc(300_000))
      ends.push(head.then(() => drained(stream.inbox)).catch(() => {}))
    }
  for (const one of frames) raw.send(one)
  const sentAll = new Promise((done) => raw.ping(undefined, undefined, done))
  await Promise.race([once(raw, 'pong'), once(raw, 'close'), sentAll.then(() => once(raw, 'pong')).catch(() => {})])
  // Either it broke no rule and everything is still open, or it was told why and everything has ended.
  expect([null, 1002, 1009]).toContain(closedWith)
  mux.close(1001, 'done')
  await Promise.all(ends)
  expect(mux.inFlight).toBe(0)
  raw.terminate()
}

const drained = async (body: AsyncIterable<Uint8Array>) => {
  let size = 0
  try {
    for await (const piece of body) size += piece.length
  } catch {
    // It broke off.
  }
  return size
}

describe('whatever frames come in whatever order, they are taken or end the connection, and nobody waits for ever at', () => {
  for (const side of ['gateway', 'agent'] as const)
    test(`the ${side}`, { timeout: 1_800_000 }, async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(frame, { minLength: 1, maxLength: 12 }), (frames) => peer(side, frames)),
        { numRuns },
      )
    })
})
