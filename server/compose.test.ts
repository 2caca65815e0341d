import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compose, createStops } from './compose'
import { quiet, removeDir, startTestServer, type TestServer, tempDir, until } from './db/testing'
import { readEnv } from './env'
import { createHttpServer } from './http'
import type { Runtime } from './runtime'
import type { EntryDraft } from './types'

const publicUrl = 'http://sallyport.test'
const secrets = { OIDC_CLIENT_SECRET: 'a-client-secret', SALLYPORT_KEY: 'a-key-of-more-than-thirty-two-bytes' }

let database: TestServer
let dataDir: string
let runtime: Runtime
let server: Server
const stops = createStops(quiet)

// Configured, on a PostgreSQL that is stopped and started under it.
beforeAll(async () => {
  dataDir = tempDir()
  database = await startTestServer()
  const env = readEnv({
    PUBLIC_URL: publicUrl,
    OIDC_ISSUER: 'http://127.0.0.1:1/issuer',
    OIDC_CLIENT_ID: 'sallyport',
    DATABASE_URL: database.serverUrl,
    DATABASE_ADMIN_URL: database.adminUrl,
    DATA_DIR: dataDir,
    ...secrets,
  })
  ;({ runtime } = await compose(env, quiet, stops))
  const page = async (_req: unknown, res: { end(text: string): void }) => res.end('a page')
  server = createHttpServer({ runtime, issuer: null, page: page as never, pageUpgrade: null, fast: true })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  runtime.started = true
})
afterAll(async () => {
  server.close()
  await stops.all()
  await database.stop()
  removeDir(dataDir)
})

type Asked = { path: string; host?: string; headers?: Record<string, string> }
type Got = { status: number; headers: Record<string, unknown>; text: string }

/** With a Host of one's own, which fetch does not allow. */
function get({ path, host = 'sallyport.test', headers = {} }: Asked): Promise<Got> {
  const { port } = server.address() as AddressInfo
  return new Promise((done, fail) => {
    const asked = request({ host: '127.0.0.1', port, path, headers: { host, ...headers } }, (res) => {
      let text = ''
      res.on('data', (chunk) => {
        text += chunk
      })
      res.on('end', () => done({ status: res.statusCode ?? 0, headers: res.headers, text }))
    })
    asked.on('upgrade', (res, socket) => {
      socket.destroy()
      done({ status: res.statusCode ?? 0, headers: res.headers, text: '' })
    })
    asked.on('error', fail)
    asked.end()
  })
}

const upgrade = { connection: 'Upgrade', upgrade: 'websocket' }

test('nobody is sent here before everything has started', async () => {
  runtime.started = false
  expect(await get({ path: '/readyz' })).toMatchObject({ status: 503, text: expect.stringContaining('still starting') })
  runtime.started = true
  expect((await get({ path: '/readyz' })).status).toBe(200)
})

describe('every request', () => {
  const doors: [what: string, asked: Asked, status: number, text: RegExp][] = [
    ['healthz says that the process lives', { path: '/healthz' }, 200, /ok/],
    ['readyz says that it can serve', { path: '/readyz' }, 200, /ok/],
    ['metrics are for Prometheus', { path: '/metrics' }, 200, /sallyport_calls_total/],
    ['a path of nobody else is a page', { path: '/sessions?x=1' }, 200, /^a page$/],
    ['a path that only begins like another is a page', { path: '/healthz/x' }, 200, /^a page$/],
    ['a call without a token is refused by the gateway', { path: '/mcp/shop' }, 401, /token/],
    ['metadata tells clients whom to ask', { path: '/.well-known/oauth-protected-resource' }, 200, /issuer/],
    ['local people do not exist here', { path: '/local/auth' }, 200, /^a page$/],
    ['another Host is refused', { path: '/sessions', host: 'evil.test' }, 403, /evil/],
    ['another Host is refused at the gateway', { path: '/mcp/shop', host: 'evil.test' }, 403, /evil/],
    ['another Host is refused an upgrade', { path: '/agents/connect', host: 'evil.test', headers: upgrade }, 403, /^$/],
    ['an upgrade of nobody is refused', { path: '/other', headers: upgrade }, 404, /^$/],
  ]
  for (const [what, asked, status, text] of doors)
    test(`goes to its door: ${what}`, async () => {
      const got = await get(asked)
      expect([got.status, got.text]).toEqual([status, expect.stringMatching(text)])
    })

  test('for a page gets the headers that keep it from being framed; a call does not pay for them', async () => {
    expect((await get({ path: '/' })).headers['content-security-policy']).toContain("frame-ancestors 'none'")
    expect((await get({ path: '/mcp/shop' })).headers).not.toHaveProperty('content-security-policy')
  })

  test('for metrics is answered without a secret', async () => {
    const { text } = await get({ path: '/metrics' })
    for (const secret of [...Object.values(secrets), new URL(database.serverUrl).password])
      expect(text).not.toContain(secret)
  })
})

describe('without its database', () => {
  test('the process stays up, says so, writes nothing, and goes on when it is back', async () => {
    await database.halt()
    await until(async () => (await get({ path: '/readyz' })).status === 503)
    expect((await get({ path: '/readyz' })).text).toContain('the database does not answer')
    expect((await get({ path: '/healthz' })).status).toBe(200)
    await expect(runtime.writer.append(entry())).rejects.toThrow()
    await database.resume()
    await until(async () => (await get({ path: '/readyz' })).status === 200)
    await until(() =>
      runtime.writer.append(entry()).then(
        () => true,
        () => false,
      ),
    )
  })
})

function entry(): EntryDraft {
  return {
    id: randomUUID(),
    kind: 'refusal',
    at: new Date().toISOString(),
    sessionId: null,
    callId: null,
    principalId: 'p',
    principal: 'p',
    client: '',
    connectionId: null,
    connection: 'shop',
    action: '',
    resource: '',
    outcome: 'refused',
    policyVersion: 0,
    masked: 0,
    body: '{}',
  }
}

describe('a configured instance', () => {
  test('needs no data folder and starts no database', async () => {
    expect(readdirSync(dataDir)).toEqual([])
  })

  test('is known to the others until it stops', async () => {
    const { rows } = await runtime.pool.query('select url from instances where id = $1', [runtime.instanceId])
    expect(rows).toEqual([{ url: publicUrl }])
  })
})
