import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { stringify } from 'yaml'
import { freePort } from '../server/free-port'
import { customers } from '../server/local/shop/data'
import { consoleSession, localAccessToken } from '../server/local/sign-in'
import { buildAgent } from '../server/tunnel/build-agent'
import { allowing, publish } from './support/admin'
import { connectInspector, connectRemote, connectV1, connectV2, type McpClient } from './support/clients'
import { dump, superuser } from './support/database'
import { installDbhub } from './support/dbhub'
import { expect, test } from './support/fixtures'
import { type Sallyport, startSallyport, until } from './support/sallyport'

test('promise 8: the shop’s database password is with the agent, and nowhere in the gateway', async ({
  sallyport,
  token,
}) => {
  const client = await connectV2(`${sallyport.url}/mcp/shop`, await token('alice'), 'modern')
  expect((await client.call('list_orders', { limit: 1 })).isError).toBe(false)
  await client.close()
  const { password } = new URL(readFileSync(join(sallyport.dataDir, 'agent/shop-database'), 'utf8'))
  expect(password.length).toBeGreaterThan(20)
  expect(readFileSync(`/proc/${sallyport.pid}/environ`, 'utf8')).not.toContain(password)
  expect(sallyport.output()).not.toContain(password)
  const database = superuser(sallyport)
  expect(await dump(database)).not.toContain(password)
  await database.end()
})

