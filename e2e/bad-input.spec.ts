import { expect, test } from './support/fixtures'
import { callBody, raw, rawOffer } from './support/raw'

const good = callBody('list_orders', { limit: 1 })
const meta = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
}
const modern = (name: string) =>
  JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: {}, _meta: meta } })
const modernHeaders = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': 'list_orders' }

type Case = [why: string, body: string | Uint8Array, headers: Record<string, string>, status: number]
const refused: Case[] = [
  ['not JSON', '{', {}, 400],
  ['nothing', '', {}, 400],
  ['an array', `[${good}]`, {}, 400],
  ['a string', '"x"', {}, 400],
  ['duplicate keys', good.replace('"id":1', '"id":1,"method":"ping"'), {}, 400],
  [
    'duplicate keys in the arguments',
    '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"list_orders","arguments":{"a":1,"\\u0061":2}}}',
    {},
    400,
  ],
  [
    '__proto__',
    '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"list_orders","arguments":{"__proto__":{}}}}',
    {},
    400,
  ],
  ['a number JavaScript cannot hold', callBody('list_orders', {}).replace('{}', '{"limit":9007199254740993}'), {}, 400],
  ['bytes that are not UTF-8', new Uint8Array([0x7b, 0xff, 0x7d]), {}, 400],
  ['another content type', good, { 'content-type': 'text/plain' }, 415],
  ['a body that says it is compressed', good, { 'content-encoding': 'gzip' }, 415],
  ['5 MB', callBody('list_orders', { note: 'x'.repeat(5 * 1024 * 1024) }), {}, 413],
  [
    'a request without an id',
    JSON.stringify({ jsonrpc: '2.0', method: 'tools/call', params: { name: 'list_orders' } }),
    {},
    400,
  ],
  ['a tool without a name', JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: {} }), {}, 400],
  [
    'arguments that are a list',
    JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'list_orders', arguments: [] } }),
    {},
    400,
  ],
  ['a header that names another tool', modern('list_orders'), { ...modernHeaders, 'mcp-name': 'query' }, 400],
  ['a header that names another method', modern('list_orders'), { ...modernHeaders, 'mcp-method': 'ping' }, 400],
  ['a modern header without the envelope', good, modernHeaders, 400],
  ['an unknown protocol version', good, { 'mcp-protocol-version': '2031-01-01' }, 400],
  ['a foreign Origin', good, { origin: 'https://evil.example' }, 403],
  ['a foreign Host', good, { host: 'evil.example' }, 403],
  ['a forwarding header in local mode', good, { 'x-forwarded-for': '10.0.0.1' }, 403],
  ['the standard forwarding header in local mode', good, { forwarded: 'for=10.0.0.1' }, 403],
]

test.describe('promise 1: what is not understood is refused', () => {
  for (const [why, body, headers, status] of refused)
    test(why, async ({ sallyport, token }) => {
      const answer = await raw(`${sallyport.url}/mcp/shop`, { token: await token('alice'), body, headers })
      expect(answer.status, answer.text).toBe(status)
      expect(answer.text.length, 'the reason is told').toBeGreaterThan(10)
    })

  test('but an offer of h2c is ignored, as a server may, also once Next has served a page', async ({
    sallyport,
    token,
  }) => {
    expect((await fetch(`${sallyport.url}/sign-in`)).status).toBe(200)
    const answer = await rawOffer(`${sallyport.url}/mcp/shop`, { token: await token('alice'), body: good })
    expect(answer.status, answer.text).toBe(200)
    expect(JSON.parse(answer.text).result.isError).not.toBe(true)
  })

  test('a foreign Host beside an offer of h2c', async ({ sallyport, token }) => {
    const headers = { host: 'evil.example' }
    const answer = await rawOffer(`${sallyport.url}/mcp/shop`, { token: await token('alice'), body: good, headers })
    expect(answer.status, answer.text).toBe(403)
  })

  test('a method that does not exist', async ({ sallyport, token }) => {
    const url = `${sallyport.url}/mcp/shop`
    const legacy = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'shop/burn' })
    const answer = await raw(url, { token: await token('alice'), body: legacy })
    expect(answer.json).toMatchObject({ id: 1, error: { code: -32601 } })
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'shop/burn', params: { _meta: meta } })
    const headers = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'shop/burn' }
    expect(await raw(url, { token: await token('alice'), body, headers })).toMatchObject({
      status: 404,
      json: { error: { code: -32601 } },
    })
  })
})

