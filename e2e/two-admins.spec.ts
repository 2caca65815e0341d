import AxeBuilder from '@axe-core/playwright'
import { type BrowserContext, test as base, type Page } from '@playwright/test'
import { type ConsoleSession, consoleSession, localAccessToken } from '../server/local/sign-in'
import type { PolicyDocument } from '../server/types'
import { publish } from './support/admin'
import { connectV2 } from './support/clients'
import { expect, signIn } from './support/fixtures'
import { type Sallyport, startSallyport } from './support/sallyport'

type Fixtures = { admins(): Promise<{ carol: Page; bob: Page }>; api: ConsoleSession }

/** A Sallyport with two administrators, carol and bob, each with a browser of their own. */
const test = base.extend<Fixtures, { sallyport: Sallyport }>({
  sallyport: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the parameter's pattern.
    async ({}, use) => {
      const sallyport = await startSallyport({ env: { ADMIN_GROUPS: 'admins,support-leads' } })
      await use(sallyport)
      await sallyport.stop()
    },
    { scope: 'worker', timeout: 90_000 },
  ],
  api: async ({ sallyport }, use) => use(await consoleSession(sallyport.url, 'carol')),
  admins: async ({ sallyport, browser }, use) => {
    const contexts: BrowserContext[] = []
    const pageOf = async (person: 'carol' | 'bob') => {
      const context = await browser.newContext({ baseURL: sallyport.url, viewport: { width: 1280, height: 1000 } })
      contexts.push(context)
      const page = await context.newPage()
      await signIn(page, person)
      return page
    }
    await use(async () => ({ carol: await pageOf('carol'), bob: await pageOf('bob') }))
    for (const context of contexts) await context.close()
  },
})

type Live = { number: number; document: PolicyDocument }
const live = async (api: ConsoleSession): Promise<Live> => (await (await api.fetch('/api/policy')).json()) as Live

async function publishDraft(page: Page, message: string): Promise<void> {
  const box = page.getByLabel('What changes, and why')
  if (!(await box.isVisible())) await page.getByRole('button', { name: 'Review and publish' }).click()
  await box.fill(message)
  await page.getByRole('button', { name: /^Publish/ }).click()
  await expect(page).toHaveURL(/\/roles$/)
}

async function looks(page: Page): Promise<string[]> {
  const found: string[] = []
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze()
    found.push(...violations.map(({ id, nodes }) => `${colorScheme}: ${id} ${nodes[0]?.html.slice(0, 160)}`))
  }
  await page.setViewportSize({ width: 390, height: 800 })
  const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  if (over > 0) found.push(`${over} px too wide at 390`)
  await page.setViewportSize({ width: 1280, height: 1000 })
  return found
}

test('two administrators, two browsers: the second is told while typing, sees what clashes, and loses nothing', async ({
  admins,
  api,
}) => {
  const { carol, bob } = await admins()
  await carol.goto('/roles/edit?role=support')
  await carol.getByLabel('Description').fill('Mine')
  const { number } = await live(api)
  await bob.goto('/roles/edit?role=support')
  await bob.getByLabel('Description').fill('Theirs')
  await bob.getByRole('button', { name: 'support-lead', exact: false }).first().click()
  await bob.getByLabel('Description').fill('Theirs too')
  await publishDraft(bob, 'Was first')

  const standing = carol.getByRole('status').filter({ hasText: 'this draft stands on' })
  await expect(standing).toContainText(`bob@example.com published version ${number + 1}`)
  await expect(carol.getByLabel('Description')).toHaveValue('Mine')
  await carol.reload()
  await expect(carol.getByLabel('Description')).toHaveValue('Mine')
  await carol.getByRole('button', { name: 'Review and publish' }).click()
  const told = carol.getByRole('region', { name: 'Another version was published' })
  await expect(told).toContainText('Was first')
  await expect(told).toContainText('Of this you changed 1 thing too: yours would replace theirs')
  await expect(carol.getByRole('button', { name: /^Publish/ })).toBeDisabled()
  expect(await looks(carol)).toEqual([])
  await told.getByRole('button', { name: /Put my changes on top/ }).click()
  await expect(told).toBeHidden()
  await publishDraft(carol, 'Mine on top')
  const after = await live(api)
  expect(after.number).toBe(number + 2)
  expect(after.document.roles.map(({ description }) => description)).toEqual(['Mine', 'Theirs too'])
})

