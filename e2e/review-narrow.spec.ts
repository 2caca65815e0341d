import { connectV1, connectV2, type McpClient } from './support/clients'
import { expect, test } from './support/fixtures'
import { until } from './support/sallyport'

/** A call that is held: the review it waits for, and its answer. */
async function hold(client: McpClient, args: Record<string, unknown>) {
  let id = ''
  const onprogress = (message: string) => (id ||= /\/reviews\/([0-9a-f-]+)/.exec(message)?.[1] ?? '')
  const answer = client.call('refund_order', args, { onprogress })
  await until(() => id !== '', 10_000)
  return { id, answer }
}

/** Whether a call is answered at once, and not asked about. */
async function runs(client: McpClient, args: Record<string, unknown>): Promise<boolean> {
  const asked = new Promise<boolean>((done) => {
    const answer = client.call('refund_order', args, { onprogress: () => done(false) })
    // One that is held is left behind when its client closes.
    answer.then(({ isError }) => done(!isError)).catch(() => done(false))
  })
  return asked
}

/** Orders of which enough is left to refund. */
async function orders(client: McpClient): Promise<number[]> {
  const { structured } = await client.call('list_orders', { limit: 200 })
  const rows = (structured?.rows ?? []) as { id: number; amount: number; refunded: number }[]
  return rows.filter((row) => row.amount - row.refunded > 300).map((row) => row.id)
}

test('an approver gives a tool for some minutes under a condition, and nothing wider', async ({
  sallyport,
  token,
  pageOf,
}) => {
  const client = await connectV2(`${sallyport.url}/mcp/shop`, await token('alice'), 'modern')
  const [order] = await orders(client)
  const first = await hold(client, { order_id: order, amount: 90 })
  const bob = await pageOf('bob')
  await bob.goto(`/reviews/${first.id}`)
  // The keys work once the page is alive.
  await expect(async () => {
    await bob.keyboard.press('Shift+A')
    await expect(bob.getByRole('dialog')).toBeVisible({ timeout: 500 })
  }).toPass()
  await bob.getByLabel(/Any call of refund_order/).check()
  await bob.getByLabel('Minutes').fill('5')
  await bob.getByLabel('Only when').fill('args.amount < 10.0')
  await bob.getByRole('button', { name: 'Approve', exact: true }).click()
  await expect(bob.getByText(/this very call does not meet it/)).toBeVisible()
  await bob.getByLabel('Only when').fill('args.amount < 100.0')
  await bob.getByRole('button', { name: 'Approve', exact: true }).click()
  expect((await first.answer).isError).toBe(false)
  expect(await runs(client, { order_id: order, amount: 80 })).toBe(true)
  expect(await runs(client, { order_id: order, amount: 150 })).toBe(false)
  await bob.goto('/grants')
  await bob.getByRole('button', { name: 'Revoke' }).click()
  await bob.getByRole('button', { name: 'Revoke now' }).click()
  await expect(bob.getByText('Nothing is open')).toBeVisible()
  expect(await runs(client, { order_id: order, amount: 81 })).toBe(false)
  await client.close()
})

test('a counter-offer runs nothing; the caller reads the arguments, and the call with exactly them runs once', async ({
  sallyport,
  token,
  pageOf,
}) => {
  const client = await connectV1(`${sallyport.url}/mcp/shop`, await token('alice'))
  const [, order] = await orders(client)
  const held = await hold(client, { order_id: order, amount: 99, reason: 'late' })
  const bob = await pageOf('bob')
  await bob.goto(`/reviews/${held.id}`)
  await expect(async () => {
    await bob.keyboard.press('e')
    await expect(bob.getByRole('dialog')).toBeVisible({ timeout: 500 })
  }).toPass()
  await bob.getByLabel(/^amount/).fill('60')
  await expect(bob.getByText('it was 99')).toBeVisible()
  await bob.getByRole('textbox', { name: 'Why' }).fill('half of it')
  await bob.getByRole('button', { name: 'Offer this instead' }).click()
  const denied = await held.answer
  expect(denied.isError).toBe(true)
  expect(denied.text).toContain('half of it')
  expect(denied.text).toContain(`{"order_id":${order},"amount":60,"reason":"late"}`)
  expect(await runs(client, { order_id: order, amount: 60, reason: 'late' })).toBe(true)
  expect(await runs(client, { order_id: order, amount: 60, reason: 'late' })).toBe(false)
  await client.close()
})

test('access asked for ahead: alice asks in the console, bob approves, her calls run, and the revocation ends it', async ({
  sallyport,
  token,
  api,
  pageOf,
}) => {
  const page = await pageOf('alice')
  await page.goto('/access')
  await page.getByRole('button', { name: 'Ask for access' }).click()
  await page.getByLabel(/refund_order/).check()
  await page.getByLabel('Minutes').fill('30')
  await page.getByRole('textbox', { name: 'Why' }).fill('the weekend shift')
  await page.getByRole('button', { name: 'Ask', exact: true }).click()
  await page.waitForURL(/\/reviews\/[0-9a-f-]{36}/)
  const id = page.url().split('/').at(-1)
  const bob = await api('bob')
  const vote = { method: 'POST', body: JSON.stringify({ verdict: 'approve' }) }
  expect((await bob.fetch(`/api/reviews/${id}/votes`, vote)).status).toBe(200)
  const client = await connectV2(`${sallyport.url}/mcp/shop`, await token('alice'), 'legacy')
  const [, , order] = await orders(client)
  expect(await runs(client, { order_id: order, amount: 77 })).toBe(true)
  await page.goto('/access')
  await expect(page.getByRole('table', { name: 'Open grants' })).toContainText('any call')
  await page.getByRole('button', { name: 'Revoke' }).click()
  await page.getByRole('button', { name: 'Revoke now' }).click()
  await expect(page.getByRole('table', { name: 'Open grants' })).toBeHidden()
  expect(await runs(client, { order_id: order, amount: 77 })).toBe(false)
  await client.close()
})
