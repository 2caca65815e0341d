import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decode, encode, type Frame, frameBytesMax, limits } from './frames'

const stream = fc.integer({ min: 1, max: 2 ** 48 - 1 })
const last = fc.boolean()
const target = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/)
const headers = fc.dictionary(fc.stringMatching(/^[a-z-]{1,20}$/), fc.stringMatching(/^[\x20-\x7e]{0,80}$/), {
  maxKeys: 10,
  noNullPrototype: true,
})
const request = fc.record({
  target,
  method: fc.constantFrom('GET' as const, 'POST' as const, 'DELETE' as const),
  headers,
  session: fc.string({ minLength: 1, maxLength: 200, unit: 'grapheme' }).filter((text) => text.length <= 256),
})

const frame: fc.Arbitrary<Frame> = fc.oneof(
  fc.record({ type: fc.constant('open' as const), stream, last, head: request }),
  fc.record({
    type: fc.constant('head' as const),
    stream,
    last,
    head: fc.record({ status: fc.integer({ min: 200, max: 599 }), headers }),
  }),
  fc
    .record({ type: fc.constant('data' as const), stream, last, bytes: fc.uint8Array({ maxLength: 500 }) })
    .filter(({ bytes, last }) => last || bytes.length > 0),
  fc.record({
    type: fc.constant('reset' as const),
    stream,
    code: fc.constantFrom('cancel' as const, 'refused' as const, 'failed' as const),
    reason: fc.stringMatching(/^[\x20-\x7e]{0,300}$/),
  }),
  fc.record({ type: fc.constant('window' as const), stream, bytes: fc.integer({ min: 1, max: limits.creditMax }) }),
  fc.record({
    type: fc.constantFrom('ping' as const, 'pong' as const),
    token: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  }),
  fc.record({
    type: fc.constant('note' as const),
    note: fc.oneof(
      fc.record({ kind: fc.constant('targets' as const), targets: fc.array(target, { maxLength: 20 }) }),
      fc.record({ kind: fc.constant('instances' as const), instances: fc.array(fc.uuid(), { maxLength: 20 }) }),
    ),
  }),
)

const plainFrame = (read: Frame) =>
  'bytes' in read && typeof read.bytes !== 'number' ? { ...read, bytes: [...read.bytes] } : read
const seed = 20261123

/** Reads bytes as the peer of somebody hostile does. */
function reads(bytes: Uint8Array): 'refused' | 'read' {
  try {
    decode(bytes)
    return 'read'
  } catch (error) {
    expect(error).toMatchObject({ code: 'bad-frame' })
    return 'refused'
  }
}

describe('frames', () => {
  test('what was written is read', () => {
    fc.assert(
      fc.property(frame, (written) => {
        expect(plainFrame(decode(encode(written)))).toEqual(plainFrame(written))
      }),
      { seed, numRuns: 2000 },
    )
  })

  test('any bytes are read or refused, never anything else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void reads(bytes)),
      { seed, numRuns: 5000 },
    )
  })

  test('a frame with one byte changed, or cut short, is read or refused, never anything else', () => {
    fc.assert(
      fc.property(frame, fc.nat(), fc.nat(255), fc.boolean(), (written, where, value, cut) => {
        const bytes = Buffer.from(encode(written))
        const at = where % bytes.length
        bytes[at] = value
        reads(cut ? bytes.subarray(0, at) : bytes)
      }),
      { seed, numRuns: 5000 },
    )
  })
})

const raw = (type: number, flags: number, id: number, payload: string | Uint8Array | object): Buffer => {
  const body =
    typeof payload === 'string' || payload instanceof Uint8Array
      ? Buffer.from(payload)
      : Buffer.from(JSON.stringify(payload))
  const bytes = Buffer.alloc(8 + body.length)
  bytes[0] = type
  bytes[1] = flags
  bytes.writeUIntBE(id, 2, 6)
  bytes.set(body, 8)
  return bytes
}

const head = { target: 'shop', method: 'POST', headers: {}, session: 's' }
const refused: [what: string, bytes: Buffer][] = [
  ['nothing', Buffer.alloc(0)],
  ['half a header', Buffer.alloc(7)],
  ['type 0', raw(0, 0, 1, '')],
  ['a type nobody knows', raw(9, 0, 1, '')],
  ['an unknown flag', raw(3, 2, 1, 'x')],
  ['an end flag on a window', raw(5, 1, 1, Uint8Array.of(0, 0, 0, 1))],
  ['data of the connection itself', raw(3, 0, 0, 'x')],
  ['a ping of a stream', raw(6, 0, 1, Uint8Array.of(0, 0, 0, 1))],
  ['no data, and more to come', raw(3, 0, 1, '')],
  ['too much data', raw(3, 0, 1, Buffer.alloc(limits.dataBytes + 1))],
  ['a head that is not JSON', raw(1, 0, 1, '{')],
  ['a head that is not UTF-8', raw(1, 0, 1, Uint8Array.of(0xff, 0xfe))],
  ['a head with one field more', raw(1, 0, 1, { ...head, url: 'http://10.0.0.1' })],
  ['a head without a session', raw(1, 0, 1, { ...head, session: undefined })],
  ['a method that no target has', raw(1, 0, 1, { ...head, method: 'CONNECT' })],
  ['a target that is a path', raw(1, 0, 1, { ...head, target: '../shop' })],
  ['a header that breaks lines', raw(1, 0, 1, { ...head, headers: { 'x-a': 'b\r\nhost: c' } })],
  ['a header name with a space', raw(1, 0, 1, { ...head, headers: { 'x a': 'b' } })],
  [
    'a hundred and one headers',
    raw(1, 0, 1, { ...head, headers: Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`h${i}`, ''])) }),
  ],
  ['a head that is too large', raw(1, 0, 1, { ...head, headers: { a: 'x'.repeat(limits.headBytes) } })],
  ['a status below 200', raw(2, 0, 1, { status: 101, headers: {} })],
  ['a status that is text', raw(2, 0, 1, { status: '200', headers: {} })],
  ['a reset without a code', raw(4, 0, 1, '')],
  ['a reset with an unknown code', raw(4, 0, 1, Uint8Array.of(9))],
  ['no credit', raw(5, 0, 1, Uint8Array.of(0, 0, 0, 0))],
  ['more credit than there is', raw(5, 0, 1, Uint8Array.of(255, 255, 255, 255))],
  ['credit of five bytes', raw(5, 0, 1, Buffer.alloc(5, 1))],
  ['a note that nobody knows', raw(8, 0, 0, { kind: 'run', command: ['sh'] })],
  ['a note that is too large', raw(8, 0, 0, Buffer.alloc(frameBytesMax))],
]

describe('a frame is refused that holds', () => {
  for (const [what, bytes] of refused)
    test(what, () => expect(() => decode(bytes)).toThrowError(expect.objectContaining({ code: 'bad-frame' })))
})

test('a reason cannot bring line breaks or terminal codes into a log or a screen', () => {
  const read = decode(encode({ type: 'reset', stream: 1, code: 'failed', reason: 'a\n\u001b[31mb\u202e' }))
  expect(read).toMatchObject({ reason: 'a??[31mb?' })
})
