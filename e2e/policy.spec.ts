import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { localAccessToken } from '../server/local/sign-in'
import type { WhyAnswer } from '../server/roles/ask/schemas'
import type { PreviewEvent, Unused } from '../server/roles/schemas'
import type { PolicyDocument } from '../server/types'
import { npmRun } from './support/command'
import { superuser } from './support/database'
import { expect, test } from './support/fixtures'
import { callBody, raw } from './support/raw'
import { type Sallyport, until } from './support/sallyport'

// What it publishes is not for other specs.
test.use({ own: 'policy' })

const folder = mkdtempSync(join(tmpdir(), 'sallyport-policy-'))

/** The API as carol, as a program has it. */
async function admin({ url }: Sallyport) {
  const token = await localAccessToken(url, 'carol', `${url}/api`)
  return (path: string, { headers, ...init }: RequestInit = {}) =>
    fetch(`${url}/api${path}`, { ...init, headers: { authorization: `Bearer ${token}`, ...headers } })
}

async function caller({ url }: Sallyport) {
  const token = await localAccessToken(url, 'alice')
  return async (tool: string, args: unknown) => {
    const { json } = await raw(`${url}/mcp/shop`, { token, body: callBody(tool, args) })
    return json?.result as { isError?: boolean; content: { text: string }[]; _meta: Record<string, unknown> }
  }
}

type Ask = Awaited<ReturnType<typeof admin>>
const post = async (ask: Ask, path: string, body: unknown) => {
  const headers = { 'content-type': 'application/json' }
  const response = await ask(path, { method: 'POST', headers, body: JSON.stringify(body) })
  expect(response.status).toBe(200)
  return response
}

/** The policy in force without what support may read. */
async function stricter(ask: Ask): Promise<{ number: number; document: PolicyDocument }> {
  const { number, document } = (await (await ask('/policy')).json()) as { number: number; document: PolicyDocument }
  const roles = document.roles.map((role) => ({ ...role, rules: role.rules.filter(({ id }) => id !== 'read-shop') }))
  return { number, document: { ...document, roles } }
}

test('a policy as a file: what leaves is what comes in, If-Match holds, and what changed meanwhile is told', async ({
  sallyport,
}) => {
  const ask = await admin(sallyport)
  const got = await ask('/policy', { headers: { accept: 'application/yaml' } })
  const [etag, file] = [got.headers.get('etag')!, await got.text()]
  expect(file).toContain('  - name: support\n')
  const put = (body: string, match: string) =>
    ask('/policy?message=As+code', {
      method: 'PUT',
      body,
      headers: { 'content-type': 'application/yaml', 'if-match': match },
    })
  const [number] = etag.match(/\d+/)!.map(Number)
  const same = await put(file, etag)
  expect([same.status, same.headers.get('etag'), await same.json()]).toMatchObject([
    200,
    etag,
    { number, changed: false },
  ])
  const other = file.replace('First-line support', 'First line')
  expect(await (await put(other, etag)).json()).toMatchObject({ number: number! + 1, changed: true })
  expect(await (await ask('/policy', { headers: { accept: 'application/yaml' } })).text()).toBe(other)

  const late = await put(other, etag)
  expect(late.status).toBe(412)
  expect(await late.json()).toMatchObject({
    error: { code: 'conflict', details: { conflict: { message: 'As code' } } },
  })

  const wrong = await put(file.replace('effect: allow', 'effect: maybe'), '*')
  expect(wrong.status).toBe(400)
  expect(await wrong.json()).toMatchObject({
    error: { message: expect.stringMatching(/^line \d+, column \d+: `maybe`/) },
  })
})

test('apply --dry-run says what would change and what is wrong, and changes nothing', async ({ sallyport }) => {
  const ask = await admin(sallyport)
  const before = await (await ask('/policy')).json()
  const yaml = await (await ask('/policy', { headers: { accept: 'application/yaml' } })).text()
  const apply = (name: string, text: string, ...flags: string[]) => {
    const file = join(folder, `${name}.yaml`)
    writeFileSync(file, text)
    return npmRun('apply', [file, '--dry-run', ...flags], { PORT: String(sallyport.port) })
  }
  const [changed, wrong] = await Promise.all([
    apply('changed', yaml.replace('args.amount > 50.0', 'args.amount > 20.0'), '--exit-code'),
    apply('wrong', yaml.replace('args.amount > 50.0', 'args.amont > 50.0')),
  ])
  const words = 'only if `args.amount > 20.0`, was `args.amount > 50.0`'
  expect(changed).toMatchObject({ code: 2, stdout: expect.stringContaining(words) })
  const place = /wrong\.yaml:\d+:\d+: error: there is no argument: amont/
  expect(wrong).toMatchObject({ code: 1, stderr: expect.stringMatching(place) })
  expect(await (await ask('/policy')).json()).toEqual(before)
})

