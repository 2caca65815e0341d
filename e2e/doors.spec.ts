import { connect } from 'node:net'
import { encode } from 'next-auth/jwt'
import { consoleSession, localAccessToken } from '../server/local/sign-in'
import { ask } from './support/admin'
import { connectV2 } from './support/clients'
import { type Door, doors, otherDoors, type Person, pages, pagesOnDisk, people, routesOnDisk } from './support/doors'
import { type Api, expect, test } from './support/fixtures'
import type { Sallyport } from './support/sallyport'

test.use({ own: 'doors' })

/** Stands in everything that is alice's. */
const mark = 'm4rk-0f-al1ce'

type World = { as: Record<Person, Api>; pathOf(path: string): string }
let made: Promise<World> | null = null
const world = (sallyport: Sallyport): Promise<World> => {
  made ??= make(sallyport)
  return made
}

/** What alice did, asked and holds, and what carol made: ids for every path. */
async function make({ url }: Sallyport): Promise<World> {
  const sessions = await Promise.all(people.map(async (person) => [person, await consoleSession(url, person)] as const))
  const as = Object.fromEntries(sessions) as Record<Person, Api>
  const post = (person: Person, path: string, body: object) =>
    ask(as[person], path, { method: 'POST', body: JSON.stringify(body) }) as Promise<{ id: string }>
  const client = await connectV2(`${url}/mcp/shop`, await localAccessToken(url, 'alice'), 'modern')
  await client.call('query', { sql: `select '${mark}' as note from public.orders limit 1` })
  await client.close()
  const wanted = { connection: 'shop', tools: ['refund_order'], minutes: 10, reason: mark }
  const first = await post('alice', '/api/reviews', wanted)
  await post('bob', `/api/reviews/${first.id}/votes`, { verdict: 'approve' })
  const [grant] = (await ask(as.alice, '/api/grants')) as { id: string }[]
  const { sessions: recorded } = (await ask(as.alice, '/api/sessions')) as {
    sessions: { id: string; connection: string }[]
  }
  const session = `/api/sessions/${recorded.find(({ connection }) => connection === 'shop')?.id}`
  const { steps } = (await ask(as.alice, `${session}/steps`)) as { steps: { id: string; resource: string }[] }
  const ids: Record<string, string | undefined> = {
    ...{ grants: grant?.id, sessions: session.split('/').at(-1) },
    reviews: (await post('alice', '/api/reviews', { ...wanted, minutes: 11 })).id,
    agents: (await post('carol', '/api/agents', { name: 'spare' })).id,
    notices: (await post('carol', '/api/notices', { name: 'hook', kind: 'webhook', url: 'http://127.0.0.1:9/' })).id,
  }
  await post('carol', '/api/connections', { name: 'spare', transport: 'http', url: 'http://127.0.0.1:9/mcp' })
  const pathOf = (path: string) =>
    path
      .replace(/(\w+)\/\[id\]/, (_, noun: string) => `${noun}/${ids[noun]}`)
      .replace('[step]', steps.find(({ resource }) => resource === 'query')?.id ?? '')
      .replace('[name]', 'spare')
      .replace('[number]', '1')
  return { as, pathOf }
}

type Asked = { method: string; path: string; door: Door }
const all: Asked[] = Object.entries(doors).map(([key, door]) => {
  const [method = '', path = ''] = key.split(' ')
  return { method, path, door }
})
const changes = all.filter(({ method }) => method !== 'GET')

const bodyOf = ({ body }: Door, person: Person) => (body === undefined ? {} : { body: JSON.stringify(body(person)) })
const refusedOf = ({ refused = 403 }: Door, person: Person) => (typeof refused === 'number' ? refused : refused[person])

/** The status, and what was said; of what never ends only its beginning. */
async function heard(response: Response): Promise<{ status: number; text: string }> {
  const { status } = response
  if (!response.headers.get('content-type')?.startsWith('text/event-stream'))
    return { status, text: await response.text() }
  await response.body?.cancel()
  return { status, text: '' }
}

