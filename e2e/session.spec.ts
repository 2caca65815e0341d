import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { connectV2 } from './support/clients'
import { type Api, expect, signIn, test } from './support/fixtures'
import { callBody, raw } from './support/raw'
import { until } from './support/sallyport'
import { openStep } from './support/steps'

const refund = (args: object, meta: object = {}) =>
  JSON.stringify({
    ...{ jsonrpc: '2.0', id: 1, method: 'tools/call' },
    params: { name: 'refund_order', arguments: args, _meta: { progressToken: 'p', ...meta } },
  })

/** The question about the refund of that amount: others may wait too. */
async function pending(bob: Api, amount: number): Promise<string> {
  let id: string | undefined
  await until(async () => {
    const waiting = (await (await bob.fetch('/api/reviews')).json()) as { id: string; arguments: string }[]
    id = waiting.find((review) => new RegExp(`"amount": ?${amount}\\b`).test(review.arguments))?.id
    return id !== undefined
  }, 10_000)
  return id ?? ''
}

async function vote(bob: Api, amount: number, verdict: 'approve' | 'deny', note: string): Promise<string> {
  const id = await pending(bob, amount)
  const answer = await bob.fetch(`/api/reviews/${id}/votes`, {
    method: 'POST',
    body: JSON.stringify({ verdict, note }),
  })
  expect(answer.status).toBe(200)
  return id
}

async function sessionOf(person: Api, query: string): Promise<string> {
  const found = (await (await person.fetch(`/api/sessions?${query}`)).json()) as { sessions: { id: string }[] }
  return found.sessions[0]?.id ?? ''
}

/** What is folded keeps Approve from working until it was unfolded. */
async function approveWhenAllIsShown(page: Page, figures: string[]): Promise<void> {
  const approve = page.getByRole('button', { name: /approve once/i })
  for (const name of figures) {
    await expect(approve).toBeDisabled()
    await page
      .getByRole('figure', { name, exact: true })
      .getByRole('button', { name: /show all/i })
      .click()
  }
  await approve.click()
}

const step = (page: Page) => page.getByLabel('Step', { exact: true })

test('a text is found among many steps, and where its step stands', async ({ sallyport, token, pageOf }) => {
  const client = await connectV2(`${sallyport.url}/mcp/shop`, await token('alice'), 'modern')
  const ids = Array.from({ length: 14 }, (_, n) => 1001 + n)
  for (const id of ids) await client.call('get_customer', { id })
  await client.close()
  const page = await pageOf('dave')
  await page.goto('/sessions?text="id":1009&tool=get_customer')
  await page.locator('[data-row]').first().click()
  const steps = page.getByRole('list', { name: 'Steps' }).getByRole('listitem')
  await expect(steps).toHaveCount(1)
  await expect(step(page).getByText('1009').first()).toBeVisible()
  const find = page.getByRole('searchbox', { name: 'Find in this session' })
  await find.fill('no step says this')
  await find.press('Enter')
  await expect(page.getByText('No step is like that')).toBeVisible()
  await page.getByRole('searchbox', { name: 'Find in this session' }).fill('"id":1011')
  await page.getByRole('searchbox', { name: 'Find in this session' }).press('Enter')
  await expect(step(page).getByText('1011').first()).toBeVisible()
  expect((await new AxeBuilder({ page }).setLegacyMode().analyze()).violations.map(({ id }) => id)).toEqual([])
  await page.getByRole('link', { name: 'Among all steps' }).click()
  await page.waitForURL(/step=\d+$/)
  await expect(step(page).getByText('1011').first()).toBeVisible()
  await expect(page.getByText(/^Step \d+ of \d\d$/)).toBeVisible()
  await expect(page.getByRole('link', { name: 'Among all steps' })).toHaveCount(0)
})

