import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { consoleSession, localAccessToken } from '../server/local/sign-in'
import { allowing, createConnection, publish } from './support/admin'
import { startAgent } from './support/agent'
import { connectV2 } from './support/clients'
import { superuser } from './support/database'
import { callBody, raw } from './support/raw'
import { type Sallyport, startSallyport, until } from './support/sallyport'
import { misbehaving } from './support/upstreams'

const running: Sallyport[] = []
test.afterEach(async () => {
  for (const one of running.splice(0)) await one.kill()
})

async function started(options: Parameters<typeof startSallyport>[0] = {}): Promise<Sallyport> {
  const one = await startSallyport(options)
  running.push(one)
  return one
}

const postmasterFile = ({ dataDir }: Sallyport) => join(dataDir, 'postgres/data/postmaster.pid')

/** Entries in the record, counted as a superuser of the database while it runs. */
async function entries(sallyport: Sallyport, where: string): Promise<number> {
  const client = superuser(sallyport)
  const { rows } = await client.query(`select count(*)::int as n from entries where ${where}`)
  await client.end()
  return rows[0].n
}

async function call({ url }: Sallyport): Promise<void> {
  const client = await connectV2(`${url}/mcp/shop`, await localAccessToken(url, 'alice'), 'modern')
  expect((await client.call('list_orders', { limit: 1 })).isError).toBe(false)
  await client.close()
}

const childrenOf = (pid: number): number[] =>
  execFileSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' })
    .trim()
    .split(/\s+/)
    .map(Number)

const exists = (pid: number): boolean => existsSync(`/proc/${pid}`)

test('Ctrl-C stops it and every child, and the next start has everything', async () => {
  const first = await started()
  await call(first)
  const children = childrenOf(first.pid)
  expect(children.length).toBeGreaterThanOrEqual(2)
  expect(await first.stop()).toBe(0)
  expect(first.output()).not.toContain('could not be stopped')
  await until(() => !children.some(exists), 5000)
  expect(existsSync(postmasterFile(first))).toBe(false)
  expect(existsSync(join(first.dataDir, 'lock'))).toBe(false)
  const second = await started({ dataDir: first.dataDir, port: first.port })
  expect(await entries(second, "kind = 'call' and action = 'tools/call'")).toBe(1)
})

test('Ctrl-C does not wait for agents elsewhere: they lose their line and dial again', async () => {
  const sallyport = await started()
  const agent = await startAgent(sallyport.url, await consoleSession(sallyport.url, 'carol'), 'office', [])
  const asked = Date.now()
  expect(await sallyport.stop()).toBe(0)
  expect(Date.now() - asked).toBeLessThan(10_000)
  expect(existsSync(postmasterFile(sallyport))).toBe(false)
  agent.stop()
})

test('after kill -9 the next start recovers by itself, and nothing is lost', async () => {
  const first = await started()
  const bob = await consoleSession(first.url, 'bob')
  await call(first)
  const before = await entries(first, 'true')
  await first.kill()
  const second = await started({ dataDir: first.dataDir, port: first.port })
  expect(await entries(second, 'true')).toBeGreaterThanOrEqual(before)
  expect((await bob.fetch('/api/reviews')).status).toBe(200)
  await call(second)
  expect(await entries(second, "kind = 'call' and action = 'tools/call'")).toBe(2)
})

test('a call that was open at kill -9 is closed as unknown, and never runs again', async () => {
  const target = await misbehaving(() => {})
  const first = await started()
  const carol = await consoleSession(first.url, 'carol')
  await createConnection(carol, 'silent', target.url)
  await publish(carol, 'One that never answers', allowing('silent', ['silent']))
  const token = await localAccessToken(first.url, 'alice')
  const answer = raw(`${first.url}/mcp/silent`, { token, body: callBody('burn', {}) }).then(
    () => 'answered',
    () => 'broke off',
  )
  await until(() => target.effects.length === 1, 10_000)
  await first.kill()
  expect(await answer).toBe('broke off')
  const second = await started({ dataDir: first.dataDir, port: first.port })
  const closing = `kind = 'reply' and call_id in (select id from entries where kind = 'call' and connection = 'silent')`
  expect(await entries(second, closing)).toBe(1)
  expect(await entries(second, `${closing} and outcome = 'unknown'`)).toBe(1)
  expect(target.effects).toHaveLength(1)
  await target.close()
})

test('while it lives, another on its data folder is refused and says who holds it', async () => {
  const first = await started()
  await expect(startSallyport({ dataDir: first.dataDir })).rejects.toThrow(`another Sallyport (pid ${first.pid}`)
  await call(first)
})

test('a port that is taken is named, and nothing stays behind', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  await expect(startSallyport({ port })).rejects.toThrow(`port ${port} is taken; set PORT to another`)
  other.close()
})

test('settings that cannot work are all named at once', async () => {
  const env = { OIDC_ISSUER: 'https://issuer.test', DATABASE_URL: 'postgresql://a@127.0.0.1/b', PORT: '3000' }
  const said = await startSallyport({ env }).then(
    () => '',
    (error: Error) => error.message,
  )
  for (const name of ['PUBLIC_URL', 'OIDC_CLIENT_ID', 'DATABASE_ADMIN_URL', 'SALLYPORT_KEY'])
    expect(said).toContain(name)
})

test('a second Ctrl-C does not wait for calls that are held, and still leaves no database behind', async () => {
  const one = await started()
  const client = await connectV2(`${one.url}/mcp/shop`, await localAccessToken(one.url, 'alice'), 'modern')
  let held = false
  client
    .call('refund_order', { order_id: 5001, amount: 60, reason: 'test' }, { onprogress: () => (held = true) })
    .catch(() => {})
  await until(() => held, 10_000)
  const children = childrenOf(one.pid)
  process.kill(one.pid, 'SIGINT')
  // npm passes on what the terminal already sent to everybody; only a later one is somebody's second.
  await new Promise((wait) => setTimeout(wait, 1500))
  expect(await one.stop()).toBe(130)
  await until(() => !children.some(exists), 10_000)
})
