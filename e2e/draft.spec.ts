import type { Page } from '@playwright/test'
import { publish } from './support/admin'
import { expect, test } from './support/fixtures'
import { pick } from './support/pick'

test.use({ own: 'draft' })

const description = (page: Page) => page.getByLabel('Description')
const focused = (page: Page) => page.locator(':focus')

async function fresh(page: Page, path: string): Promise<void> {
  await page.goto('/roles/edit')
  await page.evaluate(() => localStorage.clear())
  await page.goto(path)
}

test('two tabs have one draft, why it is made stays with it, and a sign-in that ended loses neither', async ({
  pageOf,
}) => {
  const one = await pageOf('carol')
  await fresh(one, '/roles/edit?role=support')
  const two = await one.context().newPage()
  await two.goto('/roles/edit?role=support-lead')
  await description(two).waitFor()
  await description(one).fill('From one')
  await expect(two.getByRole('button', { name: 'Review and publish' })).toBeEnabled()
  await description(two).fill('From\ntwo')
  await one.reload()
  await expect(description(one)).toHaveValue('From one')
  await one.getByRole('button', { name: /^support-lead/ }).click()
  await expect(description(one)).toHaveValue('From\ntwo')

  await one.getByRole('button', { name: 'Review and publish' }).click()
  await one.getByLabel('What changes, and why').fill('Because')
  await one.goBack()
  await expect(description(one)).toHaveValue('From\ntwo')
  await one.goForward()
  await expect(one.getByLabel('What changes, and why')).toHaveValue('Because')
  await one.context().clearCookies()
  await one.getByRole('button', { name: /^Publish/ }).click()
  await expect(one.getByRole('alert').filter({ hasText: 'Your sign-in has ended' })).toBeVisible()
  await one.getByRole('link', { name: 'Sign in again' }).first().click()
  await one
    .getByRole('button', { name: /sign in/i })
    .or(one.getByRole('button', { name: /carol/i }))
    .first()
    .click()
  await one.getByRole('button', { name: /carol/i }).first().click()
  await expect(one.getByLabel('What changes, and why')).toHaveValue('Because')
  await one.getByRole('button', { name: /^Publish/ }).click()
  await expect(one).toHaveURL(/\/roles$/)
  // What one published, the other has no draft of any more.
  await expect(two.getByRole('button', { name: 'Review and publish' })).toBeDisabled()
  await expect(description(two)).toHaveValue('From\ntwo')
})

test('the keyboard is never lost when what had it is removed, moved or undone', async ({ pageOf }) => {
  const page = await pageOf('carol')
  await fresh(page, '/roles/edit?role=support')
  const press = async (name: string) => {
    await page.getByRole('button', { name, exact: true }).focus()
    await page.keyboard.press('Enter')
  }
  await press('Remove get_* from tools and resources of rule read-shop')
  await expect(focused(page)).toHaveAccessibleName('Add to tools and resources of rule read-shop')
  await press('Remove part 2 of the condition of rule select-only')
  await expect(focused(page)).toHaveAccessibleName('part 1 of the condition of rule select-only')
  await page.keyboard.press('Control+Z')
  await expect(page.getByRole('button', { name: 'Remove part 2 of the condition of rule select-only' })).toBeVisible()
  await press('Move rule refund up')
  await expect(focused(page)).toHaveAccessibleName('Move rule refund up')
  await page.keyboard.press('Enter')
  await expect(focused(page)).toHaveAccessibleName('Move rule refund down')
  await press('Delete rule big-refund')
  await expect(focused(page)).toHaveAccessibleName('Add a rule')
  await press('Undo')
  for (let n = 0; n < 3; n += 1) await page.keyboard.press('Enter')
  // The last of them has nothing more to undo.
  await expect(focused(page)).toHaveAccessibleName('Redo')
})

test('a part of a condition that is removed comes back with one undo, as it was typed', async ({ pageOf }) => {
  const page = await pageOf('carol')
  await fresh(page, '/roles/edit?role=support')
  await page.getByRole('button', { name: 'Add a condition to rule refund', exact: true }).click()
  await page.getByRole('menuitem', { name: 'an argument of the call' }).click()
  const part = 'part 1 of the condition of rule refund'
  await page.getByLabel(`Argument in ${part}`).fill('reason')
  await page.getByLabel(`Operator in ${part}`).selectOption('in')
  await pick(page, `values in ${part}`, ['late', 'broken'])
  await page.getByRole('button', { name: `Remove ${part}` }).click()
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(page.getByRole('button', { name: `Remove broken from values in ${part}` })).toBeVisible()
})

test('a condition of several lines with a note means the same after it was typed in', async ({ api, pageOf }) => {
  const when = 'args.reason == "x" // a note\n && sql.readOnly'
  await publish(await api('carol'), 'With a note', (document) => ({
    ...document,
    roles: document.roles.map((role) => ({
      ...role,
      rules: role.rules.map((rule) => (rule.id === 'big-refund' ? { ...rule, when } : rule)),
    })),
  }))
  const page = await pageOf('carol')
  await fresh(page, '/roles/edit?role=support')
  const box = page.getByLabel('CEL of part 1 of the condition of rule big-refund')
  await expect(box).toHaveValue(when)
  await box.focus()
  await page.keyboard.press('Control+Home')
  await page.keyboard.type('!')
  await page.keyboard.press('Delete')
  await page.keyboard.press('Backspace')
  await page.keyboard.type('a')
  await box.blur()
  await page.getByRole('button', { name: 'Edit the condition as CEL, rule big-refund' }).click()
  await expect(page.getByLabel('Condition of rule big-refund, in CEL')).toHaveValue(when)
})

test('what was typed of why goes with the draft that is discarded', async ({ pageOf }) => {
  const page = await pageOf('carol')
  await fresh(page, '/roles/edit?role=support')
  const why = page.getByLabel('What changes, and why')
  await description(page).fill('A first try')
  await page.getByRole('button', { name: 'Review and publish' }).click()
  await why.fill('Because of the first')
  await page.goBack()
  await expect(description(page)).toHaveValue('A first try')
  await page.getByRole('button', { name: 'Discard' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Discard' }).click()
  await description(page).fill('A second try')
  await page.getByRole('button', { name: 'Review and publish' }).click()
  await expect(why).toHaveValue('')
})
