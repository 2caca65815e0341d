import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { apiTools } from './support/api-tools'
import { connectV1, connectV2 } from './support/clients'
import { expect, test } from './support/fixtures'
import { pick } from './support/pick'
import { openStep } from './support/steps'

// A rule of its own decides what others of the demo would meet.
test.use({ own: 'api verbs' })

async function axe(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze()
  return violations.map(({ id, nodes }) => `${id} ${nodes[0]?.html.slice(0, 160)}`)
}

async function choose(page: Page, rule: string, words: string) {
  await page.getByRole('button', { name: `Add a condition to rule ${rule}`, exact: true }).click()
  await page.getByRole('menuitem', { name: words, exact: true }).click()
}

/** Maps two tools in the form of a new connection; what is wrong is said beside it. */
async function register(page: Page, url: string): Promise<void> {
  await page.goto('/connections/new')
  await page.getByLabel('Name', { exact: true }).fill('api')
  await page.getByRole('textbox', { name: 'Address' }).fill(url)
  await page.getByRole('button', { name: 'Test' }).click()
  await expect(page.getByText('3 tools').first()).toBeVisible()
  const form = page.getByRole('group', { name: 'Tools that call an API' })
  await form.getByRole('button', { name: 'Add a tool' }).click()
  await page.getByLabel('API tool 1', { exact: true }).fill('get_order')
  await page.getByLabel('Path of API tool 1').fill('/orders/{number}')
  await expect(form).toContainText('number is no argument of get_order')
  await page.getByLabel('Path of API tool 1').fill('/orders?id={id}')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(form.getByRole('alert')).toContainText('a path begins with `/` and has no `?`', { ignoreCase: true })
  await page.getByLabel('Path of API tool 1').fill('/orders/{id}')
  await form.getByRole('button', { name: 'Another tool' }).click()
  await page.getByLabel('API tool 2', { exact: true }).fill('cancel_order')
  await page.getByLabel('Method of API tool 2').selectOption('POST')
  await page.getByLabel('Path of API tool 2').fill('/orders/{id}/cancel')
  expect(await axe(page)).toEqual([])
  await page.setViewportSize({ width: 390, height: 800 })
  expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0)
  await page.setViewportSize({ width: 1280, height: 1000 })
  await page.getByRole('button', { name: 'Save' }).click()
  await page.waitForURL('**/connections/api')
  await page.getByText('cancel_order').first().click()
  await expect(page.getByText('Calls POST /orders/{id}/cancel.')).toBeVisible()
}

/** Orders may be read; what is cancelled is asked about. */
async function writeRules(page: Page): Promise<void> {
  await page.goto('/roles/edit')
  await page.getByRole('button', { name: 'Add a role' }).click()
  await page.getByLabel('Name of the role').fill('api-users')
  await pick(page, 'members of role api-users', ['support'])
  for (const [id, effect] of [
    ['read-orders', 'allow'],
    ['cancel-orders', 'review'],
  ] as const) {
    await page.getByRole('button', { name: 'Add a rule' }).click()
    await page
      .getByRole('textbox', { name: /^Name of rule/ })
      .last()
      .fill(id)
    await page.getByLabel(`Effect of rule ${id}`, { exact: true }).selectOption(effect)
    const chosen = page.getByRole('button', { name: `Remove api from connections of rule ${id}`, exact: true })
    // A list that is drawn anew under the mouse takes no click.
    await expect(async () => {
      if (!(await chosen.isVisible())) await pick(page, `connections of rule ${id}`, ['api'])
      await expect(chosen).toBeVisible({ timeout: 1_000 })
    }).toPass()
    await pick(page, `tools and resources of rule ${id}`, [effect === 'allow' ? '*' : 'cancel_order'])
    await choose(page, id, 'the HTTP method')
    const part = `part 1 of the condition of rule ${id}`
    await page.getByRole('button', { name: `Remove GET from methods in ${part}` }).click()
    // However it is typed.
    await pick(page, `methods in ${part}`, [effect === 'allow' ? 'get' : 'POST'])
    await choose(page, id, 'the HTTP path')
    await page.getByLabel(`Path in part 2 of the condition of rule ${id}`).fill('/orders/')
  }
  await pick(page, 'approvers of rule cancel-orders', ['support-leads'])
}

test('tools of an API are mapped, allowed and asked about by method and path, in forms; no argument gets around it', async ({
  sallyport,
  token,
  pageOf,
}) => {
  test.setTimeout(180_000)
  const upstream = await apiTools()
  const page = await pageOf('carol')
  await page.setViewportSize({ width: 1280, height: 1000 })
  await register(page, upstream.url)
  await writeRules(page)
  await page.getByRole('button', { name: 'Review and publish' }).click()
  await expect(page.getByText('http is not known for api/ping').first()).toBeVisible()
  await page.getByLabel('What changes, and why').fill('Orders of the API')
  await page.keyboard.press('Control+Enter')
  await expect(page).toHaveURL(/\/roles$/)

  const alice = await connectV2(`${sallyport.url}/mcp/api`, await token('alice'), 'modern')
  const legacy = await connectV1(`${sallyport.url}/mcp/api`, await token('alice'))
  expect((await alice.call('get_order', { id: '7' })).text).toBe('this is /orders/7')
  expect((await legacy.call('get_order', { id: 8 })).text).toBe('this is /orders/8')
  const before = [...upstream.asked]
  const ways = [
    '../customers/7',
    '..%2fcustomers%2f7',
    '%2e%2e/x',
    '7/cancel',
    '7?all=1',
    '7#',
    '..',
    '.',
    '..;/x',
    '7\\..\\x',
    '．．／x',
    '',
  ]
  for (const id of [...ways, ['7'], { id: '7' }, null, true])
    for (const caller of [alice, legacy])
      expect(await caller.call('get_order', { id }), JSON.stringify(id)).toMatchObject({ isError: true })
  expect((await alice.call('get_order', {})).isError, 'nothing given').toBe(true)
  expect((await alice.call('ping', {})).isError, 'not mapped').toBe(true)
  expect(upstream.asked).toEqual(before)

  const waiting = alice.call('cancel_order', { id: '7' })
  const bob = await pageOf('bob')
  await bob.goto('/reviews')
  await bob.locator('[data-row]').first().click()
  await expect(bob.getByText('POST /orders/7/cancel')).toBeVisible()
  await bob.getByRole('button', { name: /^Approve once/ }).click()
  expect((await waiting).text).toBe('this is /orders/7/cancel')

  await page.goto('/sessions?tool=cancel_order')
  await page.locator('[data-row]').first().click()
  const step = page.getByLabel('Step', { exact: true })
  await openStep(page, 'cancel_order')
  await expect(step).toContainText('In HTTP: POST /orders/7/cancel')
  await alice.close()
  await legacy.close()
  await upstream.close()
})
