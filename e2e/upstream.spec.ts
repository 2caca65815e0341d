import type { ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'
import { freePort } from '../server/free-port'
import { consoleSession } from '../server/local/sign-in'
import { allowing, createConnection, publish } from './support/admin'
import { connectV1, connectV2 } from './support/clients'
import { expect, test } from './support/fixtures'
import { callBody, raw } from './support/raw'
import { until } from './support/sallyport'
import { type Arrived, counting, misbehaving, type Upstream } from './support/upstreams'

const credential = 'tgt-4f1c09aa77de'
const canary = 'words-of-the-target-alone'
const card = '4000001234100006'

const reply = (id: unknown, result: unknown) => JSON.stringify({ jsonrpc: '2.0', id, result })
const text = (value: string) => ({ content: [{ type: 'text', text: value }] })
const send = (response: ServerResponse, status: number, headers: Record<string, string>, body: string | Buffer = '') =>
  void response.writeHead(status, headers).end(body)
const json = (response: ServerResponse, body: string) =>
  send(response, 200, { 'content-type': 'application/json' }, body)
const events = (response: ServerResponse, ...messages: string[]) => {
  if (!response.headersSent) response.writeHead(200, { 'content-type': 'text/event-stream' })
  for (const message of messages) response.write(`event: message\ndata: ${message}\n\n`)
}
const note = (value: string) =>
  JSON.stringify({ jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: value } })

type Behaviour = (response: ServerResponse, message: Arrived) => unknown
type Bad = [tool: string, does: Behaviour, says: RegExp]

const notMcp = /the target answered something that is not MCP/
let elsewhere: Upstream

/** What a target may do wrong; each is a tool, so that one target does them all. */
const wrongs: Bad[] = [
  ['words', (response) => json(response, canary), notMcp],
  ['nothing', (response) => json(response, ''), notMcp],
  ['list', (response, { id }) => json(response, `[${reply(id, text(canary))}]`), notMcp],
  ['other-id', (response) => json(response, reply('another', text(canary))), /it answers another request/],
  [
    'both',
    (response, { id }) =>
      json(response, JSON.stringify({ jsonrpc: '2.0', id, result: text(canary), error: { code: 1, message: canary } })),
    /neither a result nor an error, or both/,
  ],
  ['neither', (response, { id }) => json(response, JSON.stringify({ jsonrpc: '2.0', id })), notMcp],
  ['json-rpc-1', (response, { id }) => json(response, JSON.stringify({ id, result: text(canary) })), notMcp],
  [
    'unknown-kind',
    (response, { id }) => json(response, reply(id, { resultType: 'x', note: canary })),
    /do not pass yet/,
  ],
  ['page', (response) => send(response, 200, { 'content-type': 'text/html' }, `<p>${canary}</p>`), notMcp],
  ['page-500', (response) => send(response, 500, { 'content-type': 'text/html' }, `<p>${canary}</p>`), /HTTP 500/],
  [
    'compressed',
    (response, { id }) =>
      send(
        response,
        200,
        { 'content-type': 'application/json', 'content-encoding': 'gzip' },
        gzipSync(reply(id, text(canary))),
      ),
    /it compressed its answer/,
  ],
  ...[301, 302, 303, 307, 308].map(
    (status): Bad => [
      `redirect-${status}`,
      (response) => send(response, status, { location: elsewhere.url, 'set-cookie': `a=${canary}` }),
      /it redirects \(HTTP 30/,
    ],
  ),
  ...[401, 403].map(
    (status): Bad => [
      `refuse-${status}`,
      (response) =>
        send(
          response,
          status,
          {
            'www-authenticate': `Bearer realm="${canary}"`,
            'set-cookie': `sid=${canary}`,
            location: `http://127.0.0.1:1/${canary}`,
            'content-type': 'application/json',
          },
          JSON.stringify({ error: canary }),
        ),
      /the target refused the gateway's credential/,
    ],
  ),
  ['hang-up', (response) => response.destroy(), /could not be reached: it closed the connection/],
  [
    'half',
    (response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).write(`{"${canary}`)
      setTimeout(() => response.destroy(), 50)
    },
    /could not be reached/,
  ],
  [
    'half-stream',
    (response) => {
      events(response)
      response.end()
    },
    /it ended its answer early/,
  ],
  [
    'stream-of-words',
    (response) => {
      events(response, canary)
      response.end()
    },
    /it ended its answer early/,
  ],
]

