import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { NodeRequest } from './caller-request'
import { together } from './together'

const max = 100_000

let server: Server
let port = 0
/** What came of each body that was asked for, and whether it was there at once. */
let bodies: { size: number | null | 'failed'; at: 'once' | 'later' }[] = []
let over = 0
let gone = 0

beforeEach(async () => {
  bodies = []
  over = 0
  gone = 0
  server = createServer(async (incoming, outgoing) => {
    const request = new NodeRequest(incoming, outgoing)
    request.onOver(() => (over += 1))
    request.whenGone(() => (gone += 1))
    await together()
    try {
      const reading = request.bytes((bytes) => bytes <= max)
      const body = await reading
      bodies.push({ size: body === null ? null : body.byteLength, at: reading instanceof Promise ? 'later' : 'once' })
      outgoing.end(body === null ? 'too long' : `${body.byteLength} bytes`)
    } catch {
      bodies.push({ size: 'failed', at: 'later' })
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  port = (server.address() as AddressInfo).port
})

afterEach(() => {
  server.closeAllConnections()
  server.close()
})

const dial = async (): Promise<Socket> => {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  return socket
}

const head = (headers: string) => `POST / HTTP/1.1\r\nhost: x\r\n${headers}\r\n\r\n`
const post = (body: string, last = false) =>
  `${head(`content-length: ${Buffer.byteLength(body)}${last ? '\r\nconnection: close' : ''}`)}${body}`

describe('the body of a request', () => {
  test('is there at once when it came with its head, also on a connection that was used before', async () => {
    const socket = await dial()
    for (const body of ['', 'one', 'two', 'x'.repeat(5_000)]) {
      socket.write(post(body))
      expect(String((await once(socket, 'data'))[0])).toContain(`${body.length} bytes`)
    }
    expect(bodies).toEqual([0, 3, 3, 5_000].map((size) => ({ size, at: 'once' })))
    socket.destroy()
  })

  test('is whole when it fills what a stream holds, and the connection goes on', async () => {
    const socket = await dial()
    for (const size of [16 * 1024, 30_000, 65_000, 3]) {
      socket.write(post('x'.repeat(size)))
      expect(String((await once(socket, 'data'))[0])).toContain(`${size} bytes`)
    }
    socket.destroy()
  })

  test('is whole for each of two requests that came in one piece', async () => {
    const socket = await dial()
    socket.write(post('first') + post('the second', true))
    const answers = await text(socket)
    expect(answers).toContain('5 bytes')
    expect(answers).toContain('10 bytes')
  })

  test.each([
    ['comes later than its head', ['content-length: 6'], ['abc', 'def'], 6],
    ['comes in chunks', ['transfer-encoding: chunked'], ['3\r\nabc\r\n', '2\r\nde\r\n', '0\r\n\r\n'], 5],
    ['is larger than a stream holds', [`content-length: ${max}`], ['x'.repeat(max)], max],
  ])('is waited for when it %s', async (_, headers, pieces, size) => {
    const socket = await dial()
    socket.write(head([...headers, 'connection: close'].join('\r\n')))
    for (const piece of pieces) {
      await sleep(20)
      socket.write(piece)
    }
    expect(await text(socket)).toContain(`${size} bytes`)
    expect(bodies).toEqual([{ size, at: 'later' }])
  })

  test.each([
    ['in one piece', [`content-length: ${max + 1}`], 'x'.repeat(max + 1)],
    [
      'in chunks that do not say it before',
      ['transfer-encoding: chunked'],
      `${(max + 1).toString(16)}\r\n${'x'.repeat(max + 1)}\r\n0\r\n\r\n`,
    ],
  ])('is nothing when it is too long, %s', async (_, headers, body) => {
    const socket = await dial()
    socket.write(head([...headers, 'connection: close'].join('\r\n')) + body)
    expect(await text(socket)).toContain('too long')
    expect(bodies.map(({ size }) => size)).toEqual([null])
  })

  test('fails when the caller leaves before it is whole', async () => {
    const socket = await dial()
    socket.write(`${head('content-length: 6')}abc`)
    await sleep(20)
    socket.destroy()
    await expect.poll(() => bodies).toEqual([{ size: 'failed', at: 'later' }])
    expect({ over, gone }).toEqual({ over: 1, gone: 1 })
  })

  test('fails when the caller left before anybody asked for it', async () => {
    const socket = await dial()
    socket.write(`${head('content-length: 6')}abc`, () => socket.destroy())
    await expect.poll(() => bodies).toEqual([{ size: 'failed', at: 'later' }])
  })
})

test('who listens hears once that it is over, and who left before its answer is told of as gone', async () => {
  const socket = await dial()
  socket.write(post('one'))
  await once(socket, 'data')
  await expect.poll(() => over).toBe(1)
  expect(gone).toBe(0)
  socket.destroy()
})
