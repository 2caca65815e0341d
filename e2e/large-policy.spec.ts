import type { Page } from '@playwright/test'
import type { PolicyDocumentInput } from '../server/policy/document'
import { publish } from './support/admin'
import { expect, test } from './support/fixtures'

test.use({ own: 'large-policy' })

const large: PolicyDocumentInput = {
  roles: Array.from({ length: 120 }, (_, r) => ({
    name: `team-${r}`,
    members: [{ claim: 'groups', value: `team-${r}` }],
    rules: Array.from({ length: 50 }, (_, n) => ({
      ...{ id: `rule-${n}`, effect: 'allow' as const, connections: ['shop'] },
      resources: [`tool_${r}_${n}`],
    })),
  })),
}

const nodes = (page: Page) => page.evaluate(() => document.querySelectorAll('*').length)

test('of six thousand rules a page shows what a person looks at, and each role can be found, opened and changed', async ({
  api,
  pageOf,
}) => {
  const carol = await api('carol')
  await publish(carol, 'Large', () => large)
  const page = await pageOf('carol')
  for (const path of ['/roles', '/roles/versions', '/audit', '/roles/unused', '/roles/edit?at=roles.100']) {
    await page.goto(path)
    await expect(page.getByText(/team-|carol/).first()).toBeVisible()
    await page.waitForLoadState('networkidle')
    expect(await nodes(page), path).toBeLessThan(15_000)
  }
  await page.goto('/roles')
  await expect(page.getByText('120 roles with 6,000 rules')).toBeVisible()
  await page.getByRole('searchbox').fill('tool_77_49')
  await page.keyboard.press('Enter')
  await expect(page.getByText('1 role of 120')).toBeVisible()
  await page.getByRole('link', { name: 'All 50 rules of team-77' }).click()
  await expect(page.getByText('tool_77_49')).toBeVisible()
  await page.getByRole('link', { name: 'Edit role team-77' }).click()
  await page.getByLabel('Description').pressSequentially('Seventy-seven')
  await page.getByRole('button', { name: 'Review and publish' }).click()
  await expect(page.getByRole('heading', { name: /^Problems \([\d,]+\)$/ })).toBeVisible()
  expect(await nodes(page)).toBeLessThan(15_000)
  await page.getByLabel('What changes, and why').fill('One word')
  await page.getByRole('button', { name: /^Publish/ }).click()
  await expect(page).toHaveURL(/\/roles$/)
  await page.goto('/roles?role=team-77')
  await expect(page.getByText('Seventy-seven')).toBeVisible()
})