test('every route and page that the app has is in the table of who may', () => {
  expect([...Object.keys(doors), ...otherDoors].sort()).toEqual(routesOnDisk().sort())
  expect([...Object.keys(pages), '/sign-in'].sort()).toEqual(pagesOnDisk().sort())
})

test('nobody gets anything: no cookie, one of a sign-in that ended, one of another key, a token for something else', async ({
  sallyport,
}) => {
  test.slow()
  const { pathOf } = await world(sallyport)
  const { url } = sallyport
  const ended = await consoleSession(url, 'carol')
  const cookie = ended.cookies()
  expect((await ended.fetch('/api/auth/sign-out', { method: 'POST' })).status).toBe(200)
  const carol = await consoleSession(url, 'carol')
  const name = /(\S*sallyport\.session)=([^;]+)/.exec(carol.cookies()) ?? []
  const forged = await encode({ token: { signIn: 'x'.repeat(32) }, secret: 'the key of another installation' })
  const rest = cookie.replace(/\S*sallyport\.session=[^;]+(; )?/, '')
  const nobodies: [who: string, headers: Record<string, string>][] = [
    ['nobody', { cookie: rest }],
    ['a sign-in that ended', { cookie: `${name[0]?.split('=')[0]}=${/session=([^;]+)/.exec(cookie)?.[1]}; ${rest}` }],
    ['another key', { cookie: `${name[1]}=${forged}; ${rest}` }],
    ['a cut cookie', { cookie: `${name[1]}=${name[2]?.slice(0, -6)}; ${rest}` }],
    ['a token for calls', { authorization: `Bearer ${await localAccessToken(url, 'carol')}` }],
    ['a token for calls beside a cookie', { authorization: 'Bearer x', cookie: carol.cookies() }],
    ['a password beside a cookie', { authorization: 'Basic YTpi', cookie: carol.cookies() }],
  ]
  const csrf = { origin: url, 'x-csrf-token': ended.csrfToken, 'content-type': 'application/json' }
  for (const [who, headers] of nobodies)
    for (const { method, path, door } of all) {
      const init = { method, headers: { ...csrf, ...headers }, ...bodyOf(door, 'carol') }
      const { status, text } = await heard(await fetch(`${url}${pathOf(path)}${door.query ?? ''}`, init))
      expect(status, `${who}: ${method} ${path}: ${text}`).toBe(401)
    }
  for (const [who, headers] of nobodies.slice(0, 5))
    for (const path of Object.keys(pages)) {
      const response = await fetch(`${url}${pathOf(path)}`, { headers, redirect: 'manual' })
      expect(response.headers.get('location'), `${who}: ${path}`).toMatch(/^\/sign-in\?next=%2F/)
    }
})

test('a change is taken from a page of ours only, whoever is signed in', async ({ sallyport }) => {
  const { as, pathOf } = await world(sallyport)
  const { url } = sallyport
  const good = { origin: url, 'x-csrf-token': as.carol.csrfToken, 'content-type': 'application/json' }
  const { origin: _, ...noOrigin } = good
  const { 'x-csrf-token': __, ...noToken } = good
  const others: Record<string, string>[] = [
    noOrigin,
    noToken,
    { ...good, origin: 'https://evil.example' },
    { ...good, origin: 'null' },
    { ...good, origin: `${url}.evil.example` },
    { ...good, 'x-csrf-token': as.bob.csrfToken },
  ]
  for (const headers of others)
    for (const { method, path, door } of [
      ...changes,
      { method: 'POST', path: '/api/auth/sign-out', door: doors['GET /api/audit'] as Door },
    ]) {
      const init = { method, headers: { ...headers, cookie: as.carol.cookies() }, ...bodyOf(door, 'carol') }
      expect((await fetch(`${url}${pathOf(path)}`, init)).status, `${method} ${path}`).toBe(403)
    }
})

