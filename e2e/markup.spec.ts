import type { Page } from '@playwright/test'
import { ask, createConnection, publish } from './support/admin'
import { type Person, pages } from './support/doors'
import { expect, test } from './support/fixtures'
import { raw } from './support/raw'
import { misbehaving } from './support/upstreams'

test.use({ own: 'markup' })

/** Runs wherever it is taken for markup, or for an address. */
const evil = `"'><script>hit()</script><img src=x onerror=hit()><svg onload=hit()><a href="javascript:hit()">evil</a>`
const address = 'javascript:hit()//'
const tool = {
  ...{ name: evil, title: evil, description: `${evil} [x](${address})` },
  inputSchema: { type: 'object', title: evil, properties: { [evil]: { type: 'string', description: evil } } },
}

type Found = { hits: number; violations: string[] }

/** Says what ran, and what the page's policy kept from running. */
async function watch(page: Page): Promise<Found> {
  const found: Found = { hits: 0, violations: [] }
  await page.exposeFunction('hit', () => (found.hits += 1))
  await page.exposeFunction('violated', (what: string) => found.violations.push(what))
  await page.addInitScript(() =>
    addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sample }) =>
      (globalThis as unknown as { violated(what: string): void }).violated(
        `${violatedDirective} ${blockedURI} ${sample}`,
      ),
    ),
  )
  page.on('dialog', (dialog) => dialog.dismiss())
  return found
}

test('what a target, a client, a caller or a policy says is text on every page, and no page asks for what its own policy forbids', async ({
  sallyport,
  api,
  token,
  pageOf,
}) => {
  test.slow()
  const target = await misbehaving((response, { id, method, params }) => {
    if (id === undefined) return response.writeHead(202).end()
    const result =
      method === 'tools/list'
        ? { tools: [tool] }
        : method === 'initialize'
          ? { protocolVersion: '2025-06-18', capabilities: { tools: {} }, serverInfo: { name: evil, version: evil } }
          : { content: [{ type: 'text', text: `${evil} ${params?.name}` }], structuredContent: { [evil]: evil } }
    return response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ jsonrpc: '2.0', id, result }))
  })
  const [alice, carol] = await Promise.all([api('alice'), api('carol')])
  await createConnection(carol, 'evil', target.url)
  await publish(carol, evil, (document) => ({
    ...document,
    roles: [
      ...document.roles,
      {
        name: 'evil',
        description: evil,
        members: [{ claim: 'groups', value: 'support' }],
        rules: [
          {
            id: 'runs',
            effect: 'allow',
            connections: ['evil'],
            resources: ['*'],
            when: `!has(args.note) || args.note != "${address}"`,
          },
          {
            ...{ id: 'asks', effect: 'review', connections: ['evil'], resources: ['*'], when: 'has(args.ask)' },
            review: { approvers: [{ claim: 'groups', value: 'support-leads' }], scope: 'tool', reason: 'required' },
          },
        ],
      },
    ],
  }))
  const bearer = await token('alice')
  const call = (args: object) =>
    raw(`${sallyport.url}/mcp/evil`, {
      token: bearer,
      body: JSON.stringify({
        ...{ jsonrpc: '2.0', id: 1, method: 'tools/call' },
        params: {
          ...{ name: evil, arguments: args },
          _meta: {
            'io.modelcontextprotocol/clientInfo': { name: evil, version: evil },
            'io.sallyport/reason': evil,
            'io.modelcontextprotocol/protocolVersion': '2026-07-28',
            'io.modelcontextprotocol/clientCapabilities': { extensions: { 'io.modelcontextprotocol/tasks': {} } },
          },
        },
      }),
      headers: { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': encoded(evil) },
    })
  expect((await call({ [evil]: evil, link: address })).text).toContain('hit()')
  expect((await call({ ask: true, [evil]: evil })).text).toContain('"task"')
  const [review] = (await ask(alice, '/api/reviews?mine=true&state=pending&limit=10')) as { id: string }[]
  const { sessions } = (await ask(alice, '/api/sessions')) as { sessions: { id: string }[] }
  const pathOf = (path: string) =>
    path.replace('reviews/[id]', `reviews/${review?.id}`).replace('sessions/[id]', `sessions/${sessions[0]?.id}`)
  const shown: string[] = []
  const visits: [person: Person, paths: string[]][] = [
    ['carol', Object.keys(pages)],
    ['bob', ['/', '/reviews', '/reviews/[id]']],
    ['alice', ['/', '/access', '/reviews/[id]', '/sessions/[id]']],
  ]
  for (const [person, paths] of visits) {
    const page = await pageOf(person)
    const found = await watch(page)
    for (const path of paths) {
      await page.goto(pathOf(path).replace('[name]', 'evil').replace(/^\/$/, '/?stay=1'))
      await page.getByRole('heading', { level: 1 }).waitFor()
      // What a page does once it is alive.
      await page.waitForTimeout(200)
      expect(await page.locator('main a[href^="javascript:" i]').count(), path).toBe(0)
      expect(found, `${person} at ${path}`).toEqual({ hits: 0, violations: [] })
      if ((await page.locator('main').first().textContent())?.includes('onerror=hit()')) shown.push(`${person} ${path}`)
    }
  }
  expect(shown).toEqual(
    expect.arrayContaining(['carol /connections/[name]', 'bob /reviews/[id]', 'alice /sessions/[id]', 'carol /roles']),
  )
  await target.close()
})

/** MCP 2026-07-28: a header value that is not plain is sent in base64. */
const encoded = (text: string) => `=?base64?${Buffer.from(text).toString('base64')}?=`
