import { consoleSession, localAccessToken } from '../server/local/sign-in'
import { publish } from './support/admin'
import { connectV2 } from './support/clients'
import { expect, signIn, test } from './support/fixtures'
import { type Sallyport, startSallyport, until } from './support/sallyport'

test.describe('where a rule lets two administrators break the glass', () => {
  // Its own: here auditors administer too, so that there are two who can.
  let own: Sallyport
  test.beforeAll(async () => {
    test.setTimeout(120_000)
    own = await startSallyport({ env: { ADMIN_GROUPS: 'admins,auditors' } })
    await publish(await consoleSession(own.url, 'carol'), 'In an emergency', (document) => ({
      ...document,
      roles: document.roles.map((role) => ({
        ...role,
        rules: role.rules.map((rule) =>
          rule.review === null ? rule : { ...rule, review: { ...rule.review, breakGlass: true } },
        ),
      })),
    }))
  })
  test.afterAll(() => own.stop())

  test('promise 5: the second one lets it run once, neither is the caller, and an approver must look at it afterwards', async ({
    browser,
  }) => {
    const client = await connectV2(`${own.url}/mcp/shop`, await localAccessToken(own.url, 'alice'), 'modern')
    let id = ''
    const answer = client.call(
      'refund_order',
      { order_id: 5003, amount: 60, reason: 'a flood in the warehouse' },
      { onprogress: (message: string) => (id ||= /\/reviews\/([0-9a-f-]+)/.exec(message)?.[1] ?? '') },
    )
    await until(() => id !== '', 10_000)

    const alone = await consoleSession(own.url, 'alice')
    const half = { method: 'POST', body: JSON.stringify({ why: 'it is mine' }) }
    expect((await alone.fetch(`/api/reviews/${id}/glass`, half)).ok).toBe(false)

    for (const person of ['carol', 'dave'] as const) {
      const context = await browser.newContext({ baseURL: own.url })
      const page = await context.newPage()
      await signIn(page, person)
      await page.goto(`/reviews/${id}`)
      await page.getByRole('button', { name: 'Break the glass…' }).click()
      await expect(page.getByRole('dialog').getByText('a flood in the warehouse')).toBeVisible()
      await page.getByLabel('What the emergency is').fill(`the warehouse is under water, says ${person}`)
      await page.getByRole('button', { name: 'Break the glass', exact: true }).click()
      await expect(page.getByRole('dialog')).toBeHidden()
      // Who did a half does not do the other.
      await expect(page.getByRole('button', { name: 'Break the glass…' })).toHaveCount(0)
      await context.close()
    }
    expect(await answer).toMatchObject({ isError: false })
    await client.close()

    const context = await browser.newContext({ baseURL: own.url })
    const bob = await context.newPage()
    await signIn(bob, 'bob')
    await bob.goto('/?stay=1')
    await bob.getByRole('region', { name: 'Broken glass to look at' }).getByRole('link').click()
    await bob.waitForURL(`**/reviews/${id}`)
    await expect(bob.getByText('the warehouse is under water, says carol')).toBeVisible()
    await bob.getByLabel('What you found').fill('It was, and the refund is right.')
    await bob.getByRole('button', { name: 'Write it, and close the matter' }).click()
    await expect(bob.getByText('It was, and the refund is right.')).toBeVisible()
    await context.close()
  })
})
