import type { Page } from '@playwright/test'
import { expect, test } from './support/fixtures'

/** Requests of the page's own for its content, since it was loaded. */
function contentAsked(page: Page): string[] {
  const asked: string[] = []
  page.on('request', (request) => {
    if (request.headers().rsc === '1') asked.push(new URL(request.url()).pathname)
  })
  return asked
}

test('what changed after a page was made and before its line was open is told once it is; else nothing is asked twice', async ({
  api,
  pageOf,
}) => {
  const carol = await api('carol')
  const page = await pageOf('carol')
  const asked = contentAsked(page)
  const opened = page.waitForResponse('**/api/events?since=*')
  await page.goto('/connections')
  await opened
  await page.waitForTimeout(1_000)
  expect(asked).toEqual([])

  let open = () => {}
  const held = new Promise<void>((done) => {
    open = done
  })
  const dialled = new Promise<void>((done) => {
    void page.route('**/api/events?since=*', async (route) => {
      done()
      await held
      await route.continue()
    })
  })
  await page.reload()
  await dialled
  const late = { name: 'late', transport: 'http', url: 'http://127.0.0.1:9/mcp' }
  expect((await carol.fetch('/api/connections', { method: 'POST', body: JSON.stringify(late) })).status).toBe(200)
  await page.waitForTimeout(500)
  await expect(page.getByRole('link', { name: 'late', exact: true })).toHaveCount(0)
  open()
  await expect(page.getByRole('link', { name: 'late', exact: true })).toBeVisible()
  expect((await carol.fetch('/api/connections/late', { method: 'DELETE' })).status).toBe(204)
  await expect(page.getByRole('link', { name: 'late', exact: true })).toHaveCount(0)
})

test('a page is read ahead when the pointer is on its link, and not before', async ({ pageOf }) => {
  const page = await pageOf('carol')
  const asked = contentAsked(page)
  await page.goto('/connections')
  await page.waitForTimeout(1_000)
  expect(asked).toEqual([])
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Roles' }).hover()
  await expect.poll(() => asked).toContain('/roles')
  expect(new Set(asked)).toEqual(new Set(['/roles']))
})