let wild: Upstream
let real: Upstream
let released: () => void = () => {}
const toldNo: Arrived[] = []

const rights: Record<string, Behaviour> = {
  leak: (response, { id }) =>
    json(
      response,
      reply(id, {
        content: [
          { type: 'text', text: `plain ${credential}` },
          { type: 'text', text: `encoded ${Buffer.from(credential).toString('base64')}` },
          { type: 'resource', resource: { uri: 'x://y', text: `Authorization: Bearer ${credential}` } },
        ],
        structuredContent: { headers: { authorization: `Bearer ${credential}` } },
      }),
    ),
  'leak-error': (response, { id }) =>
    json(
      response,
      JSON.stringify({
        jsonrpc: '2.0',
        id,
        error: { code: -32000, message: `bad ${credential}`, data: { credential } },
      }),
    ),
  'leak-stream': (response, { id }) => {
    events(response, note(`using ${credential}`), note(`card ${card}`), reply(id, text(`done ${credential}, ${card}`)))
    response.end()
  },
  'with-cookie': (response, { id }) =>
    send(
      response,
      200,
      { 'content-type': 'application/json', 'set-cookie': 'sid=1', 'www-authenticate': 'Basic', 'x-secret': canary },
      reply(id, text('fine')),
    ),
  wait: async (response, { id, params }) => {
    const progressToken = params?._meta?.progressToken
    const progress = { progressToken, progress: 1, message: 'half way' }
    if (progressToken !== undefined)
      events(response, JSON.stringify({ jsonrpc: '2.0', method: 'notifications/progress', params: progress }))
    await new Promise<void>((done) => {
      released = done
    })
    if (progressToken === undefined) return json(response, reply(id, text('waited')))
    events(response, reply(id, text('waited')))
    response.end()
  },
  asks: (response, { id }) => {
    const sampling = { messages: [{ role: 'user', content: { type: 'text', text: canary } }], maxTokens: 1 }
    events(response, JSON.stringify({ jsonrpc: '2.0', id: 'q1', method: 'sampling/createMessage', params: sampling }))
    events(response, reply(id, text('asked')))
    response.end()
  },
  echo: (response, { id, params }) => json(response, reply(id, text(JSON.stringify(params?.arguments)))),
}

const behaviours = new Map<string | undefined, Behaviour>([
  ...Object.entries(rights),
  ...wrongs.map(([tool, does]) => [tool, does] as const),
])

const carolAt = (url: string) => consoleSession(url, 'carol')

test.beforeAll(async ({ sallyport }) => {
  elsewhere = await misbehaving((response, { id }) => json(response, reply(id, text('elsewhere'))))
  wild = await misbehaving((response, message) => {
    if (message.error !== undefined) toldNo.push(message)
    const does = behaviours.get(message.params?.name)
    return does === undefined ? send(response, 202, {}) : does(response, message)
  })
  real = await counting()
  const carol = await carolAt(sallyport.url)
  await createConnection(carol, 'wild', wild.url, { authorization: `Bearer ${credential}` })
  await createConnection(carol, 'real', real.url, { 'x-api-key': credential })
  await publish(carol, 'Targets of the specs', allowing('targets', ['wild', 'real', 'down']))
})
test.afterAll(async () => {
  for (const upstream of [wild, real, elsewhere]) await upstream?.close()
})

const forbidden = ['www-authenticate', 'set-cookie', 'location', 'x-secret']