test.describe('promise 10: a caller without a good token learns where to get one, and nothing else', () => {
  test('no token', async ({ sallyport }) => {
    for (const slug of ['shop', 'there-is-none']) {
      const answer = await raw(`${sallyport.url}/mcp/${slug}`, { body: good })
      expect(answer.status).toBe(401)
      expect(answer.headers['www-authenticate']).toContain(`/.well-known/oauth-protected-resource/mcp/${slug}`)
    }
  })
  test('a token that is not one', async ({ sallyport }) => {
    const none = `${btoa('{"alg":"none"}')}.${btoa('{"sub":"alice","iss":"x"}')}.`.replaceAll('=', '')
    for (const token of ['x', 'a.b.c', none])
      expect((await raw(`${sallyport.url}/mcp/shop`, { token, body: good })).status, token).toBe(401)
  })
  test('a token in the query string', async ({ sallyport, token }) => {
    const answer = await raw(`${sallyport.url}/mcp/shop?access_token=${await token('alice')}`, { body: good })
    expect(answer.status).toBe(401)
  })
  test('an address without a connection says what is missing', async ({ sallyport, token }) => {
    const answer = await raw(`${sallyport.url}/mcp`, { token: await token('alice') })
    expect(answer.status).toBe(404)
    expect(JSON.parse(answer.text)).toMatchObject({
      jsonrpc: '2.0',
      error: { message: expect.stringContaining('`/mcp/') },
    })
  })

  test('an unknown connection and one that is not for this person look the same', async ({ sallyport, token }) => {
    const erin = await token('erin')
    const [hidden, absent] = await Promise.all(
      ['shop', 'nothing'].map((slug) => raw(`${sallyport.url}/mcp/${slug}`, { token: erin, body: good })),
    )
    expect(hidden?.status).toBe(404)
    expect(absent?.status).toBe(404)
    expect(hidden?.text).toBe(absent?.text)
  })
})

test('NUL and a lone surrogate beside 50 good calls hurt nobody', async ({ sallyport, token }) => {
  const alice = await token('alice')
  const url = `${sallyport.url}/mcp/shop`
  const odd = ['{"id":1001,"note":"\\u0000"}', '{"id":1001,"note":"\\ud800"}'].map((args) =>
    callBody('get_customer', null).replace('null', args),
  )
  const names = ['\\u0000', '\\ud800'].map((name) => good.replace('list_orders', name))
  const bodies = [...Array.from({ length: 50 }, () => good), ...odd, ...names]
  const answers = await Promise.all(bodies.map((body) => raw(url, { token: alice, body })))
  for (const answer of answers.slice(0, 50))
    expect(answer.json, answer.text).toMatchObject({ result: { structuredContent: {} } })
  for (const answer of answers.slice(50)) expect(answer.status, answer.text).toBeLessThan(500)
})

test('only POST and DELETE are served', async ({ sallyport, token }) => {
  const answer = await raw(`${sallyport.url}/mcp/shop`, { token: await token('alice'), method: 'GET' })
  expect(answer.status).toBe(405)
})

test('a method that no page or route can have is refused', async ({ sallyport }) => {
  for (const path of ['/', '/api/reviews', '/sessions/1', '/healthz']) {
    const { status, headers } = await raw(`${sallyport.url}${path}`, {
      method: 'TRACE',
      headers: { host: `localhost:${sallyport.port}` },
    })
    expect([path, status]).toEqual([path, 405])
    expect(headers.allow).toContain('GET')
  }
})