test.describe('behind an agent of one’s own', () => {
  const bin = (name: string) => resolve(import.meta.dirname, '../node_modules/.bin', name)
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-agent-'))
  const files = mkdtempSync(join(tmpdir(), 'sallyport-files-'))
  // Its own, so that what it publishes is nobody else's policy.
  let own: Sallyport
  let agent: ChildProcess
  let start: () => void
  let online: () => Promise<void>
  let remote: ChildProcess

  // What the agent starts; dbhub joins them once it is installed.
  const small = resolve('server/tunnel/agent/server.testing.mjs')
  const targets: Record<string, { command: string[]; env?: object; maxProcesses?: number }> = {
    everything: { command: [bin('mcp-server-everything'), 'stdio'] },
    files: { command: [bin('mcp-server-filesystem'), files] },
    old: { command: [process.execPath, small, '--revision=2024-11-05'] },
    few: { command: [process.execPath, small], maxProcesses: 4 },
    memory: { command: [bin('mcp-server-memory')], env: { MEMORY_FILE_PATH: join(files, 'memory.jsonl') } },
  }

  /** As an operator does it: a token from the console, the program, and its own config. */
  async function enrol(oneTimeToken: string): Promise<void> {
    const program = await buildAgent(join(folder, 'agent.cjs'))
    targets.dbhub = {
      command: [process.execPath, await installDbhub(), '--transport', 'stdio'],
      env: { DSN: { file: 'dsn' } },
    }
    const shop = readFileSync(join(own.dataDir, 'agent/shop-database'), 'utf8')
    writeFileSync(join(folder, 'dsn'), `${shop}?sslmode=disable`, { mode: 0o600 })
    const port = String(await freePort())
    remote = spawn(bin('mcp-server-everything'), ['streamableHttp'], {
      env: { ...process.env, PORT: port },
      stdio: 'ignore',
    })
    const list = [
      ...Object.entries(targets).map(([name, target]) => ({ name, type: 'stdio', ...target })),
      { name: 'remote', type: 'http', url: `http://127.0.0.1:${port}/mcp` },
    ]
    writeFileSync(join(folder, 'agent.yaml'), stringify({ targets: list }))
    writeFileSync(join(files, 'note.txt'), 'write to ada.almeida@example.com')
    const enrolling = spawn(process.execPath, [program, 'enrol', own.url, oneTimeToken], { cwd: folder })
    expect(await once(enrolling, 'exit')).toEqual([0, null])
    start = () => {
      agent = spawn(process.execPath, [program, 'run'], { cwd: folder, stdio: 'ignore' })
    }
    start()
  }

  test.beforeAll(async () => {
    own = await startSallyport()
    const carol = await consoleSession(own.url, 'carol')
    const ask = async (path: string, body?: object) => {
      const response = await carol.fetch(path, body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) })
      if (!response.ok) throw new Error(`${path}: HTTP ${response.status}: ${await response.text()}`)
      return response.json()
    }
    const { token: oneTimeToken } = (await ask('/api/agents', { name: 'warehouse' })) as { token: string }
    await enrol(oneTimeToken)
    online = () =>
      until(async () => {
        const agents = (await ask('/api/agents')) as { name: string; online: boolean }[]
        return agents.some((one) => one.name === 'warehouse' && one.online)
      }, 20_000)
    await online()
    const names = [...Object.keys(targets), 'remote']
    const sql = [{ tool: 'execute_sql', argument: 'sql', dialect: 'postgres' }]
    for (const target of names) {
      const known = target === 'dbhub' ? { sql } : {}
      await ask('/api/connections', { name: target, transport: 'agent', agent: 'warehouse', target, ...known })
    }
    await publish(carol, 'The warehouse', (document) => {
      const reads = { id: 'reads', effect: 'allow', connections: ['dbhub'], when: 'sql.readOnly' }
      const members = [{ claim: 'groups', value: 'support' }]
      const open = allowing(
        'warehouse',
        names.filter((name) => name !== 'dbhub'),
      )(document) as typeof document
      const few = { id: 'few', effect: 'allow', connections: ['few'] }
      const auditor = { name: 'auditor', members: [{ claim: 'groups', value: 'auditors' }], rules: [few] }
      return { ...open, roles: [...open.roles, { name: 'reader', members, rules: [reads] }, auditor] }
    })
  })

  test.afterAll(async () => {
    agent?.kill()
    remote?.kill()
    await own.stop()
  })

  const clients: [name: string, connect: (url: string, token: string) => Promise<McpClient>][] = [
    ['SDK v1', connectV1],
    ['SDK v2', (url, token) => connectV2(url, token, 'legacy')],
    ['mcp-remote', (url, token) => connectRemote(url, token, 'legacy')],
    ['Inspector', async (url, token) => connectInspector(url, token)],
  ]

  for (const [name, connect] of clients)
    test(`${name} works with server-everything on stdio and over HTTP, server-filesystem, server-memory and dbhub`, async () => {
      const alice = await localAccessToken(own.url, 'alice')
      for (const connection of ['everything', 'remote']) {
        const everything = await connect(`${own.url}/mcp/${connection}`, alice)
        expect((await everything.tools()).length).toBeGreaterThan(5)
        expect((await everything.call('echo', { message: 'through the agent' })).text).toContain('through the agent')
        const heard: string[] = []
        const long = { duration: 1, steps: 2 }
        await everything.call('trigger-long-running-operation', long, { onprogress: (text) => heard.push(text) })
        // The Inspector's command line prints answers only.
        if (name !== 'Inspector') expect(heard.length, connection).toBeGreaterThan(0)
        await everything.close()
      }

      const filesystem = await connect(`${own.url}/mcp/files`, alice)
      expect((await filesystem.call('read_text_file', { path: join(files, 'note.txt') })).text).toContain('write to')
      const outside = await filesystem.call('read_text_file', { path: '/etc/passwd' })
      expect(outside.isError).toBe(true)
      await filesystem.close()

      const memory = await connect(`${own.url}/mcp/memory`, alice)
      const entities = [{ name, entityType: 'client', observations: ['called'] }]
      expect((await memory.call('create_entities', { entities })).isError).toBe(false)
      expect((await memory.call('read_graph', {})).text).toContain(name)
      await memory.close()

      const dbhub = await connect(`${own.url}/mcp/dbhub`, alice)
      const read = await dbhub.call('execute_sql', { sql: 'select name from customers order by id limit 1' })
      expect(read.text).toContain(customers[0]?.name)
      const written = await dbhub.call('execute_sql', { sql: 'delete from customers' })
      expect(written).toMatchObject({ isError: true, text: expect.stringContaining('access denied') })
      await dbhub.close()
    })

  // The Inspector lists the tools first, and this server has no list.
  for (const [name, connect] of clients.filter(([name]) => name !== 'Inspector'))
    test(`${name} works with a server that knows no revision after 2024-11-05`, async () => {
      const client = await connect(`${own.url}/mcp/old`, await localAccessToken(own.url, 'alice'))
      expect((await client.call('echo', { note: 'as in 2024' })).text).toBe('as in 2024')
      await client.close()
    })

  test('a person who opens session after session leaves places of a target for others', async () => {
    const [alice, dave] = [await localAccessToken(own.url, 'alice'), await localAccessToken(own.url, 'dave')]
    const open = async (token: string) => {
      const client = await connectV2(`${own.url}/mcp/few`, token, 'legacy')
      expect((await client.call('echo', { note: 'here' })).text).toBe('here')
      return client
    }
    const hers = [await open(alice), await open(alice), await open(alice)]
    await expect(open(alice)).rejects.toThrow('you have as many processes of this target as you may')
    const his = [await open(dave), await open(dave)]
    // Of who has most, the one that was used longest ago made room.
    expect((await hers[1]!.call('echo', { note: 'still here' })).text).toBe('still here')
    await expect(hers[0]!.call('echo', { note: 'gone' })).rejects.toThrow('this session has ended')
    for (const client of [...hers, ...his]) await client.close()
  })

  test('promise 6: an agent that dies in the middle of a call leaves a clear answer and an honest entry, and the next call works', async () => {
    const alice = await localAccessToken(own.url, 'alice')
    const client = await connectV2(`${own.url}/mcp/everything`, alice, 'legacy')
    let began = () => {}
    const beginning = new Promise<void>((resolve) => {
      began = resolve
    })
    const long = { duration: 60, steps: 60 }
    const answer = client.call('trigger-long-running-operation', long, { onprogress: () => began() })
    await beginning
    agent.kill('SIGKILL')
    expect(await answer).toMatchObject({ isError: true, text: expect.stringMatching(/agent/) })
    const database = superuser(own)
    const { rows } = await database.query(
      `select r.outcome, r.body from entries c join entries r on r.call_id = c.id and r.kind = 'reply'
       where c.kind = 'call' and c.resource = 'trigger-long-running-operation' order by c.at desc limit 1`,
    )
    await database.end()
    expect(rows[0]).toMatchObject({ outcome: 'unreachable', body: expect.stringContaining('agent') })
    start()
    await online()
    const next = await connectV2(`${own.url}/mcp/everything`, alice, 'legacy')
    expect((await next.call('echo', { message: 'it is back' })).text).toContain('it is back')
    await next.close()
  })
})