test('a step that waited for a person leads to its question, which is told as over, and says what people answered', async ({
  sallyport,
  token,
  api,
  pageOf,
}) => {
  const [alice, bob] = [await token('alice'), await api('bob')]
  const url = `${sallyport.url}/mcp/shop`
  for (const [verdict, amount, note] of [
    ['approve', 71, 'the customer called me'],
    ['deny', 72, 'it was delivered'],
  ] as const) {
    const held = raw(url, { token: alice, body: refund({ order_id: 5004, amount }) })
    const id = await vote(bob, amount, verdict, note)
    await held
    const page = await pageOf('dave')
    await page.goto(`/sessions?text=${amount}&tool=refund_order`)
    await page.locator('[data-row]').first().click()
    await openStep(page, 'refund_order')
    await expect(step(page).getByText(note)).toBeVisible()
    await expect(step(page).getByText('bob@example.com')).toBeVisible()
    if (verdict === 'deny') await expect(step(page).getByText('a person denied it')).toBeVisible()
    await step(page).getByRole('link', { name: 'The question' }).click()
    await page.waitForURL(`**/reviews/${id}**`)
    await expect(page.getByRole('heading', { level: 1 })).toContainText(/alice.* wanted refund_order on shop/)
    await expect(page.getByText('Why it was asked')).toBeVisible()
    await page.context().close()
  }
})

test('what `_meta` holds for the target is shown to whoever approves, unfolded first, and is in the session', async ({
  sallyport,
  token,
  api,
  pageOf,
}) => {
  const [alice, bob] = [await token('alice'), await pageOf('bob')]
  const lines = Object.fromEntries(Array.from({ length: 15 }, (_, n) => [`line-${n}`, n]))
  const args = { order_id: 5004, amount: 73, more: lines }
  const meta = { 'example.com/tenant': 'eu', more: lines, 'claudecode/toolUseId': 'toolu_1' }
  const held = raw(`${sallyport.url}/mcp/shop`, { token: alice, body: refund(args, meta) })
  await bob.goto(`/reviews/${await pending(await api('bob'), 73)}`)
  await expect(bob.getByRole('figure', { name: '_meta' })).toContainText('"example.com/tenant": "eu"')
  await expect(bob.getByRole('figure', { name: '_meta' })).not.toContainText('toolu_1')
  await approveWhenAllIsShown(bob, ['arguments', '_meta'])
  await held
  const page = await pageOf('dave')
  await page.goto('/sessions?text=example.com/tenant')
  await page.locator('[data-row]').first().click()
  await openStep(page, 'refund_order')
  await expect(step(page).getByRole('figure', { name: '_meta' })).toContainText('"example.com/tenant": "eu"')
})

test('of two long arguments of the same text both are shown before anybody approves, and then one can', async ({
  sallyport,
  token,
  api,
  pageOf,
}) => {
  const sql = `select\n${Array.from({ length: 15 }, (_, n) => `${n}`).join(',\n')}`
  const body = refund({ order_id: 5004, amount: 74, sql, query: sql })
  const held = raw(`${sallyport.url}/mcp/shop`, { token: await token('alice'), body })
  const bob = await pageOf('bob')
  await bob.goto(`/reviews/${await pending(await api('bob'), 74)}`)
  await approveWhenAllIsShown(bob, ['sql', 'query'])
  expect((await held).status).toBe(200)
})

test('a session of thousands of steps: the last is one key away, more come in while one looks, few rows are there', async ({
  sallyport,
  token,
  api,
  pageOf,
}) => {
  test.slow()
  const client = await connectV2(`${sallyport.url}/mcp/shop`, await token('alice'), 'legacy')
  const tools = Array.from({ length: 1_200 }, (_, n) => (n % 100 === 50 ? 'delete_customer' : 'list_orders'))
  const work = async () => {
    for (let tool = tools.pop(); tool !== undefined; tool = tools.pop()) await client.call(tool, { limit: 1 })
  }
  await Promise.all(Array.from({ length: 4 }, work))
  const page = await pageOf('dave')
  const id = await sessionOf(await api('dave'), 'client=sallyport-e2e')
  const answer = await page.goto(`/sessions/${id}`)
  expect((await answer?.body())?.length).toBeLessThan(400_000)
  const first = await page.getByText(/^Step 1 of/).textContent()
  const total = Number(/[\d,]+$/.exec(first ?? '')?.[0].replace(',', ''))
  expect(total).toBeGreaterThan(1_200)
  await expect(async () => {
    await page.keyboard.press('End')
    await expect(page.getByText(`Step ${total.toLocaleString('en')} of`)).toBeVisible({ timeout: 500 })
  }).toPass()
  await expect(step(page).getByText('list_orders')).toBeVisible()
  expect(await page.getByLabel('Steps').getByRole('listitem').count()).toBeLessThan(60)
  await client.call('get_customer', { id: 1003 })
  await expect(page.getByText(`of ${(total + 1).toLocaleString('en')}`)).toBeVisible({ timeout: 10_000 })
  await page.keyboard.press('End')
  await expect(step(page).getByText('get_customer')).toBeVisible()
  await page.reload()
  await expect(step(page).getByText('get_customer')).toBeVisible()
  await page.getByLabel('Show only').getByText('denied').click()
  await expect(page.getByText(/Step 1 of 12$/)).toBeVisible()
  await expect(step(page).getByText('no role allows it')).toBeVisible()
  await client.close()
})