test('apply a second time changes nothing, and says so', async ({ sallyport }) => {
  const ask = await admin(sallyport)
  const yaml = await (await ask('/policy', { headers: { accept: 'application/yaml' } })).text()
  const file = join(folder, 'twice.yaml')
  const connection = (url: string) => `connections:\n  - { name: twice, transport: http, url: "${url}" }\n`
  const apply = async (url: string, ...flags: string[]) => {
    writeFileSync(file, connection(url) + yaml.replace('args.amount > 50.0', 'args.amount > 51.0'))
    const { code, stdout } = await npmRun('apply', [file, ...flags], { PORT: String(sallyport.port) })
    return [code, stdout] as const
  }
  const here = 'http://127.0.0.1:9/mcp'
  const [first, said] = await apply(here)
  expect([first, said]).toEqual([0, expect.stringMatching(/twice: added.*policy version \d+ is in force/s)])
  const version = /policy version (\d+)/.exec(said)?.[1]
  const same = `twice: as it is\npolicy version ${version} says the same; nothing to publish\n`
  expect(await apply(here)).toEqual([0, same])
  expect(await apply(here, '--dry-run', '--exit-code')).toEqual([0, same])
  const [differs, words] = await apply('http://127.0.0.1:9/other', '--dry-run', '--exit-code')
  expect([differs, words]).toEqual([2, expect.stringContaining('twice: would be updated')])
  expect((await ask('/policy')).headers.get('etag')).toBe(`"${version}"`)
})

test('before publishing: real calls decided again, with links; the policy explains them; what nobody used is left out', async ({
  sallyport,
}) => {
  const [ask, call] = [await admin(sallyport), await caller(sallyport)]
  await call('get_customer', { id: 1 })
  const denied = await call('delete_customer', { id: 1 })
  expect(denied.content[0]?.text).toMatch(
    /no role of yours allows this.*none of your roles \(`support`.*policy version \d+/,
  )
  expect(denied._meta['io.sallyport/decision']).toMatchObject({
    reason: 'no-matching-rule',
    version: expect.any(Number),
  })

  const { document } = await stricter(ask)
  const lines = (await (await post(ask, '/policy/preview', { document })).text()).trim().split('\n')
  const result = JSON.parse(lines.at(-1)!) as Extract<PreviewEvent, { type: 'result' }>
  expect(result).toMatchObject({ type: 'result', cannotTell: [] })
  const group = result.groups.find(({ resource }) => resource === 'get_customer')
  expect(group).toMatchObject({ kind: 'denied', person: { name: 'alice@example.com' }, before: 'allow', after: 'deny' })

  const why = (await (
    await post(ask, '/policy/ask', { ask: 'why', entry: group!.examples[0]!.entry })
  ).json()) as WhyAnswer
  expect(why.decided.rules).toMatchObject([
    { role: 'support', rule: 'read-shop', text: 'may use `get_*`, `list_*`, `shop://*` and `apology` on `shop`' },
  ])
  const tried = {
    ask: 'try',
    person: { groups: ['support'] },
    connection: 'shop',
    resource: 'query',
    args: { sql: 'delete from orders' },
  }
  expect(await (await post(ask, '/policy/ask', tried)).json()).toMatchObject({
    decided: { effect: 'deny' },
    facts: { sql: { verbs: ['DELETE'] } },
  })

  const unused = (await (await ask('/policy/unused?days=1')).json()) as Unused
  const support = unused.roles.find(({ role }) => role === 'support')
  expect(support?.rules).toContain('select-only')
  expect(support?.tools).not.toContainEqual(expect.objectContaining({ tool: 'get_customer' }))
})

test('a version is in force once it is published, no call is dropped, and a forged one never is', async ({
  sallyport,
}) => {
  const [ask, call] = [await admin(sallyport), await caller(sallyport)]
  let going = true
  const outcomes: boolean[] = []
  const callers = Array.from({ length: 6 }, async () => {
    while (going) outcomes.push((await call('list_orders', { limit: 1 })).isError === true)
  })
  await until(() => outcomes.length > 20, 20_000)
  const { number, document } = await stricter(ask)
  const body = JSON.stringify({ document, message: 'Stricter', basedOn: number })
  expect((await ask('/policy', { method: 'PUT', body, headers: { 'content-type': 'application/json' } })).status).toBe(
    200,
  )
  expect(await call('list_orders', { limit: 1 })).toMatchObject({ isError: true })
  going = false
  await Promise.all(callers)

  const database = superuser(sallyport)
  const forged = JSON.stringify({
    roles: [{ name: 'x', members: ['everyone'], rules: [{ id: 'all', effect: 'allow' }] }],
  })
  await database.query(
    `insert into policy_versions select number + 1, author, now(), 'forged', $1, hash, repeat('f', 64)
    from policy_versions order by number desc limit 1`,
    [forged],
  )
  await database.query(`select pg_notify('sallyport', '{"topic":"policy","payload":"9"}')`)
  await until(async () => (await fetch(`${sallyport.url}/readyz`)).status === 503, 20_000)
  expect(await call('list_orders', { limit: 1 })).toMatchObject({
    isError: true,
    _meta: { 'io.sallyport/decision': { version: number + 1 } },
  })
  // What is allowed still runs, and is recorded: this is the shop's own answer.
  const refund = await call('refund_order', { order_id: 1, amount: 1, reason: 'e2e' })
  expect(refund.content[0]?.text).toContain('order 1 does not exist')
  await database.query(`delete from policy_versions where message = 'forged'`)
  await database.end()
  await until(async () => (await fetch(`${sallyport.url}/readyz`)).ok, 20_000)

  // Other specs use this Sallyport too.
  await post(ask, `/policy/versions/${number}/restore`, {})
})