for (const [tool, , says] of wrongs)
  test(`promise 10: a target that does wrong (${tool}) costs a tool error that says so`, async ({
    sallyport,
    token,
  }) => {
    const alice = await token('alice')
    const answer = await raw(`${sallyport.url}/mcp/wild`, { token: alice, body: callBody(tool, {}, 7) })
    expect(answer.status, answer.text).toBe(200)
    expect(answer.json).toMatchObject({ jsonrpc: '2.0', id: 7, result: { isError: true } })
    expect(answer.text).toMatch(says)
    expect(answer.text).not.toContain(canary)
    for (const name of forbidden) expect(answer.headers).not.toHaveProperty(name)
    expect(wild.effects.filter((effect) => effect.tool === tool)).toHaveLength(1)
    expect(elsewhere.requests, 'a redirect is never followed').toHaveLength(0)
  })

test('promise 8: a 401 of the target is an error of JSON-RPC where there is no tool', async ({ sallyport, token }) => {
  const lost = await misbehaving((response) => send(response, 401, { 'www-authenticate': 'Basic' }))
  const carol = await carolAt(sallyport.url)
  await createConnection(carol, 'lost', lost.url)
  await publish(carol, 'One that lost its credential', allowing('lost', ['lost']))
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'resources/read', params: { uri: 'x://y' } })
  const answer = await raw(`${sallyport.url}/mcp/lost`, { token: await token('alice'), body })
  expect(answer.status).not.toBe(401)
  expect(answer.headers).not.toHaveProperty('www-authenticate')
  expect(answer.json).toMatchObject({
    error: { code: -31003, message: expect.stringContaining('refused the gateway') },
  })
  await lost.close()
})

test('a target that is down is an answer, and is used again once it is up; the console says so by itself', async ({
  sallyport,
  token,
  pageOf,
}) => {
  const port = await freePort()
  await createConnection(await carolAt(sallyport.url), 'down', `http://127.0.0.1:${port}/mcp`)
  const page = await pageOf('carol')
  await page.goto('/connections')
  const row = page.getByRole('row').filter({ has: page.getByRole('link', { name: 'down', exact: true }) })
  await expect(row).toContainText('failing')
  const alice = await token('alice')
  const ask = () => raw(`${sallyport.url}/mcp/down`, { token: alice, body: callBody('anything', {}) })
  expect((await ask()).text).toContain('the target could not be reached: it refuses connections')
  const up = await misbehaving((response, { id }) => json(response, reply(id, text('up again'))), port)
  await until(async () => (await ask()).text.includes('up again'), 10_000)
  await expect(row).toContainText('healthy')
  await up.close()
  expect((await ask()).text).toContain('could not be reached')
  await expect(row).toContainText('failing')
})

test('a call that waits for its target keeps no other waiting', async ({ sallyport, token }) => {
  const alice = await token('alice')
  const ask = (tool: string) => raw(`${sallyport.url}/mcp/wild`, { token: alice, body: callBody(tool, {}) })
  const waiting = ask('wait')
  await until(() => wild.effects.some(({ tool }) => tool === 'wait'), 10_000)
  const others = await Promise.all(Array.from({ length: 20 }, () => ask('echo')))
  for (const other of others) expect(other.json).toMatchObject({ result: { content: [{ text: '{}' }] } })
  released()
  expect((await waiting).text).toContain('waited')
})

for (const [name, connect] of [
  ['legacy', (url: string, token: string) => connectV2(url, token, 'legacy')],
  ['modern', (url: string, token: string) => connectV2(url, token, 'modern')],
  ['SDK v1', connectV1],
] as const)
  test(`promise 8: a real ${name} client is served with the gateway's credential and never its own`, async ({
    sallyport,
    token,
  }) => {
    const alice = await token('alice')
    const before = real.effects.length
    const client = await connect(`${sallyport.url}/mcp/real`, alice)
    expect((await client.tools()).sort()).toEqual(['read', 'secret', 'slow', 'write'])
    expect((await client.call('write', { note: 'ä "quoted" \n' })).text).toBe('wrote ä "quoted" \n')
    await client.close()
    expect(real.effects.slice(before)).toEqual([{ tool: 'write', args: { note: 'ä "quoted" \n' } }])
    for (const { headers, url } of real.requests) {
      expect(headers['x-api-key']).toBe(credential)
      for (const name of ['authorization', 'cookie', 'origin', 'referer']) expect(headers).not.toHaveProperty(name)
      expect(JSON.stringify([headers, url])).not.toContain(alice)
    }
  })