test('a step says where it stands in the record; the page passes axe, and fits a phone', async ({
  sallyport,
  token,
  api,
  pageOf,
}) => {
  await raw(`${sallyport.url}/mcp/shop`, { token: await token('alice'), body: callBody('get_customer', { id: 1004 }) })
  const page = await pageOf('dave')
  await page.goto(`/sessions/${await sessionOf(await api('dave'), 'tool=get_customer')}`)
  await openStep(page, 'get_customer')
  await expect(step(page).getByText('In the record:')).toBeVisible()
  const found: string[] = []
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze()
    found.push(...violations.map(({ id, nodes }) => `${colorScheme}: ${id} ${nodes[0]?.html.slice(0, 160)}`))
  }
  await page.setViewportSize({ width: 360, height: 780 })
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  expect([found, wider]).toEqual([[], 0])
})

test("nobody steps through somebody else's session, not by its address either", async ({
  sallyport,
  token,
  api,
  pageOf,
}) => {
  await raw(`${sallyport.url}/mcp/shop`, { token: await token('bob'), body: callBody('list_orders', { limit: 1 }) })
  const id = await sessionOf(await api('bob'), '')
  for (const path of [`/api/sessions/${id}/steps`, `/api/sessions/${id}/steps/${id}`])
    expect((await (await api('alice')).fetch(path)).status, path).toBe(404)
  expect((await (await api('dave')).fetch(`/api/sessions/${id}/steps`)).status).toBe(200)
  const page = await pageOf('alice')
  await page.goto(`/sessions/${id}`)
  await expect(page.getByRole('heading', { name: /not found|nothing here|no such/i })).toBeVisible()
  await expect(page.getByText('list_orders')).toHaveCount(0)
})

test('times are those of whoever looks, wherever the server is', async ({ sallyport, token, browser }) => {
  await raw(`${sallyport.url}/mcp/shop`, { token: await token('alice'), body: callBody('get_customer', { id: 1005 }) })
  const context = await browser.newContext({ baseURL: sallyport.url, timezoneId: 'Asia/Kolkata' })
  const page = await context.newPage()
  await signIn(page, 'dave')
  await page.goto('/sessions?from=2026-01-01T00:00:00Z')
  await expect(page.getByRole('link', { name: 'Take away From' })).toContainText('1 Jan 2026, 05:30:00 UTC+5:30')
  await expect(page.getByRole('region', { name: /^Calls per hour/ })).toContainText(/:30 UTC\+5:30/)
  await expect(page.locator('tbody time').first()).toHaveAttribute('title', /UTC\+5:30$/)
  await page.locator('[data-row]').first().click()
  await expect(step(page).getByRole('time').first()).toContainText('UTC+5:30')
  await page.reload()
  await expect(step(page).getByRole('time').first()).toContainText('UTC+5:30')
  await context.close()
})

test('the record says what its check proves, what it cannot, and with which key it is signed', async ({ pageOf }) => {
  const page = await pageOf('dave')
  await page.goto('/audit')
  await page.getByText('What this proves').click()
  await expect(page.getByText('It cannot tell whether somebody cut entries off the end')).toBeVisible()
  await page.getByRole('button', { name: /^Copy the key MCow/ }).click()
  await page.getByText('signed in').or(page.locator('[data-row]')).first().click()
  await expect(page.getByRole('button', { name: /^Copy SHA-256 [0-9a-f]{64}$/ }).first()).toBeVisible()
})
