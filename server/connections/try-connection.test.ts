import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server'
import { afterEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type Tried, tryConnection } from './try-connection'

type Message = { id?: number; method?: string; params?: { cursor?: string } }
type Page = { tools: unknown[]; nextCursor?: string }

const secret = 'Bearer t0p-s3cret-value'
const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

async function serve(listener: Parameters<typeof createServer>[1]): Promise<string> {
  const server = createServer(listener)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  closers.push(() => {
    server.close()
    server.closeAllConnections()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`
}

const tried = (url: string, { broken = null as string | null, withinMs = 5_000 } = {}): Promise<Tried> =>
  tryConnection({ url, broken, secrets: [secret] }, (init) => fetch(url, { ...init, redirect: 'manual' }), withinMs)

const answer = (response: ServerResponse, id: number | undefined, result: unknown) => {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ jsonrpc: '2.0', id, result }))
}

/** A server of the older era whose catalog is `list`. */
const listing = (list: (cursor: string | undefined) => Page) =>
  serve(async (request, response) => {
    let text = ''
    for await (const chunk of request) text += chunk
    const { id, method, params } = (text === '' ? {} : JSON.parse(text)) as Message
    if (id === undefined) return response.writeHead(request.method === 'POST' ? 202 : 405).end()
    if (method === 'tools/list') return answer(response, id, list(params?.cursor))
    if (method === 'initialize')
      return answer(response, id, {
        protocolVersion: '2025-06-18',
        capabilities: { tools: {} },
        serverInfo: { name: 'listing', version: '1' },
      })
    const error = { code: -32601, message: 'method not found' }
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ jsonrpc: '2.0', id, error }))
  })

const tool = (name: string, more: object = {}) => ({ name, inputSchema: { type: 'object' }, ...more })

test('the session that a test opened at a target is ended with it', async () => {
  const heard: string[] = []
  const url = await serve(async (request, response) => {
    const session = request.headers['mcp-session-id']
    if (request.method === 'DELETE') heard.push(`ended ${session}`)
    let text = ''
    for await (const chunk of request) text += chunk
    const { id, method } = (text === '' ? {} : JSON.parse(text)) as Message
    if (id === undefined) return response.writeHead(request.method === 'GET' ? 405 : 202).end()
    if (method === 'tools/list') return answer(response, id, { tools: [tool('one')] })
    if (method !== 'initialize') return response.writeHead(400).end()
    response.setHeader('mcp-session-id', 'of the test')
    heard.push('opened')
    answer(response, id, {
      protocolVersion: '2025-06-18',
      capabilities: { tools: {} },
      serverInfo: { name: 'keeping', version: '1' },
    })
  })
  expect(await tried(url)).toMatchObject({ ok: true, message: 'answers with 1 tool' })
  expect(heard).toEqual(['opened', 'ended of the test'])
})

test('a server of the newest era is asked in it, and its catalog is kept whole', async () => {
  const handler = createMcpHandler(() => {
    const server = new McpServer({ name: 'new', version: '1' })
    const config = {
      description: 'reads',
      inputSchema: z.object({ id: z.number() }),
      annotations: { readOnlyHint: true },
    }
    server.registerTool('read', config, () => ({ content: [] }))
    return server
  })
  const url = await serve(getRequestListener((request) => handler.fetch(request), { overrideGlobalObjects: false }))
  expect(await tried(url)).toMatchObject({
    ok: true,
    era: 'modern',
    message: 'answers with 1 tool',
    tools: [{ name: 'read', description: 'reads', hints: { readOnlyHint: true } }],
  })
})

test('an older server is read page by page, and fields that nobody knows are kept', async () => {
  const url = await listing((cursor) =>
    cursor === undefined ? { tools: [tool('a', { 'x-risk': { level: 3 } })], nextCursor: '2' } : { tools: [tool('b')] },
  )
  const result = await tried(url)
  expect(result).toMatchObject({ ok: true, era: 'legacy', message: 'answers with 2 tools' })
  expect(result.definitions[0]).toEqual(tool('a', { 'x-risk': { level: 3 } }))
})

const nested = (levels: number): object => (levels === 0 ? {} : { inner: nested(levels - 1) })
const misfits: [what: string, list: (cursor: string | undefined) => Page, message: RegExp][] = [
  ['lists a tool twice', () => ({ tools: [tool('a'), tool('a')] }), /lists the tool `a` twice/],
  ['nests a schema without end', () => ({ tools: [tool('a', { inputSchema: nested(70) })] }), /nested too deeply/],
  [
    'describes a tool at great length',
    () => ({ tools: [tool('a', { description: 'x'.repeat(300_000) })] }),
    /larger than/,
  ],
  ['names a tool with a NUL', () => ({ tools: [tool('a\0b')] }), /cannot be stored/],
  ['names a tool with half a character', () => ({ tools: [tool('a\ud800')] }), /cannot be stored/],
  ['never ends its list', () => ({ tools: [], nextCursor: 'again' }), /does not end/],
  [
    'lists thousands of tools',
    () => ({ tools: Array.from({ length: 2_001 }, (_, n) => tool(`t${n}`)) }),
    /more than 2000/,
  ],
  ['sends more than it should', () => ({ tools: [tool('a', { description: 'x'.repeat(17 << 20) })] }), /larger than/],
]
describe('nothing is kept of a target that', () => {
  for (const [what, list, message] of misfits)
    test(what, async () => {
      const result = await tried(await listing(list))
      expect(result).toMatchObject({ ok: false, tools: [], definitions: [] })
      expect(result.message).toMatch(message)
      expect(result.message.length).toBeLessThan(300)
    })
})

const answers: [what: string, status: number, headers: Record<string, string>, body: string, message: RegExp][] = [
  ['wants another credential', 401, { 'www-authenticate': 'Bearer' }, '', /refuses the credential \(HTTP 401\)/],
  ['forbids', 403, {}, '', /refuses the credential \(HTTP 403\)/],
  ['redirects', 307, { location: 'http://169.254.169.254/' }, '', /redirects \(HTTP 307\)/],
  ['has nothing there', 404, {}, '', /HTTP 404, which is not MCP/],
  ['fails', 500, {}, 'oh', /HTTP 500/],
  ['is a web page', 200, { 'content-type': 'text/html' }, '<html>', /does not speak MCP here/],
  ['is JSON but not JSON-RPC', 200, { 'content-type': 'application/json' }, '{}', /does not speak MCP here/],
]
describe('it is said in words when a target', () => {
  for (const [what, status, headers, body, message] of answers)
    test(what, async () => {
      const url = await serve((_, response) => response.writeHead(status, headers).end(body))
      expect(await tried(url)).toMatchObject({ ok: false, message: expect.stringMatching(message) })
    })

  test('is not there', async () => {
    const url = await serve(() => {})
    for (const close of closers.splice(0)) close()
    expect((await tried(url)).message).toMatch(/refuses connections/)
  })

  test('never answers: the test ends all the same', async () => {
    const url = await serve(() => {})
    expect((await tried(url, { withinMs: 300 })).message).toBe('the target did not answer within 0.3 s')
  })

  test('begins to answer and stops', async () => {
    const url = await serve((_, response) => response.writeHead(200, { 'content-type': 'application/json' }).write('{'))
    expect((await tried(url, { withinMs: 300 })).message).toBe('the target did not answer within 0.3 s')
  })

  test('is never asked, because its credential does not open', async () => {
    let asked = 0
    const url = await serve((_, response) => response.writeHead(200).end(String(asked++)))
    expect(await tried(url, { broken: 'enter it again' })).toMatchObject({ ok: false, message: 'enter it again' })
    expect(asked).toBe(0)
  })
})

describe('promise 8: a credential that a target repeats is not kept', () => {
  const value = secret.slice('Bearer '.length)
  const forms = [secret, value, encodeURIComponent(secret), Buffer.from(secret).toString('base64')]
  for (const form of forms)
    test(`as \`${form.slice(0, 12)}\``, async () => {
      const result = await tried(await listing(() => ({ tools: [tool('a', { description: `use ${form} here` })] })))
      expect(result.ok).toBe(true)
      expect(JSON.stringify(result)).toContain('[masked]')
      expect(JSON.stringify(result)).not.toContain(form)
    })

  test('in what it says of a failure', async () => {
    const url = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(`{"jsonrpc":"2.0","${value}"`)
    })
    const result = await tried(url)
    expect(result.ok).toBe(false)
    expect(JSON.stringify(result)).not.toContain(value)
  })
})