test("promise 8: the caller's headers and query do not reach the target", async ({ sallyport, token }) => {
  const alice = await token('alice')
  const headers = { cookie: `a=${canary}`, 'x-api-key': canary, 'x-custom': canary, 'proxy-authorization': canary }
  await raw(`${sallyport.url}/mcp/wild?x=${canary}`, { token: alice, headers, body: callBody('echo', {}) })
  const last = wild.requests.at(-1)
  expect(JSON.stringify([last?.headers, last?.url])).not.toContain(canary)
  expect(last?.headers.authorization).toBe(`Bearer ${credential}`)
})

for (const tool of ['leak', 'leak-error', 'leak-stream'])
  test(`promise 8: the target's credential does not come back (${tool})`, async ({ sallyport, token }) => {
    const url = `${sallyport.url}/mcp/wild`
    const { text: said } = await raw(url, { token: await token('alice'), body: callBody(tool, {}) })
    expect(said).not.toContain(credential)
    expect(said).not.toContain(Buffer.from(credential).toString('base64').slice(0, 12))
    expect(said).toContain('jsonrpc')
  })

test('promise 7: notifications on a stream are masked as its answer is', async ({ sallyport, token }) => {
  await publish(await carolAt(sallyport.url), 'Mask cards', (document) => ({
    ...document,
    masks: [...document.masks, { id: 'wild-cards', connections: ['wild'], detectors: ['credit_card'] }],
  }))
  const url = `${sallyport.url}/mcp/wild`
  const { text: said } = await raw(url, { token: await token('alice'), body: callBody('leak-stream', {}) })
  expect(said).toContain('notifications/message')
  expect(said).toContain('done ')
  expect(said).not.toContain(card)
})

test("headers of a target's good answer do not pass either", async ({ sallyport, token }) => {
  const url = `${sallyport.url}/mcp/wild`
  const answer = await raw(url, { token: await token('alice'), body: callBody('with-cookie', {}) })
  expect(answer.json).toMatchObject({ result: { content: [{ text: 'fine' }] } })
  for (const name of forbidden) expect(answer.headers).not.toHaveProperty(name)
})

test('progress reaches the caller while the target still works', async ({ sallyport, token }) => {
  const body = callBody('wait', {}).replace('"name"', '"_meta":{"progressToken":"p1"},"name"')
  const response = await fetch(`${sallyport.url}/mcp/wild`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      authorization: `Bearer ${await token('alice')}`,
    },
    body,
  })
  let said = ''
  for await (const chunk of response.body ?? []) {
    said += Buffer.from(chunk).toString()
    // Only after the caller has it is the target let go.
    if (said.includes('notifications/progress')) released()
  }
  expect(said).toContain('"progressToken":"p1"')
  expect(said).toContain('waited')
})

test('a target that asks the caller something is told no, and the caller sees the answer only', async ({
  sallyport,
  token,
}) => {
  const url = `${sallyport.url}/mcp/wild`
  const { text: said } = await raw(url, { token: await token('alice'), body: callBody('asks', {}) })
  expect(said).toContain('asked')
  expect(said).not.toContain('sampling')
  expect(said).not.toContain(canary)
  await until(() => toldNo.some(({ id, error }) => id === 'q1' && error?.code === -32601), 10_000)
})

test('promise 4: what the target got is what was sent', async ({ sallyport, token }) => {
  const args = {
    z: 1,
    a: [1.5, -0, 1e21, 0.1, null, true, ''],
    'with space': { deep: { deeper: ['ä', '\u2028', '\u0000', '💥', '</script>'] } },
    '': 'empty key',
    '10': 'b',
    '9': 'a',
  }
  const url = `${sallyport.url}/mcp/wild`
  const answer = await raw(url, { token: await token('alice'), body: callBody('echo', args) })
  const { result } = answer.json as { result: { content: { text: string }[] } }
  expect(JSON.parse(result.content[0]?.text ?? '')).toEqual(JSON.parse(JSON.stringify(args)))
})
