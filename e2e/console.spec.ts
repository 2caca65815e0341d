import { spawn } from 'node:child_process'
import { hash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import AxeBuilder from '@axe-core/playwright'
import { ask } from './support/admin'
import { connectV2 } from './support/clients'
import { type Api, expect, test } from './support/fixtures'
import { callBody, raw } from './support/raw'
import { until } from './support/sallyport'
import { openStep } from './support/steps'
import { counting } from './support/upstreams'

const pages = [
  '/?stay=1',
  '/reviews',
  '/sessions',
  '/grants',
  '/roles',
  '/roles/edit',
  '/roles/unused',
  '/roles/versions',
  '/ask?ask=who&connection=shop&resource=query',
  '/connections',
  '/connections/shop',
  '/connections/new',
  '/connections/shop/edit',
  '/agents',
  '/agents/new',
  '/audit',
  '/access',
  '/notices',
]

test('on every page axe finds nothing in light or dark, and nothing is wider than a phone', async ({
  sallyport,
  token,
  api,
  pageOf,
}) => {
  test.slow()
  await somethingInEveryList(sallyport.url, await token('alice'), await api('bob'), await api('carol'))
  const page = await pageOf('carol')
  const wide = page.viewportSize() ?? { width: 1280, height: 720 }
  const found: string[] = []
  for (const path of pages) {
    await page.setViewportSize(wide)
    await page.emulateMedia({ colorScheme: 'light' })
    await page.goto(path)
    await page.getByRole('heading', { level: 1 }).waitFor()
    // The title may come after the page, with the rest of the stream.
    await expect(page).toHaveTitle(/Sallyport/)
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      // Without a second page for each answer; in the dark only colours can differ.
      const axe = new AxeBuilder({ page }).setLegacyMode()
      const { violations } = await (colorScheme === 'dark' ? axe.withRules(['color-contrast']) : axe).analyze()
      found.push(...violations.map(({ id, nodes }) => `${path}, ${colorScheme}: ${id} ${nodes[0]?.html.slice(0, 120)}`))
    }
    await page.setViewportSize({ width: 360, height: 780 })
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
    if (wider > 0) found.push(`${path}: ${wider} px wider than a phone`)
  }
  expect(found).toEqual([])
})

test('an approver needs no mouse: the card comes by push within a second, enter opens, a approves', async ({
  sallyport,
  token,
  pageOf,
}) => {
  const page = await pageOf('bob')
  await page.goto('/reviews')
  await expect(page.getByText('Nothing waits for you')).toBeVisible()
  // The page listens once its connection is open.
  await page.waitForTimeout(500)
  const client = await connectV2(`${sallyport.url}/mcp/shop`, await token('alice'), 'modern')
  let heldAt = 0
  const onprogress = () => (heldAt ||= Date.now())
  const answer = client.call('refund_order', { order_id: 5010, amount: 55 }, { onprogress })
  await until(() => heldAt > 0, 10_000)
  await expect(page.locator('[data-row]').getByText('refund_order')).toBeVisible({ timeout: 5_000 })
  expect(Date.now() - heldAt).toBeLessThan(3_000)
  await expect(page).toHaveTitle(/^\(1\)/)
  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  await expect(page.getByText('What would run, exactly')).toBeVisible()
  await page.keyboard.press('a')
  expect((await answer).isError).toBe(false)
  await expect(page.getByLabel('The question').getByText('approved').first()).toBeVisible()
  await client.close()
})

test('an admin tries an MCP server before it is saved, and a mistake keeps what was typed', async ({ pageOf }) => {
  const upstream = await counting()
  const page = await pageOf('carol')
  await page.goto('/connections/new')
  const [name, address] = [page.getByLabel('Name', { exact: true }), page.getByRole('textbox', { name: 'Address' })]
  await name.fill('notes')
  await address.fill('http://169.254.169.254/latest')
  await page.getByRole('radio', { name: 'Headers' }).check()
  await page.getByLabel('Value of header 1').fill('Bearer t0p-s3cret-value')
  await page.getByRole('button', { name: 'Test' }).click()
  await expect(page.getByText('never targets')).toBeVisible()
  await expect(address).toBeFocused()
  await expect(name).toHaveValue('notes')
  await address.fill('http://127.0.0.1:9/mcp')
  await page.keyboard.press('Control+Enter')
  await expect(page.getByText('refuses connections')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Save all the same' })).toBeVisible()
  await address.fill(upstream.url)
  await page.keyboard.press('Control+Enter')
  await expect(page.getByText('It answers with 4 tools')).toBeVisible()
  expect(upstream.requests.at(-1)?.headers.authorization).toBe('Bearer t0p-s3cret-value')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(page.getByRole('heading', { name: 'notes' })).toBeVisible()
  await expect(page.getByRole('heading', { name: 'Tools (4)' })).toBeVisible()
  expect(await page.content()).not.toContain('t0p-s3cret')
  await page.getByRole('link', { name: 'Change' }).click()
  await page.getByRole('textbox', { name: 'Address' }).fill('http://localhost:9/mcp')
  await expect(page.getByText('was given for another origin and will be cleared')).toBeVisible()
  await upstream.close()
})

test('an auditor finds a call and steps through it; a caller sees nobody else', async ({
  sallyport,
  token,
  pageOf,
}) => {
  const client = await connectV2(`${sallyport.url}/mcp/shop`, await token('alice'), 'modern')
  await client.call('get_customer', { id: 1003 })
  await client.call('delete_customer', { id: 1003 })
  await client.close()
  const page = await pageOf('dave')
  await page.goto('/sessions')
  // The keys work once the page is alive.
  await expect(async () => {
    await page.keyboard.press('/')
    await expect(page.getByRole('searchbox')).toBeFocused({ timeout: 500 })
  }).toPass()
  await page.keyboard.type('nothing-says-this')
  await page.keyboard.press('Enter')
  await expect(page.getByText('Nothing matches')).toBeVisible()
  await page.getByRole('link', { name: 'Take away Text' }).click()
  await expect(page.getByRole('link', { name: 'Take away Text' })).toHaveCount(0)
  await page.getByLabel('Tool').fill('get_customer')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/tool=get_customer$/)
  await expect(page.getByRole('form', { name: 'Filter sessions' })).toHaveCount(1)
  await page.locator('[data-row]').first().click()
  await openStep(page, 'delete_customer')
  await expect(page).toHaveURL(/step=\d+$/)
  await page.reload()
  await expect(page.getByText('the target never saw it')).toBeVisible()
  await openStep(page, 'get_customer')
  await expect(page.getByLabel('Step', { exact: true }).getByText('read-shop')).toBeVisible()
  await page.goto('/audit')
  await page.getByRole('button', { name: 'Check the record now' }).click()
  await expect(page.getByText('The record holds')).toBeVisible({ timeout: 20_000 })
  const bob = await pageOf('bob')
  await bob.goto('/sessions')
  await expect(bob.getByText('alice@example.com')).toHaveCount(0)
})

