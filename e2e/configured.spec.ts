import { readdirSync } from 'node:fs'
import { expect, test } from '@playwright/test'
import { configured } from '../server/configured.testing'
import { startTestServer, type TestServer } from '../server/db/testing'
import { freePort } from '../server/free-port'
import { type ConsoleSession, consoleSession } from '../server/local/sign-in'
import { type IssuerProcess, startIssuerProcess } from '../server/oauth/issuer-process.testing'
import { createConnection, publish } from './support/admin'
import { connectV1, connectV2 } from './support/clients'
import { callBody, raw } from './support/raw'
import { type Sallyport, startSallyport, until } from './support/sallyport'
import { counting, type Upstream } from './support/upstreams'

const audience = 'https://gateway.test/mcp'
let database: TestServer
let issuer: IssuerProcess
let sallyport: Sallyport
let target: Upstream
let mcp: string

// As a team runs it: its own issuer, its own PostgreSQL with two roles, one key.
test.beforeAll(async () => {
  const port = await freePort()
  const url = `http://localhost:${port}`
  ;[database, issuer, target] = await Promise.all([startTestServer(), startIssuerProcess(url), counting()])
  sallyport = await startSallyport({
    port,
    env: {
      ...configured({ publicUrl: url, issuer: issuer.url, audience, database }),
      ADMIN_GROUPS: 'admins',
      AUDITOR_GROUPS: 'auditors',
    },
  })
  mcp = `${url}/mcp/tools`
})
test.afterAll(async () => {
  await sallyport?.stop()
  await target?.close()
  await issuer?.stop()
  await database?.stop()
})

const console = (person: string): Promise<ConsoleSession> => consoleSession(sallyport.url, person)
const tokenOf = (person: string): Promise<string> => issuer.accessToken(audience, person)

test('nothing of local mode is there: no local people, no demo, no policy', async () => {
  for (const path of ['/local', '/local/auth', '/local/.well-known/openid-configuration', '/local/token'])
    expect((await fetch(`${sallyport.url}${path}`, { redirect: 'manual' })).status, path).toBe(404)
  const body = callBody('list_orders', {})
  expect((await raw(`${sallyport.url}/mcp/shop`, { token: await tokenOf('alice'), body })).status).toBe(404)
  const carol = await console('carol')
  expect(await (await carol.fetch('/api/policy')).json()).toMatchObject({ number: 0 })
  expect(sallyport.output()).not.toContain('alice')
})

test('promise 1: before a rule says so, a new connection is not there for anybody', async () => {
  await createConnection(await console('carol'), 'tools', target.url, { authorization: 'Bearer of-the-gateway' })
  const answer = await raw(mcp, { token: await tokenOf('alice'), body: callBody('read', {}) })
  expect(answer.status).toBe(404)
  expect(target.effects).toHaveLength(0)
})

test("a client calls with the issuer's token, is asked for, approved in the console, and runs once", async () => {
  const members = [{ claim: 'groups', value: 'support' }]
  const approvers = [{ claim: 'groups', value: 'support-leads' }]
  await publish(await console('carol'), 'The first policy', () => ({
    roles: [
      {
        name: 'support',
        members,
        rules: [
          { id: 'read', effect: 'allow', connections: ['tools'], resources: ['read'] },
          { id: 'write', effect: 'review', connections: ['tools'], resources: ['write'], review: { approvers } },
        ],
      },
    ],
  }))
  const client = await connectV2(mcp, await tokenOf('alice'), 'modern')
  expect((await client.tools()).sort()).toEqual(['read', 'write'])
  expect((await client.call('read', { note: 'x' })).text).toBe('read x')
  let link = ''
  const onprogress = (message: string) => (link ||= /\/reviews\/([0-9a-f-]+)/.exec(message)?.[1] ?? '')
  const held = client.call('write', { note: 'y' }, { onprogress })
  await until(() => link !== '', 10_000)
  expect(target.effects.map(({ tool }) => tool)).toEqual(['read'])
  const vote = { method: 'POST', body: JSON.stringify({ verdict: 'approve' }) }
  expect((await (await console('alice')).fetch(`/api/reviews/${link}/votes`, vote)).status).toBe(403)
  expect((await (await console('bob')).fetch(`/api/reviews/${link}/votes`, vote)).status).toBe(200)
  expect((await held).text).toBe('wrote y')
  expect(target.effects.map(({ tool }) => tool)).toEqual(['read', 'write'])
  await client.close()
  const old = await connectV1(mcp, await tokenOf('alice'))
  expect((await old.call('read', { note: 'z' })).text).toBe('read z')
  await old.close()
})

test('promise 8: a token that is not for the gateway is refused, and the answer says where to get one', async () => {
  const now = Math.floor(Date.now() / 1000)
  const wrong: [why: string, token: string][] = [
    ['another audience', await issuer.accessToken('https://another.test', 'alice')],
    ['the audience of the console client, as an ID token has it', await issuer.accessToken('console', 'alice')],
    ['over', await issuer.accessToken(audience, 'alice', { exp: now - 120 })],
    ['not yet', await issuer.accessToken(audience, 'alice', { nbf: now + 600 })],
    ['another issuer', await issuer.accessToken(audience, 'alice', { iss: 'https://another.test' })],
    ['of the API', await issuer.accessToken(`${sallyport.url}/api`, 'alice')],
  ]
  for (const [why, token] of wrong) {
    const answer = await raw(mcp, { token, body: callBody('read', {}) })
    expect(answer.status, why).toBe(401)
    expect(answer.headers['www-authenticate'], why).toContain('resource_metadata=')
  }
  const metadata = await fetch(`${sallyport.url}/.well-known/oauth-protected-resource/mcp/tools`)
  expect(await metadata.json()).toMatchObject({ authorization_servers: [issuer.url], resource: mcp })
})

test('powers come from groups: nobody but an admin publishes, nobody but an auditor exports', async () => {
  for (const person of ['alice', 'bob', 'dave', 'erin']) {
    const session = await console(person)
    const body = JSON.stringify({ document: { roles: [] }, message: 'mine now', basedOn: null })
    expect((await session.fetch('/api/policy', { method: 'PUT', body })).status, person).toBe(403)
    expect((await session.fetch('/api/export')).status, person).toBe(person === 'dave' ? 200 : 403)
  }
  const forged = { headers: { authorization: `Bearer ${await tokenOf('carol')}` } }
  expect((await fetch(`${sallyport.url}/api/connections`, forged)).status).toBe(401)
})

test('it starts no database and keeps nothing in a data folder', () => {
  expect(readdirSync(sallyport.dataDir)).toEqual([])
})
