import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { connectInspector } from './support/clients'
import { expect, test } from './support/fixtures'
import { raw } from './support/raw'

async function connect(url: string, token: string, era: 'legacy' | 'modern'): Promise<Client> {
  const negotiation = era === 'modern' ? { versionNegotiation: { mode: { pin: '2026-07-28' } } } : {}
  const client = new Client({ name: 'e2e', version: '1' }, negotiation as never)
  const requestInit = { headers: { authorization: `Bearer ${token}` } }
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit }))
  return client
}

type Said = { isError: boolean; text: string; value: Record<string, unknown> }

async function ask(client: Client, name: string, args: Record<string, unknown> = {}): Promise<Said> {
  const result = (await client.callTool({ name, arguments: args })) as Record<string, unknown>
  const text = (result.content as { text: string }[])[0]?.text ?? ''
  return { isError: result.isError === true, text, value: (result.structuredContent ?? {}) as Said['value'] }
}

for (const era of ['legacy', 'modern'] as const)
  test(`a caller’s AI asks about its own access, asks ahead, and hears what people decided: ${era}`, async ({
    sallyport,
    token,
    api,
  }) => {
    const url = `${sallyport.url}/mcp/sallyport`
    const client = await connect(url, await token('alice'), era)
    const access = await ask(client, 'my_access')
    expect(access.text).toContain('"refund_order"')
    expect(access.text).not.toContain('delete_customer')
    const denied = await ask(client, 'why_denied', {
      connection: 'shop',
      tool: 'delete_customer',
      arguments: { id: 1 },
    })
    expect(denied.value).toMatchObject({ decision: 'deny', why: 'access denied: no role of yours allows this' })
    const big = { connection: 'shop', tool: 'refund_order', arguments: { order_id: 5007, amount: 90 } }
    expect((await ask(client, 'why_denied', big)).value).toMatchObject({ decision: 'review' })
    const wanted = { connection: 'shop', tools: ['refund_order'], minutes: 20, reason: `the night shift, ${era}` }
    const { value } = await ask(client, 'request_access', wanted)
    const review = String(value.review)
    expect((await ask(client, 'wait_for_review', { review, seconds: 0 })).value).toMatchObject({ state: 'pending' })
    const waiting = ask(client, 'wait_for_review', { review, seconds: 20 })
    const bob = await api('bob')
    await bob.fetch(`/api/reviews/${review}/votes`, { method: 'POST', body: JSON.stringify({ verdict: 'approve' }) })
    expect((await waiting).value).toMatchObject({ state: 'approved' })
    expect((await ask(client, 'why_denied', big)).value).toMatchObject({ decision: 'allow' })
    const [grant] = (await (await bob.fetch('/api/grants')).json()) as { id: string }[]
    await bob.fetch(`/api/grants/${grant?.id}`, { method: 'DELETE' })
    await client.close()

    const erin = await connect(url, await token('erin'), era)
    for (const [name, args] of [
      ['wait_for_review', { review, seconds: 0 }],
      ['why_denied', big],
      ['request_access', wanted],
      ['my_access', { connection: 'shop' }],
    ] as const)
      expect(await ask(erin, name, args)).toMatchObject({ isError: true, text: expect.stringMatching(/^there is no/) })
    expect((await ask(erin, 'my_reviews', { state: 'settled' })).value).toEqual({ reviews: [] })
    await erin.close()
  })

test('it can ask and never approve; another client sees the same tools; without a token nobody is served', async ({
  sallyport,
  token,
}) => {
  const url = `${sallyport.url}/mcp/sallyport`
  const names = await connectInspector(url, await token('alice')).tools()
  expect(names.sort()).toEqual([
    'give_reason',
    'my_access',
    'my_reviews',
    'request_access',
    'wait_for_review',
    'why_denied',
  ])
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' })
  const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' }
  expect((await fetch(url, { method: 'POST', headers, body })).status).toBe(401)
})

for (const era of ['legacy', 'modern'] as const)
  test(`what a caller asks is recorded as every call is, before and after, masked: ${era}`, async ({
    sallyport,
    token,
    api,
  }) => {
    const client = await connect(`${sallyport.url}/mcp/sallyport`, await token('erin'), era)
    await ask(client, 'my_reviews', { state: 'settled' })
    const card = { connection: 'shop', tool: 'get_customer', arguments: { note: `${era} 4111 1111 1111 1111` } }
    expect((await ask(client, 'why_denied', card)).isError).toBe(true)
    await client.close()
    const bare = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'no/such' })
    await raw(`${sallyport.url}/mcp/sallyport`, { token: await token('erin'), body: bare })

    const dave = await api('dave')
    const record = (await (await dave.fetch('/api/export')).text())
      .split('\n')
      .filter((line) => line.includes('erin@example.com') && line.includes('"sallyport"'))
      .map((line) => JSON.parse(line).entry)
    const kept = record.map(({ kind, action, resource, outcome }) => [kind, action, resource, outcome].join(' '))
    for (const entry of [
      ...['call tools/call my_reviews ', 'reply tools/call my_reviews ok', 'call tools/call why_denied '],
      ...['reply tools/call why_denied tool_error', 'refusal no/such  refused'],
    ])
      expect(kept).toContain(entry)
    expect(JSON.stringify(record)).toContain(era)
    expect(JSON.stringify(record)).not.toContain('4111 1111 1111 1111')
    const calls = record.filter(({ kind }) => kind === 'call')
    for (const { id } of calls) expect(record.filter(({ callId }) => callId === id)).toHaveLength(1)
  })