test('who rolls back while another publishes is told, and nothing is taken back before they say so again', async ({
  admins,
  api,
}) => {
  const { carol, bob } = await admins()
  await publish(api, 'Worse', (document) => ({ ...document, masks: [] }))
  await carol.goto('/roles/versions?show=1')
  await carol.getByRole('button', { name: 'Roll back to this' }).click()
  const dialog = carol.getByRole('dialog')
  await expect(dialog).toContainText('It becomes a new version')
  await bob.goto('/roles/edit?role=support')
  await bob.getByLabel('Description').fill(`Meanwhile ${Date.now()}`)
  await publishDraft(bob, 'In between')
  const { number } = await live(api)
  await dialog.getByRole('button', { name: 'Roll back', exact: true }).click()
  await expect(dialog.getByRole('alert')).toContainText(`bob@example.com published version ${number} meanwhile`)
  await expect(dialog.getByRole('alert')).toContainText('In between')
  expect((await live(api)).number).toBe(number)
  expect(await looks(carol)).toEqual([])
  await dialog.getByRole('button', { name: 'Roll back all the same' }).click()
  await expect(carol.getByText(`Version ${number + 1} is in force.`)).toBeVisible()
  expect((await live(api)).document.masks.map(({ id }) => id)).toEqual(['customer-pii'])
})

test('duplicating, moving and deleting are undone and done again, by button and by key, and only what is left is published', async ({
  admins,
  api,
}) => {
  const { carol } = await admins()
  const before = await live(api)
  await carol.goto('/roles/edit?role=support')
  const rules = carol.getByRole('listitem').filter({ has: carol.getByRole('textbox', { name: /^Name of rule/ }) })
  const names = () =>
    rules
      .getByRole('textbox', { name: /^Name of rule/ })
      .evaluateAll((all) => all.map((one) => (one as HTMLInputElement).value))
  await expect(rules).toHaveCount(4)
  const start = await names()
  await carol.getByRole('button', { name: 'Duplicate rule refund', exact: true }).click()
  await carol.getByRole('button', { name: 'Move rule refund-copy up' }).click()
  await carol.getByRole('button', { name: 'Delete rule read-shop' }).click()
  await expect(rules).toHaveCount(4)
  for (let n = 0; n < 3; n += 1) await carol.getByRole('button', { name: 'Undo' }).click()
  expect(await names()).toEqual(start)
  await expect(carol.getByRole('button', { name: 'Undo' })).toBeDisabled()
  await expect(carol.getByRole('button', { name: 'Review and publish' })).toBeDisabled()
  await carol.getByRole('heading', { level: 1 }).click()
  await carol.keyboard.press('Control+Shift+Z')
  await carol.keyboard.press('Control+Y')
  await carol.keyboard.press('Control+Y')
  expect(await names()).toEqual(['select-only', 'refund-copy', 'refund', 'big-refund'])
  await carol.keyboard.press('Control+Z')
  expect(await names()).toEqual(['read-shop', 'select-only', 'refund-copy', 'refund', 'big-refund'])

  await carol.getByRole('button', { name: 'Duplicate role support', exact: true }).click()
  await expect(carol.getByLabel('Name of the role')).toHaveValue('support-copy')
  await carol.getByRole('button', { name: 'Undo' }).click()
  await carol.getByRole('button', { name: 'Redo' }).click()
  await carol.getByRole('button', { name: 'support-copy' }).first().click()
  await expect(carol.getByLabel('Name of the role')).toHaveValue('support-copy')
  await publishDraft(carol, 'Copies')
  const { document } = await live(api)
  const [support, lead] = before.document.roles
  const { rules: old, ...role } = support!
  const refund = old.find(({ id }) => id === 'refund')!
  const copied = old.flatMap((rule) => (rule.id === 'refund' ? [{ ...refund, id: 'refund-copy' }, rule] : [rule]))
  expect(document).toEqual({
    ...before.document,
    roles: [{ ...role, rules: copied }, { ...role, name: 'support-copy', rules: copied }, lead],
  })
})