test('no change waits for the body of somebody it does not know', async ({ sallyport }) => {
  const { pathOf } = await world(sallyport)
  for (const { method, path } of changes) {
    const socket = connect(sallyport.port, 'localhost')
    const headers = ['content-type: application/json', 'content-length: 900000', 'authorization: Bearer x']
    socket.write(
      [`${method} ${pathOf(path)} HTTP/1.1`, `host: localhost:${sallyport.port}`, ...headers, '', ''].join('\r\n'),
    )
    const [head] = (await Promise.race([
      new Promise<Buffer[]>((done) => socket.once('data', (bytes) => done([bytes]))),
      new Promise<Buffer[]>((done) => setTimeout(done, 5_000, [Buffer.from('nothing')])),
    ])) as [Buffer]
    socket.destroy()
    expect(String(head), `${method} ${path}`).toMatch(/^HTTP\/1.1 401 /)
  }
})

test('nothing of what is alice’s is told to erin, by any page or route', async ({ sallyport }) => {
  const { as, pathOf } = await world(sallyport)
  const reading = all.filter(({ method, path }) => method === 'GET' && path !== '/api/events')
  const told = async (person: Person) => {
    const found: string[] = []
    for (const path of [...reading.map(({ path, door }) => `${path}${door.query ?? ''}`), ...Object.keys(pages)])
      if ((await (await as[person].fetch(pathOf(path))).text()).includes(mark)) found.push(path)
    return found
  }
  expect(await told('erin')).toEqual([])
  // What makes the line above worth something.
  const step = '/api/sessions/[id]/steps/[step]'
  expect(await told('alice')).toEqual(expect.arrayContaining(['/api/reviews/[id]', step, '/reviews/[id]']))
  expect(await told('dave')).toEqual(expect.arrayContaining(['/api/export', '/api/reviews', step]))
})

// Next marks a page that is not there, which it may find out after the head was sent.
const notTheirs =
  /name="robots" content="noindex"|Only (administrators|auditors)|Agents are shown to administrators and auditors/
test('a page shows what it is about to whom it is for, and is kept by no cache', async ({ sallyport }) => {
  const { as, pathOf } = await world(sallyport)
  for (const [path, may] of Object.entries(pages))
    for (const person of people) {
      const response = await as[person].fetch(`${pathOf(path)}${path === '/' ? '?stay=1' : ''}`)
      expect(response.headers.get('cache-control'), path).toContain('no-store')
      expect(response.headers.get('content-security-policy'), path).toContain("frame-ancestors 'none'")
      expect(notTheirs.test(await response.text()), `${person} at ${path}`).toBe(!may.includes(person))
    }
})

test('the events of a page end with its sign-in', async ({ sallyport }) => {
  const session = await consoleSession(sallyport.url, 'erin')
  const { body } = await session.fetch('/api/events')
  await session.fetch('/api/auth/sign-out', { method: 'POST' })
  let text = ''
  for await (const bytes of (body ?? []) as unknown as AsyncIterable<Uint8Array>) text += Buffer.from(bytes)
  expect(text).toContain('retry:')
})

test('a sign-in leads nowhere else', async ({ sallyport }) => {
  const { as } = await world(sallyport)
  for (const next of ['/.//evil.example', '/..//evil.example', `${sallyport.url}//evil.example`, '//evil.example']) {
    const { headers } = await as.erin.fetch(`/sign-in?next=${encodeURIComponent(next)}`)
    const location = new URL(headers.get('location') ?? 'https://evil.example', sallyport.url)
    expect(location.origin, next).toBe(sallyport.url)
  }
})

// The last: it does what it may.
test('each person may what the table says, and nothing else', async ({ sallyport }) => {
  const { as, pathOf } = await world(sallyport)
  for (const { method, path, door } of all)
    for (const person of people) {
      const init = { method, ...bodyOf(door, person) }
      const { status, text } = await heard(await as[person].fetch(`${pathOf(path)}${door.query ?? ''}`, init))
      const what = `${person}: ${method} ${path}: ${status} ${text.slice(0, 200)}`
      if (door.may.includes(person)) expect(status < 300 || door.or?.includes(status), what).toBe(true)
      else if (door.says !== undefined) expect(text, what).toContain(door.says)
      else expect(status, what).toBe(refusedOf(door, person))
    }
})
