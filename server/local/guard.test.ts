import { createServer, request as send } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkHost } from './guard'

type Place = { local: boolean; publicUrl: string }
const local: Place = { local: true, publicUrl: 'http://localhost:3000' }
const configured: Place = { local: false, publicUrl: 'https://sallyport.example' }
const onPort: Place = { local: false, publicUrl: 'http://gate.example:8080' }

const get = (host: string, more: Record<string, string> = {}, url = '/reviews') => ({ url, headers: { host, ...more } })
const call = (host: string, origin?: string) => get(host, origin === undefined ? {} : { origin }, '/mcp/shop?session=1')

const table: [guarantee: string, req: Parameters<typeof checkHost>[0], place: Place, status: number | null][] = [
  ['local mode answers to localhost', get('localhost:3000'), local, null],
  ['local mode answers to 127.0.0.1', get('127.0.0.1:3000'), local, null],
  ['local mode answers to ::1', get('[::1]:3000'), local, null],
  ['local mode does not mind the port', get('LOCALHOST:9'), local, null],
  ['local mode answers without a port', get('localhost'), local, null],
  ['a rebound name is refused', get('evil.example:3000'), local, 403],
  ['a name that starts like loopback is refused', get('localhost.evil.example'), local, 403],
  ['a name that ends like loopback is refused', get('evil.localhost:3000'), local, 403],
  ['user info in the Host is refused', get('localhost@evil.example'), local, 403],
  ['the machine in its network is refused', get('192.168.1.10:3000'), local, 403],
  ['another loopback address is refused', get('127.0.0.2:3000'), local, 403],
  ['a trailing dot is refused', get('localhost.:3000'), local, 403],
  ['no Host is refused', { url: '/', headers: {} }, local, 403],
  ['Forwarded is refused in local mode', get('localhost:3000', { forwarded: 'for=1.2.3.4' }), local, 403],
  ['X-Forwarded-For is refused in local mode', get('localhost:3000', { 'x-forwarded-for': '1.2.3.4' }), local, 403],
  ['X-Forwarded-Host is refused in local mode', get('localhost:3000', { 'x-forwarded-host': 'x' }), local, 403],
  ['any X-Forwarded-* is refused in local mode', get('localhost:3000', { 'x-forwarded-anything': '' }), local, 403],
  ['health is no way around it in local mode', get('evil.example', {}, '/healthz'), local, 403],
  ['a whole address as target is refused', get('localhost:3000', {}, 'http://evil.example/'), local, 400],
  ['a path that walks to the endpoint is refused', get('localhost:3000', {}, '/x/../mcp/shop'), local, 400],
  ['a path that stays where it is and walks on is refused', get('localhost:3000', {}, '/./mcp/shop'), local, 400],
  ['dots may be written otherwise, and are refused', get('sallyport.example', {}, '/%2E./%2e/mcp'), configured, 400],
  ['a path that ends with its parent is refused', get('localhost:3000', {}, '/mcp/..?x=1'), local, 400],
  ['a backslash is refused', get('localhost:3000', {}, '/\\evil.example'), local, 400],
  ['dots in a name are no walk', get('localhost:3000', {}, '/.well-known/x..y/...?next=/../\\'), local, null],
  ['an asterisk as target is refused', get('localhost:3000', {}, '*'), local, 400],
  ['configured, the public name is served', get('sallyport.example'), configured, null],
  ['configured, its default port may be written', get('Sallyport.example:443'), configured, null],
  ['configured, another port is refused', get('sallyport.example:8443'), configured, 403],
  ['configured, a port that belongs to the address is asked for', get('gate.example'), onPort, 403],
  ['configured, that port is served', get('gate.example:8080'), onPort, null],
  ['configured, localhost is another name', get('localhost:3000'), configured, 403],
  [
    'configured, a proxy may say for whom it asks',
    get('sallyport.example', { 'x-forwarded-for': '1' }),
    configured,
    null,
  ],
  [
    'configured, X-Forwarded-Host changes nothing',
    get('a.example', { 'x-forwarded-host': 'sallyport.example' }),
    configured,
    403,
  ],
  ['configured, health answers by address', get('10.0.0.7:3000', {}, '/readyz?x=1'), configured, null],
  ['configured, metrics answer by address', get('10.0.0.7:3000', {}, '/metrics'), configured, null],
  ['configured, health by address is a path, not a prefix', get('10.0.0.7', {}, '/healthz/../mcp'), configured, 403],
  ['a client without Origin may call', call('localhost:3000'), local, null],
  ['our own page may call', call('sallyport.example', 'https://sallyport.example'), configured, null],
  ['our own page may call under each loopback name', call('127.0.0.1:3000', 'http://127.0.0.1:3000'), local, null],
  ['a page of another site may not call', call('sallyport.example', 'https://evil.example'), configured, 403],
  ['a page of another port may not call', call('localhost:3000', 'http://localhost:3001'), local, 403],
  ['a page of another scheme may not call', call('sallyport.example', 'http://sallyport.example'), configured, 403],
  ['a page without an origin may not call', call('localhost:3000', 'null'), local, 403],
  ['a page with an empty origin may not call', call('localhost:3000', ''), local, 403],
]

describe('checkHost', () => {
  for (const [guarantee, req, place, status] of table)
    test(guarantee, () => expect(checkHost(req, place)?.status ?? null).toBe(status))
})

describe('as node:http reads the wire', () => {
  const server = createServer((req, res) => {
    const refusal = checkHost(req, local)
    res.writeHead(refusal?.status ?? 200).end(refusal?.message)
  })
  beforeAll(() => new Promise<void>((done) => server.listen(0, '127.0.0.1', done)))
  afterAll(() => new Promise((done) => server.close(done)))

  const ask = (headers: Record<string, string>, path = '/') =>
    new Promise<number>((done, fail) => {
      const { port } = server.address() as AddressInfo
      send({ port, host: '127.0.0.1', path, headers, setHost: false }, (res) => {
        res.resume()
        done(res.statusCode ?? 0)
      })
        .once('error', fail)
        .end()
    })

  test('header names in any case are found', async () =>
    expect(await ask({ Host: 'localhost', 'X-FORWARDED-Proto': 'https' })).toBe(403))
  test('a plain request is served', async () => expect(await ask({ Host: 'localhost:1' })).toBe(200))
})
