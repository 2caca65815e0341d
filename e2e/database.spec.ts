import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { asRole, startTestServer, type TestServer } from '../server/db/testing'
import { consoleSession, localAccessToken } from '../server/local/sign-in'
import { allowing, createConnection, publish } from './support/admin'
import { npmRun } from './support/command'
import { signIn } from './support/fixtures'
import { callBody, type RawAnswer, raw } from './support/raw'
import { type Sallyport, startSallyport, until } from './support/sallyport'
import { misbehaving, type Upstream } from './support/upstreams'

let database: TestServer
let sallyport: Sallyport
let target: Upstream
let alice: string
let release: () => void = () => {}

const key = randomBytes(32).toString('base64')
const environment = () => ({
  DATABASE_URL: database.serverUrl,
  DATABASE_ADMIN_URL: database.adminUrl,
  SALLYPORT_KEY: key,
})

// Local people, and a PostgreSQL that is not ours to start or stop.
test.beforeAll(async () => {
  database = await startTestServer()
  sallyport = await startSallyport({ env: environment() })
  target = await misbehaving(async (response, { id, params }) => {
    if (params?.name === 'wait')
      await new Promise<void>((done) => {
        release = done
      })
    const result = { content: [{ type: 'text', text: 'the-answer-of-the-target' }] }
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ jsonrpc: '2.0', id, result }))
  })
  const carol = await consoleSession(sallyport.url, 'carol')
  await createConnection(carol, 'target', target.url)
  await publish(carol, 'A target', allowing('target', ['target']))
  alice = await localAccessToken(sallyport.url, 'alice')
})
test.afterAll(async () => {
  await sallyport?.stop()
  await target?.close()
  await database?.stop()
})

const ask = (tool: string): Promise<RawAnswer> =>
  raw(`${sallyport.url}/mcp/target`, { token: alice, body: callBody(tool, {}) })
const status = async (path: string): Promise<number> => (await fetch(`${sallyport.url}${path}`)).status
const ran = (tool: string): number => target.effects.filter((effect) => effect.tool === tool).length

test('promise 6: without its database nothing is called, everybody reads why, and it goes on when it is back', async ({
  browser,
}) => {
  expect((await ask('before')).text).toContain('the-answer-of-the-target')
  const context = await browser.newContext({ baseURL: sallyport.url })
  const page = await context.newPage()
  await signIn(page, 'alice')
  const open = await context.newPage()
  await open.goto('/connections')
  const waiting = ask('wait')
  await until(() => ran('wait') === 1, 10_000)

  await database.halt()
  release()
  const late = await waiting
  expect(late.text).toContain('this ran, but its answer could not be recorded and was withheld')
  expect(late.text).not.toContain('the-answer-of-the-target')

  const answers = await Promise.all(Array.from({ length: 10 }, () => ask('during')))
  for (const answer of answers)
    expect(answer.text).toMatch(/could not be recorded and was refused|cannot serve this now/)
  expect(ran('during')).toBe(0)
  expect(await status('/healthz')).toBe(200)
  await until(async () => (await status('/readyz')) === 503, 10_000)
  const api = await fetch(`${sallyport.url}/api/policy`, {
    headers: { authorization: `Bearer ${alice}` },
  })
  expect([401, 503]).toContain(api.status)
  // What changes meanwhile makes no page anew that is open: it would be gone, with what somebody writes in it.
  await open.evaluate(() => window.dispatchEvent(new CustomEvent('sallyport', { detail: 'connections' })))
  await open.waitForTimeout(1000)
  await expect(open.getByRole('heading', { name: 'Connections', exact: true })).toBeVisible()
  await open.getByRole('link', { name: 'Grants', exact: true }).first().click()
  await expect(open.getByText('the page comes back by itself')).toBeVisible()
  await page.goto('/sessions')
  await expect(page.getByRole('heading', { name: 'The console cannot be shown now' })).toBeVisible()
  // Next would print the statement that failed with its values.
  expect(sallyport.output()).not.toContain('params')

  await database.resume()
  await until(async () => (await status('/readyz')) === 200, 30_000)
  await until(async () => (await ask('after')).text.includes('the-answer-of-the-target'), 30_000)
  expect(ran('during')).toBe(0)
  // By itself: nobody has to sit and try.
  await expect(page.getByRole('heading', { name: 'Sessions' })).toBeVisible()
  await expect(open.getByRole('heading', { name: 'Grants' })).toBeVisible()
  await context.close()
  const carol = await consoleSession(sallyport.url, 'carol')
  await publish(carol, 'Published after the database was away', (document) => ({ ...document, roles: [] }))
  await until(async () => (await ask('after')).status === 404, 10_000)
})

test('a call whose answer could not be recorded is closed as withheld once the database is back, and the record holds', async () => {
  expect(await sallyport.stop()).toBe(0)
  sallyport = await startSallyport({ dataDir: sallyport.dataDir, port: sallyport.port, env: environment() })
  const { rows } = await asRole(
    database.adminUrl,
    `select c.resource, r.outcome from entries c left join entries r on r.call_id = c.id and r.kind = 'reply'
     where c.kind = 'call' and c.connection = 'target' order by c.at`,
  )
  expect(rows[0]).toEqual({ resource: 'before', outcome: 'ok' })
  expect(rows[1]).toEqual({ resource: 'wait', outcome: 'withheld' })
  for (const row of rows.slice(2)) expect(row).toEqual({ resource: 'after', outcome: 'ok' })
  expect(ran('wait')).toBe(1)
  const file = join(sallyport.dataDir, 'export.jsonl')
  expect((await npmRun('export-log', [file], { PORT: String(sallyport.port) })).code).toBe(0)
  expect((await npmRun('verify-log', [file])).stdout).toContain('the record holds')
})
