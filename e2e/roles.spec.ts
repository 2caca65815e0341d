import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import AxeBuilder from '@axe-core/playwright'
import type { Locator, Page } from '@playwright/test'
import { parse } from 'yaml'
import { PolicyDocument } from '../server/policy/document'
import type { PolicyDocument as Document, Member, Rule } from '../server/types'
import { publish } from './support/admin'
import { type Api, expect, test } from './support/fixtures'
import { pick } from './support/pick'

const seeded = PolicyDocument.parse(
  parse(readFileSync(join(import.meta.dirname, '../server/local/policy.yaml'), 'utf8')),
)

const live = async (api: Api): Promise<Document> =>
  ((await (await api.fetch('/api/policy')).json()) as { document: Document }).document

const memberText = (member: Member): string => (member === 'everyone' ? member : member.value)

async function addCondition(page: Page, rule: Rule): Promise<void> {
  const of = `rule ${rule.id}`
  const choose = async (words: string) => {
    await page.getByRole('button', { name: `Add a condition to ${of}`, exact: true }).click()
    await page.getByRole('menuitem', { name: words, exact: true }).click()
  }
  if (rule.when === null) return
  if (rule.when.startsWith('sql.readOnly')) await choose('SQL that only reads')
  const tables = /t in \[(.*)\]/.exec(rule.when)?.[1]
  if (tables !== undefined) {
    await choose('the tables of the SQL')
    await pick(page, `tables in part 2 of the condition of ${of}`, JSON.parse(`[${tables}]`) as string[])
  }
  const amount = /^args\.(\w+) > (\d+)\.0$/.exec(rule.when)
  if (amount !== null) {
    await choose('an argument of the call')
    const part = `part 1 of the condition of ${of}`
    await page.getByLabel(`Argument in ${part}`).fill(amount[1]!)
    await page.getByLabel(`Operator in ${part}`).selectOption('>')
    await page.getByLabel(`Value in ${part}`).fill(amount[2]!)
  }
}

async function addRule(page: Page, rule: Rule, row: Locator): Promise<void> {
  const of = `rule ${rule.id}`
  await page.getByRole('button', { name: 'Add a rule' }).click()
  await row.getByRole('textbox', { name: /^Name of rule/ }).fill(rule.id)
  await page.getByLabel(`Effect of ${of}`, { exact: true }).selectOption(rule.effect)
  await pick(page, `connections of ${of}`, rule.connections)
  await pick(page, `tools and resources of ${of}`, rule.resources)
  await addCondition(page, rule)
  if (rule.review === null) return
  await pick(page, `approvers of ${of}`, rule.review.approvers.map(memberText))
  await page.getByLabel(`What an approver may give, ${of}`).selectOption(rule.review.scope)
  await page.getByLabel(`Minutes an approval lasts at most, ${of}`).fill(String(rule.review.maxMinutes))
}

async function build(page: Page, { roles, masks }: Document): Promise<void> {
  for (const role of roles) {
    await page.getByRole('button', { name: 'Add a role' }).click()
    await expect(page.getByLabel('Name of the role')).toBeFocused()
    await page.getByLabel('Name of the role').fill(role.name)
    await page.getByLabel('Description').fill(role.description)
    await pick(page, `members of role ${role.name}`, role.members.map(memberText))
    for (const [n, rule] of role.rules.entries())
      await addRule(page, rule, page.locator(`[id="at-roles.${roles.indexOf(role)}.rules.${n}"]`))
  }
  for (const mask of masks) {
    await page.getByRole('button', { name: 'Add a mask' }).click()
    await page.getByLabel('Name of the mask').fill(mask.id)
    const of = `mask ${mask.id}`
    await page.getByRole('button', { name: `Remove * from connections of ${of}` }).click()
    await pick(page, `connections of ${of}`, mask.connections)
    await pick(page, `fields of ${of}`, mask.fields)
    for (const box of await page.getByRole('checkbox').all()) await box.check()
    await page.getByLabel(`Style of ${of}`).selectOption(mask.style)
  }
}

async function axe(page: Page): Promise<string[]> {
  const found: string[] = []
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    // Without a second page for each answer; in the dark only colours can differ.
    const axe = new AxeBuilder({ page }).setLegacyMode()
    const { violations } = await (colorScheme === 'dark' ? axe.withRules(['color-contrast']) : axe).analyze()
    found.push(...violations.map(({ id, nodes }) => `${colorScheme}: ${id} ${nodes[0]?.html.slice(0, 160)}`))
  }
  return found
}

test('the whole demo policy is built in forms, survives a reload, and is published as the file says it', async ({
  api,
  pageOf,
}) => {
  const carol = await api('carol')
  await publish(carol, 'Nothing', () => ({ roles: [], masks: [] }))
  const page = await pageOf('carol')
  await page.setViewportSize({ width: 1280, height: 1000 })
  await page.goto('/roles/edit')
  await build(page, seeded)
  await page.reload()
  await page.getByRole('button', { name: 'support', exact: false }).first().click()
  expect(await axe(page)).toEqual([])
  await page.setViewportSize({ width: 390, height: 800 })
  expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0)
  await page.setViewportSize({ width: 1280, height: 1000 })
  await page.getByRole('button', { name: 'Review and publish' }).click()
  await expect(page.getByText('new role support for members of support')).toBeVisible()
  await page.getByRole('button', { name: 'Decide recorded calls again' }).click()
  await expect(page.getByText(/Of \d+ recorded calls?/)).toBeVisible()
  expect(await axe(page)).toEqual([])
  await page.getByLabel('What changes, and why').fill('As in the file')
  await page.keyboard.press('Control+Enter')
  await expect(page).toHaveURL(/\/roles$/)
  expect(await live(carol)).toEqual(seeded)
})

test('of two admins the second is told, sees the difference, and loses nothing', async ({ api, pageOf }) => {
  const carol = await api('carol')
  await publish(carol, 'The demo again', () => seeded)
  const page = await pageOf('carol')
  await page.goto('/roles/edit?role=support')
  await page.getByLabel('Description').fill('Mine')
  await publish(carol, 'Was first', (document) => ({
    ...document,
    roles: document.roles.map((role) => (role.name === 'support-lead' ? { ...role, description: 'Theirs' } : role)),
  }))
  await page.getByRole('button', { name: 'Review and publish' }).click()
  const told = page.getByRole('region', { name: 'Another version was published' })
  await expect(told.getByText('Was first')).toBeVisible()
  await expect(told.getByText('support-lead is described as "Theirs"')).toBeVisible()
  await expect(page.getByRole('button', { name: /^Publish/ })).toBeDisabled()
  // Theirs is not shown a second time, as something that this draft takes back.
  await expect(page.getByText(/^Told once your changes are on top of version \d+\.$/)).toHaveCount(2)
  await told.getByRole('button', { name: /Put my changes on top/ }).click()
  await expect(told).toBeHidden()
  await page.getByLabel('What changes, and why').fill('Both')
  await page.getByRole('button', { name: /^Publish/ }).click()
  await expect(page).toHaveURL(/\/roles$/)
  const { roles } = await live(carol)
  expect(roles.map(({ description }) => description)).toEqual(['Mine', 'Theirs'])
})
