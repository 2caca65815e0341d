import { type BrowserContext, type BrowserContextOptions, test as base, type Page } from '@playwright/test'
import { consoleSession, localAccessToken } from '../../server/local/sign-in'
import { type Sallyport, startSallyport } from './sallyport'

export { expect } from '@playwright/test'

type Person = 'alice' | 'bob' | 'carol' | 'dave' | 'erin'
export type Api = Awaited<ReturnType<typeof consoleSession>>

type Worker = {
  sallyport: Sallyport
  /** A spec that publishes names itself here, and gets a worker, and so a Sallyport, of its own. */
  own: string
  signedIn: Map<Person, BrowserContextOptions['storageState']>
}
type Each = {
  /** An access token for `/mcp/*`, from the local issuer. */
  token(person: Person): Promise<string>
  /** The console's endpoints as this person, signed in through the real flow. */
  api(person: Person): Promise<Api>
  /** A browser page signed in as this person: by clicking the first time, with that sign-in's cookies afterwards. */
  pageOf(person: Person): Promise<Page>
}

/** One Sallyport a worker (with the demo): a spec that names no `own` finds there what others left, and goes by what is its own. */
export const test = base.extend<Each, Worker>({
  own: ['', { option: true, scope: 'worker' }],
  sallyport: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the parameter's pattern.
    async ({}, use) => {
      const sallyport = await startSallyport()
      await use(sallyport)
      await sallyport.stop()
    },
    { scope: 'worker', timeout: 90_000 },
  ],
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the parameter's pattern.
  signedIn: [async ({}, use) => use(new Map()), { scope: 'worker' }],
  token: async ({ sallyport }, use) => use((person) => localAccessToken(sallyport.url, person)),
  api: async ({ sallyport }, use) => use((person) => consoleSession(sallyport.url, person)),
  pageOf: async ({ sallyport, browser, signedIn }, use) => {
    const contexts: BrowserContext[] = []
    await use(async (person) => {
      const storageState = signedIn.get(person)
      const context = await browser.newContext({ baseURL: sallyport.url, ...(storageState && { storageState }) })
      contexts.push(context)
      const page = await context.newPage()
      if (storageState === undefined) {
        await signIn(page, person)
        signedIn.set(person, await context.storageState())
      }
      return page
    })
    for (const context of contexts) await context.close()
  },
})

/** Opens the console and signs in as a local person, as a newcomer would. */
export async function signIn(page: Page, person: Person): Promise<void> {
  // Not the first page: that sends an approver on to what waits, while the test goes somewhere else.
  await page.goto('/access')
  const start = page.getByRole('button', { name: /sign in/i })
  await start
    .or(page.getByRole('button', { name: new RegExp(person, 'i') }))
    .first()
    .click()
  const chosen = page.getByRole('button', { name: new RegExp(person, 'i') })
  await chosen.first().click()
  await page.waitForURL((url) => !url.pathname.startsWith('/local') && !url.pathname.startsWith('/sign-in'))
}