test('what would change is told against the version in force: what is so already is apart, what is opened again is new', async ({
  sallyport,
  admins,
  api,
}) => {
  const alice = await connectV2(`${sallyport.url}/mcp/shop`, await localAccessToken(sallyport.url, 'alice'), 'legacy')
  await alice.call('get_customer', { id: 1 })
  await alice.close()
  const stricter = (document: PolicyDocument) => ({
    ...document,
    roles: document.roles.map((role) => ({ ...role, rules: role.rules.filter(({ id }) => id !== 'read-shop') })),
  })
  const { document: open } = await live(api)
  await publish(api, 'Stricter', stricter)
  const { number } = await live(api)
  const { carol } = await admins()
  const decideAgain = async () => {
    await carol.getByRole('button', { name: 'Review and publish' }).click()
    await carol.getByRole('button', { name: /Decide (recorded calls|them) again/ }).click()
    await expect(carol.getByText(/^Of \d+ recorded call/)).toBeVisible()
  }
  await carol.goto('/roles/edit?role=support')
  await carol.getByLabel('Description').fill('Said otherwise')
  await decideAgain()
  await expect(carol.getByText('Publishing would change none of the others.')).toBeVisible()
  await expect(carol.getByRole('region', { name: 'Newly denied' })).toHaveCount(0)
  await carol.getByText(`Already so under version ${number}, in force`).click()
  const row = carol.getByRole('listitem').filter({ hasText: 'get_customer' })
  await expect(row).toContainText('denied, was allowed')
  expect(await looks(carol)).toEqual([])

  await carol.getByRole('button', { name: 'Discard' }).click()
  await carol.getByRole('dialog').getByRole('button', { name: 'Discard' }).click()
  await carol.evaluate(
    ([viewer, basedOn, base, document]) =>
      localStorage.setItem(viewer as string, JSON.stringify({ basedOn, base, document, at: new Date().toISOString() })),
    [`sallyport draft ${sallyport.url}/local#carol`, number, (await live(api)).document, open] as const,
  )
  await carol.goto('/roles/edit?role=support')
  await decideAgain()
  const opened = carol.getByRole('region', { name: 'Newly allowed' })
  await expect(opened).toContainText('get_customer')
  await expect(opened).toContainText(`allowed then, denied by version ${number}`)
  expect(await looks(carol)).toEqual([])
})

test('on the Ask page nothing stays that is of another tool, and an older answer says what it is of', async ({
  admins,
}) => {
  const { carol } = await admins()
  await carol.goto('/ask?ask=try&connection=shop&resource=get_customer&args=%7B%22id%22%3A1%7D')
  const stale = carol.getByText('The answer below is to the question as it was asked before')
  await expect(carol.getByRole('region', { name: /^For / })).toBeVisible()
  await expect(stale).toHaveCount(0)
  await carol.getByLabel('id', { exact: true }).fill('x')
  await expect(stale).toBeVisible()
  await carol.getByRole('button', { name: 'Ask', exact: true }).click()
  await expect(carol.getByRole('main')).toContainText('This is no whole number')
  await carol.getByLabel('Tool, URI or prompt').fill('delete_customer')
  await expect(carol.getByLabel(/^id/)).toHaveValue('')
  await expect(carol.getByRole('main')).not.toContainText('This is no whole number')
  await carol.getByLabel('Tool, URI or prompt').fill('get_customer')
  // What was typed for it is its own.
  await expect(carol.getByLabel(/^id/)).toHaveValue('x')
  await carol.getByLabel(/^id/).fill('1')
  await expect(stale).toHaveCount(0)
  await carol.getByLabel('Person', { exact: true }).selectOption({ label: 'anybody with these groups' })
  await carol.getByLabel('Groups').fill('support')
  await expect(stale).toBeVisible()
  expect(await looks(carol)).toEqual([])
  await carol.getByRole('button', { name: 'Ask', exact: true }).click()
  await expect(carol).toHaveURL(/groups=support/)
  await expect(stale).toHaveCount(0)
})
