import { createServer, type IncomingMessage, type Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { closeHttpServer } from './http'
import { ignoreUpgrade, noteAnswers, offersWebSocket } from './ignored-upgrade'

type Got = { url: string; headers: IncomingMessage['headers']; body: string }

let server: Server
let client: Socket
let received: string
let got: Got[]

beforeEach(async () => {
  got = []
  received = ''
  server = createServer(async (req, res) => {
    let body = ''
    for await (const chunk of req) body += chunk
    if (req.url === '/held') await new Promise((wait) => setTimeout(wait, 1_500))
    if (req.url === '/slow') await new Promise((wait) => setTimeout(wait, 100))
    got.push({ url: req.url ?? '', headers: req.headers, body })
    res.end(`answer ${got.length}`)
  })
  noteAnswers(server)
  server.on('upgrade', (req, socket, head) => {
    if (!offersWebSocket(req)) return ignoreUpgrade(server, req, socket, head)
    socket.end('HTTP/1.1 404 Not Found\r\n\r\n')
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  client = connect((server.address() as AddressInfo).port, '127.0.0.1')
  client.on('data', (chunk) => (received += chunk))
})
afterEach(() => {
  client.destroy()
  server.closeAllConnections()
  server.close()
})

const until = async (text: string) => {
  while (!received.includes(text)) await new Promise((wait) => setTimeout(wait, 5))
}

// What Java's own HTTP client sends first without TLS.
const offer = 'connection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\nhttp2-settings: AAEAAEAAAAIAAAABAAMAAABk\r\n'
const post = (path: string, body: string, headers = offer) =>
  `POST ${path} HTTP/1.1\r\nhost: x\r\n${headers}content-length: ${body.length}\r\n\r\n${body}`

test('a request that offers h2c is answered in HTTP/1.1, with its body', async () => {
  client.write(post('/one', 'whole'))
  await until('answer 1')
  expect(received).toMatch(/^HTTP\/1.1 200 OK\r\n/)
  expect(got).toEqual([{ url: '/one', headers: { host: 'x', 'content-length': '5' }, body: 'whole' }])
})

test('a body that comes piece by piece, in chunks, is read to its end', async () => {
  client.write(`POST /two HTTP/1.1\r\nhost: x\r\n${offer}transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n`)
  await new Promise((wait) => setTimeout(wait, 30))
  client.write('4\r\ndefg\r\n0\r\n\r\n')
  await until('answer 1')
  expect(got[0]?.body).toBe('abcdefg')
})

test('the connection is kept, and further requests on it may offer the same again', async () => {
  const warnings: Error[] = []
  const note = (warning: Error) => warnings.push(warning)
  process.on('warning', note)
  for (let n = 1; n <= 100; n += 1) {
    client.write(post(`/${n}`, String(n), n % 2 === 1 ? offer : ''))
    await until(`answer ${n}`)
  }
  process.off('warning', note)
  expect(got.map(({ body }) => body)).toEqual(Array.from({ length: 100 }, (_, n) => String(n + 1)))
  expect(warnings).toEqual([])
})

test('one that is sent before the last was answered is answered after it', async () => {
  client.write(post('/slow', 'a', '') + post('/two', 'b'))
  await until('answer 2')
  expect(received.indexOf('answer 1')).toBeLessThan(received.indexOf('answer 2'))
  expect(got.map(({ body }) => body)).toEqual(['a', 'b'])
})

test('one that came before the last was answered may be held for longer than a connection stands idle', async () => {
  server.keepAliveTimeout = 100
  const cut = new Promise<string>((done) => client.once('close', () => done('cut')))
  client.write(post('/slow', 'a', '') + post('/held', 'b'))
  expect(await Promise.race([until('answer 2'), cut])).not.toBe('cut')
  expect(got.map(({ body }) => body)).toEqual(['a', 'b'])
})

test('all else that its headers say stays', async () => {
  client.write(post('/', '', `connection: close, upgrade\r\nupgrade: h2c\r\nx-empty: \r\nx-two: a\r\nx-two: b\r\n`))
  await new Promise((ended) => client.once('end', ended))
  expect(got[0]?.headers).toEqual({
    host: 'x',
    connection: 'close',
    'x-empty': '',
    'x-two': 'a, b',
    'content-length': '0',
  })
})

test('the connection ends with the server like any other, and a caller that leaves is noticed', async () => {
  let left: () => void
  const gone = new Promise<void>((done) => (left = done))
  server.removeAllListeners('request').on('request', (_req, res) => {
    res.once('close', left)
    res.write('begun ')
  })
  client.write(post('/', 'x'))
  await until('begun')
  client.destroy()
  await gone
  await closeHttpServer(server, 60_000)
})

test('an offer of a web socket is not ignored', async () => {
  client.write('GET / HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: WebSocket\r\n\r\n')
  await until('404')
  expect(got).toEqual([])
})
