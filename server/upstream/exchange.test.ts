import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { LiveConnection } from '../connections/current'
import { type Runtime, setRuntime } from '../runtime'
import { exchange } from './exchange'
import { reach } from './reach'

const paths: string[] = []
const server = createServer((request, response) => {
  paths.push(request.url ?? '')
  const location = new URL(request.url ?? '', 'http://x').searchParams.get('to')
  if (location === null) response.end('ok')
  else response.writeHead(307, { location }).end()
})
let origin = ''

beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  setRuntime({ env: { local: true, upstreamPrivateRanges: [] } } as unknown as Runtime)
})
afterAll(() => new Promise((done) => server.close(done)))

const to = (url: string) =>
  ({
    id: 'c',
    transport: 'http',
    url,
    broken: null,
    credentialHeaders: { authorization: 'Bearer own' },
  }) as unknown as LiveConnection
const post = { method: 'POST', headers: {}, body: '{}', whenCancelled: null, session: 's', personId: null } as const

test('a redirect is not followed, so that no credential goes where nobody checked', async () => {
  for (const target of [`${origin}/elsewhere`, 'http://169.254.169.254/', 'http://10.0.0.1/']) {
    paths.length = 0
    const url = `${origin}/mcp?to=${encodeURIComponent(target)}`
    const response = await exchange(to(url), post)
    response.discard()
    expect(response.status).toBe(307)
    expect((await reach(to(url))({ method: 'POST', body: '{}' })).status).toBe(307)
    expect(paths).toEqual([`/mcp?to=${encodeURIComponent(target)}`, `/mcp?to=${encodeURIComponent(target)}`])
  }
})

describe('what was written into the database past the form is not dialled either', () => {
  const hosts = [
    '169.254.169.254',
    '2852039166',
    '0xa9.254.0251.254',
    '[::ffff:169.254.169.254]',
    '10.0.0.1',
    '[fd00::1]',
  ]
  for (const host of hosts)
    test(host, async () => {
      await expect(exchange(to(`http://${host}/mcp`), post)).rejects.toMatchObject({ code: 'forbidden-address' })
      await expect(reach(to(`http://${host}/mcp`))()).rejects.toMatchObject({ code: 'forbidden-address' })
    })
})