test('of a call with long arguments an auditor sees what decided it, and what is kept of them', async ({
  sallyport,
  token,
  pageOf,
}) => {
  const args = { id: 1003, note: 'a long letter '.repeat(3000) }
  for (const name of ['get_customer', 'delete_customer'])
    await raw(`${sallyport.url}/mcp/shop`, { token: await token('alice'), body: callBody(name, args) })
  const page = await pageOf('dave')
  await page.goto('/sessions?text=a%20long%20letter')
  await page.locator('[data-row]').first().click()
  const step = page.getByLabel('Step', { exact: true })
  for (const [name, said] of [
    ['get_customer', 'read-shop'],
    ['delete_customer', 'no role allows it'],
  ] as const) {
    await openStep(page, name)
    await expect(step.getByText('The arguments were too long for the record')).toContainText('42,021 bytes')
    await expect(step.getByText(hash('sha256', JSON.stringify(args)))).toBeVisible()
    await expect(step.getByRole('figure', { name: 'start of the request' })).toContainText(
      '{"id":1003,"note":"a long letter',
    )
    await expect(step.getByText(said)).toBeVisible()
  }
  await step.getByRole('link', { name: 'Why' }).click()
  await expect(page.getByText('As it was decided')).toBeVisible()
  await expect(page.getByText('As the policy in force would decide it')).toBeVisible()
})

test('an admin enrols an agent with one command, sees it appear, connects behind it and revokes it', async ({
  pageOf,
}) => {
  const upstream = await counting()
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-agent-'))
  const config = join(folder, 'agent.yaml')
  writeFileSync(config, `targets:\n  - { name: notes, type: http, url: "${upstream.url}" }\n`)
  const agent = (...args: string[]) =>
    spawn(process.execPath, ['--import', 'tsx', 'server/tunnel/agent.ts', ...args, '--config', config])
  const page = await pageOf('carol')
  await page.goto('/agents/new')
  await page.getByLabel('Name').fill('office')
  await page.keyboard.press('Enter')
  const command = (await page.getByLabel('the command').locator('pre').textContent()) ?? ''
  const [, gateway = '', token = ''] = / enrol (\S+) (spa_\S+) /.exec(command) ?? []
  await expect(page.getByText('Waiting for the agent to enrol')).toBeVisible()
  await once(agent('enrol', gateway, token), 'exit')
  await expect(page.getByText('It has a key of its own')).toBeVisible()
  const running = agent('run')
  await expect(page.getByText('It offers notes')).toBeVisible()
  await page.getByRole('link', { name: 'Add a connection behind it' }).click()
  await page.getByLabel('Name', { exact: true }).fill('office-notes')
  await page.getByLabel('Target').fill('notes')
  await page.getByRole('button', { name: 'Test' }).click()
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('heading', { name: 'Tools (4)' })).toBeVisible()
  await page.goto('/agents')
  const row = page.getByRole('row').filter({ hasText: 'office' })
  await expect(row.getByText('online')).toBeVisible()
  await row.getByRole('button', { name: 'Revoke' }).click()
  await expect(page.getByText('1 connection stops working: office-notes')).toBeVisible()
  await page.getByLabel('Type office to revoke it').fill('office')
  await page.keyboard.press('Enter')
  await expect(row.getByText('revoked')).toBeVisible()
  running.kill()
  await upstream.close()
})

/** A session, a refusal outside any, a grant that is used up and one that is open, a channel. */
async function somethingInEveryList(url: string, alice: string, bob: Api, carol: Api): Promise<void> {
  const client = await connectV2(`${url}/mcp/shop`, alice, 'modern')
  for (const [amount, give] of [
    [61, undefined],
    [62, { scope: 'call', minutes: 30 }],
  ] as const) {
    let review = ''
    const onprogress = (message: string) => (review ||= /\/reviews\/([0-9a-f-]+)/.exec(message)?.[1] ?? '')
    const answer = client.call('refund_order', { order_id: 5030, amount }, { onprogress })
    await until(() => review !== '', 10_000)
    await ask(bob, `/api/reviews/${review}/votes`, {
      method: 'POST',
      body: JSON.stringify({ verdict: 'approve', give }),
    })
    await answer
  }
  await client.close()
  expect((await raw(`${url}/mcp/nowhere`, { token: alice, body: '{}' })).status).toBe(404)
  const channel = { name: 'leads', kind: 'webhook', url: 'http://127.0.0.1:9/hook' }
  await ask(carol, '/api/notices', { method: 'POST', body: JSON.stringify(channel) })
}
