import { superuser } from './support/database'
import { expect, test } from './support/fixtures'
import { callBody, raw } from './support/raw'

// Of its own: the policy is not in order for a while.
test.use({ own: 'alarm' })

test('a forged version is told on every page about the policy, and what is shown is what is in force', async ({
  sallyport,
  pageOf,
  token,
}) => {
  const database = superuser(sallyport)
  const page = await pageOf('carol')
  const alarm = page.getByRole('alert').filter({ hasText: 'does not verify' })
  await database.query(
    `insert into policy_versions select 2, author, now(), 'a forged one', replace(document, 'support-leads', 'anybody'), hash,
       repeat('0', 64) from policy_versions where number = 1`,
  )
  await database.query(`select pg_notify('sallyport', '{"topic":"policy","payload":"2"}')`)
  await expect.poll(async () => (await fetch(`${sallyport.url}/readyz`)).status).toBe(503)
  for (const path of ['/?stay', '/roles', '/roles/versions', '/roles/edit']) {
    await page.goto(path)
    await expect(alarm, path).toContainText('version 1 stays in force')
  }
  await page.goto('/roles')
  await expect(page.getByText('Policy version 1.')).toBeVisible()
  await expect(page.getByRole('main')).not.toContainText('anybody')
  await page.goto('/?stay')
  await expect(page.getByRole('link', { name: 'Version 1', exact: true })).toBeVisible()
  await expect(page.getByRole('main')).not.toContainText('forged')
  await page.goto('/roles/versions?show=2')
  await expect(page.getByText('One of them is not what was published')).toBeVisible()
  const body = callBody('list_orders', { limit: 1 })
  expect((await raw(`${sallyport.url}/mcp/shop`, { token: await token('alice'), body })).status).toBe(200)

  await database.query('delete from policy_versions where number = 2')
  await database.query(`select pg_notify('sallyport', '{"topic":"policy","payload":"1"}')`)
  await expect.poll(async () => (await fetch(`${sallyport.url}/readyz`)).status).toBe(200)
  await page.goto('/roles')
  await expect(page.getByText('Policy version 1.')).toBeVisible()
  await expect(alarm).toBeHidden()
  await database.end()
})
