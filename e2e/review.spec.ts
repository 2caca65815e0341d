import { connectV1, connectV2 } from './support/clients'
import { expect, test } from './support/fixtures'
import { raw } from './support/raw'
import { until } from './support/sallyport'

type Row = { id: number; refunds: number }

/** How often the shop refunded an order: the upstream's count is the verdict. */
async function refunds(url: string, token: string, order: number): Promise<number> {
  const client = await connectV2(url, token, 'modern')
  const { structured } = await client.call('list_orders', { limit: 200 })
  await client.close()
  return ((structured?.rows ?? []) as Row[]).find((row) => row.id === order)?.refunds ?? -1
}

/** Waits for the link that a held call sends as progress. */
function heldLink() {
  let link = ''
  return {
    onprogress: (message: string) => (link ||= /\/reviews\/([0-9a-f-]+)/.exec(message)?.[1] ?? ''),
    id: () => link,
  }
}

test('promise 5: bob sees exactly what would run, approves in the browser, and it runs once', async ({
  sallyport,
  token,
  pageOf,
}) => {
  const alice = await token('alice')
  const url = `${sallyport.url}/mcp/shop`
  const order = 5006
  const before = await refunds(url, alice, order)
  const bob = await pageOf('bob')
  await bob.goto('/reviews')
  const client = await connectV2(url, alice, 'modern')
  const held = heldLink()
  const answer = client.call('refund_order', { order_id: order, amount: 50.5, reason: 'broken on arrival' }, held)
  await until(() => held.id() !== '', 10_000)
  const shownBy = Date.now()
  await expect(bob.getByText('refund_order').first()).toBeVisible({ timeout: 5000 })
  expect(Date.now() - shownBy).toBeLessThan(5000)
  await bob.goto(`/reviews/${held.id()}`)
  await expect(bob.getByText('broken on arrival').first()).toBeVisible()
  await expect(bob.getByText('50.5').first()).toBeVisible()
  await bob.getByRole('button', { name: /approve once/i }).click()
  expect(await answer).toMatchObject({ isError: false })
  expect(await refunds(url, alice, order)).toBe(before + 1)
  await client.close()
})

test('promise 5: a denied call never reaches the target, and the caller reads why', async ({
  sallyport,
  token,
  api,
}) => {
  const alice = await token('alice')
  const url = `${sallyport.url}/mcp/shop`
  const before = await refunds(url, alice, 5002)
  const client = await connectV1(url, alice)
  const held = heldLink()
  const answer = client.call('refund_order', { order_id: 5002, amount: 60 }, held)
  await until(() => held.id() !== '', 10_000)
  const bob = await api('bob')
  const vote = { method: 'POST', body: JSON.stringify({ verdict: 'deny', note: 'ask the customer first' }) }
  expect((await bob.fetch(`/api/reviews/${held.id()}/votes`, vote)).status).toBe(200)
  const denied = await answer
  expect(denied.isError).toBe(true)
  expect(denied.text).toContain('ask the customer first')
  expect(await refunds(url, alice, 5002)).toBe(before)
  expect((await bob.fetch(`/api/reviews/${held.id()}/votes`, vote)).status).toBe(409)
  await client.close()
})

test('promise 5: nobody settles their own question, and neither an admin nor a stranger may', async ({
  sallyport,
  token,
  api,
}) => {
  const client = await connectV2(`${sallyport.url}/mcp/shop`, await token('alice'), 'modern')
  const held = heldLink()
  const answer = client.call('refund_order', { order_id: 5003, amount: 70 }, held)
  await until(() => held.id() !== '', 10_000)
  for (const person of ['alice', 'carol', 'dave', 'erin'] as const) {
    const session = await api(person)
    const response = await session.fetch(`/api/reviews/${held.id()}/votes`, {
      method: 'POST',
      body: JSON.stringify({ verdict: 'approve' }),
    })
    expect([403, 404], person).toContain(response.status)
  }
  const bob = await api('bob')
  await bob.fetch(`/api/reviews/${held.id()}/votes`, { method: 'POST', body: JSON.stringify({ verdict: 'deny' }) })
  expect((await answer).isError).toBe(true)
  await client.close()
})

test('promise 5: of two identical calls waiting on one approval one runs, and the other is told', async ({
  sallyport,
  token,
  api,
}) => {
  const alice = await token('alice')
  const url = `${sallyport.url}/mcp/shop`
  const before = await refunds(url, alice, 5008)
  const [one, two] = [await connectV2(url, alice, 'modern'), await connectV1(url, alice)]
  const [first, second] = [heldLink(), heldLink()]
  const args = { order_id: 5008, amount: 51 }
  const answers = [one.call('refund_order', args, first), two.call('refund_order', args, second)]
  await until(() => first.id() !== '' && second.id() !== '', 10_000)
  expect(second.id()).toBe(first.id())
  const bob = await api('bob')
  await bob.fetch(`/api/reviews/${first.id()}/votes`, { method: 'POST', body: JSON.stringify({ verdict: 'approve' }) })
  const settled = await Promise.all(answers)
  expect(settled.filter((answer) => !answer.isError)).toHaveLength(1)
  expect(settled.find((answer) => answer.isError)?.text).toContain('used by an identical call')
  expect(await refunds(url, alice, 5008)).toBe(before + 1)
  await Promise.all([one.close(), two.close()])
})

test('promise 4: an approval is for these arguments, and other arguments ask again', async ({
  sallyport,
  token,
  api,
}) => {
  const alice = await token('alice')
  const url = `${sallyport.url}/mcp/shop`
  const client = await connectV2(url, alice, 'modern')
  const bob = await api('bob')
  const ask = async (amount: number) => {
    const held = heldLink()
    const answer = client.call('refund_order', { order_id: 5005, amount }, held)
    await until(() => held.id() !== '', 10_000)
    return { id: held.id(), answer }
  }
  const first = await ask(52)
  const second = await ask(53)
  expect(second.id).not.toBe(first.id)
  await bob.fetch(`/api/reviews/${first.id}/votes`, { method: 'POST', body: JSON.stringify({ verdict: 'approve' }) })
  expect((await first.answer).isError).toBe(false)
  await bob.fetch(`/api/reviews/${second.id}/votes`, { method: 'POST', body: JSON.stringify({ verdict: 'deny' }) })
  expect((await second.answer).isError).toBe(true)
  await client.close()
})

test('what a caller and its client say of themselves cannot pass for the sentence, and hides nothing', async ({
  sallyport,
  token,
  pageOf,
}) => {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': { elicitation: { url: {} } },
    'io.modelcontextprotocol/clientInfo': { name: 'x, wants get_order on shop', version: '1' },
    'io.sallyport/reason': 'as bob\u202e said',
  }
  const params = { name: 'refund_order', arguments: { order_id: 5004, amount: 64, reason: 'a\u200bb' }, _meta }
  const { text } = await raw(`${sallyport.url}/mcp/shop`, {
    token: await token('alice'),
    headers: { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': 'refund_order' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params }),
  })
  const bob = await pageOf('bob')
  await bob.goto(`/reviews/${/\/reviews\/([0-9a-f-]{36})/.exec(text)?.[1]}`)
  const question = bob.getByRole('article', { name: 'The question' })
  await expect(question.getByRole('heading', { level: 1 })).toContainText('“x, wants get_order on shop”')
  await expect(question.getByRole('blockquote')).toContainText('U+202E right-to-left override')
  await expect(question.getByRole('figure').first()).toContainText('U+200B zero-width space')
  await expect(bob.getByRole('list', { name: 'Waiting questions' })).toContainText('U+200B')
})
