import { execFile } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { Client as ClientV2, StreamableHTTPClientTransport as TransportV2 } from '@modelcontextprotocol/client'
import { consoleSession, localAccessToken } from '../server/local/sign-in'
import { test as base, expect } from './support/fixtures'
import { raw } from './support/raw'
import { type Sallyport, startSallyport, until } from './support/sallyport'

// A client that hears nothing is let go after a second here, so that rounds are seen in seconds.
const test = base.extend<object, { hasty: Sallyport }>({
  hasty: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the parameter's pattern.
    async ({}, use) => {
      const hasty = await startSallyport({ env: { HOLD_SECONDS: '1' } })
      await use(hasty)
      await hasty.stop()
    },
    { scope: 'worker', timeout: 90_000 },
  ],
})

type Shown = { url: string; message: string }
type Answer = { action: 'accept' | 'cancel' | 'decline' }

/** The official client, of either era, that may show its person an address. */
async function connect(url: string, era: 'legacy' | 'modern', show: ((shown: Shown) => Answer) | null) {
  const token = await localAccessToken(url, 'alice')
  const negotiation = era === 'modern' ? { versionNegotiation: { mode: { pin: '2026-07-28' } } } : {}
  const capabilities = show === null ? {} : { capabilities: { elicitation: { url: {} } } }
  const client = new ClientV2({ name: 'e2e', version: '1' }, { ...negotiation, ...capabilities } as never)
  if (show !== null) client.setRequestHandler('elicitation/create', async ({ params }) => show(params as Shown))
  const headers = { authorization: `Bearer ${token}` }
  await client.connect(new TransportV2(new URL(`${url}/mcp/shop`), { requestInit: { headers } }))
  return client
}

const refund = (client: ClientV2, amount: number) =>
  client.callTool({ name: 'refund_order', arguments: { order_id: 5007, amount } }) as Promise<{
    isError?: boolean
    content: { text: string }[]
  }>

async function pending(url: string): Promise<{ id: string } | undefined> {
  const bob = await consoleSession(url, 'bob')
  return ((await (await bob.fetch('/api/reviews')).json()) as { id: string }[])[0]
}

async function counted(url: string, outcome: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text()
  return Number(new RegExp(`^sallyport_calls_total\\{outcome="${outcome}"\\} (\\d+)`, 'm').exec(text)?.[1] ?? 0)
}

async function approve(url: string): Promise<void> {
  let id: string | undefined
  await until(async () => {
    id = (await pending(url))?.id
    return id !== undefined
  }, 10_000)
  const bob = await consoleSession(url, 'bob')
  const vote = { method: 'POST', body: JSON.stringify({ verdict: 'approve' }) }
  expect((await bob.fetch(`/api/reviews/${id}/votes`, vote)).status).toBe(200)
}

for (const [era, action] of [
  ['modern', 'accept'],
  ['modern', 'cancel'],
  ['legacy', 'accept'],
  ['legacy', 'decline'],
] as const)
  test(`a ${era} client that opens addresses is given the link; its \`${action}\` neither approves nor denies`, async ({
    hasty,
  }) => {
    const shown: Shown[] = []
    const client = await connect(hasty.url, era, (one) => {
      shown.push(one)
      return { action }
    })
    const answer = refund(client, 51 + Math.random())
    await until(() => shown.length > 0, 10_000)
    expect(shown[0]?.url).toContain(`${hasty.url}/reviews/${(await pending(hasty.url))?.id}`)
    if (era === 'modern') await approve(hasty.url)
    else await answer
    if (era === 'modern') expect(JSON.stringify(await answer)).not.toContain('must approve')
    else expect((await answer).content[0]?.text).toContain('call again with the same arguments')
    expect(shown).toHaveLength(1)
    if (era === 'legacy') await approve(hasty.url)
    await client.close()
  })

