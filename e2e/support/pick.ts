import { expect, type Page } from '@playwright/test'

/** Picks or types values, one after the other, without the mouse. */
export async function pick(page: Page, label: string, values: string[]): Promise<void> {
  if (values.length === 0) return
  await page.getByRole('button', { name: `Add to ${label}`, exact: true }).click()
  const list = page.getByRole('dialog', { name: label, exact: true })
  for (const value of values) {
    await list.getByRole('combobox').fill(value)
    await list
      .getByRole('option', { name: `Use ${value}`, exact: true })
      .or(list.getByRole('option').filter({ has: page.getByText(value, { exact: true }) }))
      .first()
      .click()
  }
  await page.keyboard.press('Escape')
  await expect(list).toBeHidden()
}