test('a modern client that declares nothing comes back by itself until somebody decides, and the call runs once', async ({
  hasty,
}) => {
  const client = await connect(hasty.url, 'modern', null)
  const denied = await counted(hasty.url, 'denied')
  const held = await counted(hasty.url, 'held')
  const answer = refund(client, 60.5)
  await new Promise((wait) => setTimeout(wait, 2600))
  await approve(hasty.url)
  expect(JSON.stringify(await answer)).not.toContain('must approve')
  await client.close()
  expect(await counted(hasty.url, 'held'), 'rounds that nobody had answered yet').toBeGreaterThan(held)
  expect(await counted(hasty.url, 'denied')).toBe(denied)
  const dave = await consoleSession(hasty.url, 'dave')
  const found = (await (await dave.fetch('/api/sessions?outcome=held')).json()) as { sessions: unknown[] }
  expect(found.sessions.length).toBeGreaterThan(0)
})

test('a client that bears nothing is told what it waits for, and the identical call goes through once approved', async ({
  hasty,
}) => {
  const client = await connect(hasty.url, 'legacy', null)
  const first = await refund(client, 61.5)
  expect(first.isError).toBe(true)
  expect(first.content[0]?.text).toMatch(/a person must approve this first: http.*\/reviews\/.*call again/)
  await approve(hasty.url)
  expect(JSON.stringify(await refund(client, 61.5))).not.toContain('must approve')
  await client.close()
})

test('a wait belongs to its caller and its call: anybody else’s, any other arguments and any change are refused', async ({
  hasty,
}) => {
  const alice = await localAccessToken(hasty.url, 'alice')
  const send = (token: string, amount: number, requestState?: string) =>
    raw(`${hasty.url}/mcp/shop`, {
      token,
      headers: { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': 'refund_order' },
      body: JSON.stringify({
        ...{ jsonrpc: '2.0', id: 1, method: 'tools/call' },
        params: {
          ...{ name: 'refund_order', arguments: { order_id: 5007, amount } },
          ...(requestState === undefined ? {} : { requestState, inputResponses: {} }),
          _meta: {
            'io.modelcontextprotocol/protocolVersion': '2026-07-28',
            'io.modelcontextprotocol/clientCapabilities': {},
          },
        },
      }),
    })
  const { text } = await send(alice, 70)
  expect(text).toContain('"resultType":"input_required"')
  const state = /"requestState":"([^"]+)"/.exec(text)?.[1] ?? ''
  const bent = `${state.slice(0, -3)}${state.endsWith('AAA') ? 'BBB' : 'AAA'}`
  for (const [token, amount, given] of [
    [alice, 71, state],
    [alice, 70, bent],
    [await localAccessToken(hasty.url, 'bob'), 70, state],
  ] as const)
    expect((await send(token, amount, given)).text).toContain('does not belong to this call')
  await approve(hasty.url)
  expect((await send(alice, 70, state)).text).not.toContain('input_required')
})

test('a client that takes its request back cancels the question', async ({ sallyport, token }) => {
  const alice = await token('alice')
  const url = `${sallyport.url}/mcp/shop`
  const post = (message: object) => raw(url, { token: alice, body: JSON.stringify({ jsonrpc: '2.0', ...message }) })
  const params = { name: 'refund_order', arguments: { order_id: 5007, amount: 88 }, _meta: { progressToken: 'p' } }
  const answer = post({ id: 'mine', method: 'tools/call', params })
  await until(async () => (await pending(sallyport.url)) !== undefined, 10_000)
  await post({ method: 'notifications/cancelled', params: { requestId: 'mine' } })
  expect((await answer).text).toContain('the request for approval was cancelled')
  expect(await pending(sallyport.url)).toBeUndefined()
})

type Task = { taskId: string; status: string }
const taskHeaders = (method: string, name: string) => ({
  ...{ 'mcp-protocol-version': '2026-07-28', 'mcp-method': method, 'mcp-name': name },
})
const taskMeta = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': { extensions: { 'io.modelcontextprotocol/tasks': {} } },
}

test('a client that takes tasks is given one at once; the call runs once after the approval, whoever looks how often', async ({
  sallyport,
  token,
}) => {
  const alice = await token('alice')
  const post = async (who: string, method: string, name: string, params: object) => {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { ...params, _meta: taskMeta } })
    const { text } = await raw(`${sallyport.url}/mcp/shop`, { token: who, headers: taskHeaders(method, name), body })
    return JSON.parse(/\{.*\}/s.exec(text)?.[0] ?? '{}') as { result?: unknown; error?: { message: string } }
  }
  const call = { name: 'refund_order', arguments: { order_id: 5015, amount: 52.5 } }
  const asked = await post(alice, 'tools/call', 'refund_order', call)
  const task = asked.result as Task
  expect(task).toMatchObject({ resultType: 'task', status: 'working', ttlMs: expect.any(Number) })
  const look = (who: string) => post(who, 'tasks/get', task.taskId, { taskId: task.taskId })
  expect((await look(alice)).result).toMatchObject({ resultType: 'complete', status: 'working' })
  expect((await look(await token('bob'))).error?.message).toContain('no such')
  await approve(sallyport.url)
  const looks = await Promise.all(Array.from({ length: 6 }, () => look(alice)))
  const states = looks.map(({ result }) => (result as Task).status)
  expect(states.filter((state) => state === 'completed').length).toBeGreaterThan(0)
  const end = (await look(alice)).result
  expect(end).toMatchObject({ status: 'completed', result: { content: [{ type: 'text' }] } })
  expect(JSON.stringify(end)).not.toContain('must approve')
  const dave = await consoleSession(sallyport.url, 'dave')
  const sessions = JSON.stringify(await (await dave.fetch('/api/grants')).json())
  expect(sessions.match(/"used":1/g)).toHaveLength(1)
})

test('a task that is taken back cancels the question; one that is denied says why', async ({ sallyport, token }) => {
  const alice = await token('alice')
  const post = async (method: string, name: string, params: object) => {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { ...params, _meta: taskMeta } })
    const { text } = await raw(`${sallyport.url}/mcp/shop`, { token: alice, headers: taskHeaders(method, name), body })
    return (JSON.parse(/\{.*\}/s.exec(text)?.[0] ?? '{}') as { result: unknown }).result
  }
  const ask = async (amount: number) => {
    const call = { name: 'refund_order', arguments: { order_id: 5015, amount } }
    return ((await post('tools/call', 'refund_order', call)) as Task).taskId
  }
  const taken = await ask(53.5)
  await post('tasks/cancel', taken, { taskId: taken })
  expect(await post('tasks/get', taken, { taskId: taken })).toMatchObject({ status: 'cancelled' })
  const denied = await ask(54.5)
  const bob = await consoleSession(sallyport.url, 'bob')
  const id = (await pending(sallyport.url))?.id
  const vote = { method: 'POST', body: JSON.stringify({ verdict: 'deny', note: 'not this one' }) }
  await bob.fetch(`/api/reviews/${id}/votes`, vote)
  const end = await post('tasks/get', denied, { taskId: denied })
  expect(end).toMatchObject({ status: 'completed', result: { isError: true } })
  expect(JSON.stringify(end)).toContain('not this one')
})

test('the Inspector, which takes tasks, waits by itself and shows the answer', async ({ sallyport, token }) => {
  const headers = { Authorization: `Bearer ${await token('alice')}` }
  const shop = { type: 'streamable-http', url: `${sallyport.url}/mcp/shop`, headers, protocolEra: 'modern' }
  const config = join(mkdtempSync(join(tmpdir(), 'sallyport-')), 'inspector.json')
  writeFileSync(config, JSON.stringify({ mcpServers: { shop } }))
  const inspector = join(resolve(import.meta.dirname, '..'), 'node_modules/.bin/mcp-inspector')
  const call = ['--method', 'tools/call', '--tool-name', 'refund_order']
  const args = ['--tool-arg', 'order_id=5007', '--tool-arg', 'amount=55.5']
  const env = { ...process.env, MCP_INSPECTOR_SECRET_STORE: 'memory' }
  const shown = promisify(execFile)(inspector, ['--cli', '--config', config, '--server', 'shop', ...call, ...args], {
    env,
  })
  await approve(sallyport.url)
  expect((await shown).stdout).toContain('55.5')
})
