import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Context } from '../context'
import { type Bell, startBell } from '../db/notify'
import { quiet, startTestDatabase, type TestDatabase, until } from '../db/testing'
import { deriveKeys } from '../keys'
import { createConnection } from './create-connection'
import { type ConnectionHolder, type LiveConnection, startConnections } from './current'
import { getConnection } from './get-connection'
import { listChecks } from './list-checks'
import { listConnections } from './list-connections'
import { removeConnection } from './remove-connection'
import { saveTools } from './save-tools'
import { NewConnection } from './schemas'
import { setCredential } from './set-credential'
import { tryTarget } from './try-target'
import { updateConnection } from './update-connection'
import { contextFor } from './viewer.testing'

const keys = deriveKeys('a key of thirty-two bytes or more')
const rules = { local: true, upstreamPrivateRanges: [] }
const secret = 'Bearer t0p-s3cret-value'
const credential = { type: 'headers', headers: { Authorization: secret } }
const http = (url: string) => ({ transport: 'http', url })

let database: TestDatabase
let bell: Bell
let holder: ConnectionHolder
let carol: Context
let name: string

beforeAll(async () => {
  database = await startTestDatabase()
  bell = await startBell(database.serverUrl, quiet)
  carol = contextFor(database.db, 'carol', { admin: true })
  holder = await startConnections({ db: database.db, bell, keys, log: quiet })
})
beforeEach(() => {
  name = `c-${randomUUID().slice(0, 8)}`
})
afterAll(async () => {
  holder.close()
  await bell.close()
  await database.stop()
})

const create = (target: unknown = http('http://127.0.0.1:1/mcp'), more: object = { credential }) =>
  createConnection(carol, { keys, rules }, { name, target, ...more })
const live = async () => {
  await holder.refresh()
  return holder.get(name)
}
const agent = async (): Promise<string> => {
  const called = `agent-${randomUUID().slice(0, 8)}`
  const { rows } = await database.asOwner(
    `select column_name, data_type from information_schema.columns
     where table_name = 'agents' and is_nullable = 'NO' and column_default is null`,
  )
  const filled = rows.map(({ column_name, data_type }) =>
    column_name === 'name' ? called : data_type === 'uuid' ? randomUUID() : data_type === 'jsonb' ? '[]' : randomUUID(),
  )
  const columns = rows.map((row) => `"${row.column_name}"`).join(', ')
  const places = rows.map((_, at) => `$${at + 1}`).join(', ')
  await database.asOwner(`insert into agents (${columns}) values (${places})`, filled)
  return called
}

test('a name that is none is said to be the name, so that a form can mark it', () => {
  const { error } = NewConnection.safeParse({ name: 'Bad Name', ...http('http://127.0.0.1:1/mcp') })
  expect(error?.issues.map(({ path }) => path)).toEqual([['name']])
})

describe('a credential', () => {
  test('promise 8: is used by the gateway and can be read back by nobody', async () => {
    await create()
    expect((await live())?.credentialHeaders).toEqual({ authorization: secret })
    const shown = JSON.stringify([await getConnection(carol, name), await listConnections(carol)])
    expect(shown).not.toContain('t0p')
    expect(shown).toContain('"kind":"headers"')
    for (const table of ['connections', 'entries']) {
      const { rows } = await database.asOwner(`select t::text as text from ${table} t`)
      expect(rows.length).toBeGreaterThan(0)
      for (const { text } of rows) {
        expect(text).not.toContain('t0p')
        expect(text).not.toContain(Buffer.from('t0p').toString('hex'))
      }
    }
  })

  const moves: [what: string, to: string, kept: boolean][] = [
    ['another path', 'http://127.0.0.1:1/other', true],
    ['another query', 'http://127.0.0.1:1/mcp?x=1', true],
    ['another port', 'http://127.0.0.1:2/mcp', false],
    ['another host', 'http://localhost:1/mcp', false],
    ['another scheme', 'https://127.0.0.1:1/mcp', false],
  ]
  for (const [what, to, kept] of moves)
    test(`is ${kept ? 'kept' : 'cleared'} when the target moves to ${what}`, async () => {
      await create()
      const before = await live()
      expect(await updateConnection(carol, { keys, rules }, name, http(to))).toEqual({ credentialCleared: !kept })
      const after = await live()
      expect(after?.credentialHeaders).toEqual(kept ? { authorization: secret } : {})
      expect(after?.targetHash).not.toBe(before?.targetHash)
      expect((await getConnection(carol, name)).credential.kind).toBe(kept ? 'headers' : 'none')
    })

  test('given with a new target goes there and nowhere else', async () => {
    await create()
    const second = { type: 'headers', headers: { 'X-Api-Key': 'second-secret' } }
    const moved = { ...http('http://127.0.0.1:2/mcp'), credential: second }
    expect(await updateConnection(carol, { keys, rules }, name, moved)).toEqual({ credentialCleared: false })
    expect(await live()).toMatchObject({ credentialHeaders: { 'x-api-key': 'second-secret' }, broken: null })
    await updateConnection(carol, { keys, rules }, name, { ...http('http://127.0.0.1:2/mcp'), credential: null })
    expect(await live()).toMatchObject({ credentialHeaders: {}, credentialKind: 'none' })
  })

  test('is cleared when an agent takes over, and cannot be set there', async () => {
    await create()
    const target = { transport: 'agent', agent: await agent(), target: 'shop' }
    expect(await updateConnection(carol, { keys, rules }, name, target)).toEqual({ credentialCleared: true })
    await expect(setCredential(carol, { keys }, name, credential)).rejects.toMatchObject({ code: 'invalid' })
    name = `${name}-2`
    await expect(create(target)).rejects.toMatchObject({ code: 'invalid', field: 'credential' })
  })

  test('moved to another connection in the database does not open, and that one is broken, not the process', async () => {
    await create()
    const first = name
    name = `${name}-2`
    await create(undefined, {})
    const move = `update connections set credential_kind = 'headers', credential_sealed =
      (select credential_sealed from connections where name = $1) where name = $2`
    await database.asOwner(move, [first, name])
    const moved = await live()
    expect(moved?.broken).toMatch(/enter it again/)
    expect(moved?.credentialHeaders).toEqual({})
    expect(holder.get(first)).toMatchObject({ broken: null, credentialHeaders: { authorization: secret } })
  })

  test('of a connection that was re-pointed in the database does not open', async () => {
    await create()
    await database.asOwner(`update connections set url = 'http://127.0.0.1:9/mcp' where name = $1`, [name])
    expect((await live())?.broken).toMatch(/enter it again/)
  })

  test('of another installation key does not open', async () => {
    await create()
    const others = deriveKeys('another key of thirty-two bytes or more')
    const other = await startConnections({ db: database.db, bell, keys: others, log: quiet })
    expect(other.get(name)).toMatchObject({ credentialHeaders: {}, broken: expect.stringContaining('enter it again') })
    other.close()
  })

  test('is replaced, and removed', async () => {
    await create()
    await setCredential(carol, { keys }, name, { type: 'headers', headers: { 'X-Api-Key': 'second' } })
    expect((await live())?.credentialHeaders).toEqual({ 'x-api-key': 'second' })
    await setCredential(carol, { keys }, name, null)
    expect(await live()).toMatchObject({ credentialHeaders: {}, credentialKind: 'none', broken: null })
  })

  const refused: [what: string, headers: unknown][] = [
    ['no header', {}],
    ['a value with a line break', { a: 'x\r\nhost: evil' }],
    ['an empty value', { a: '' }],
    ['a name that is none', { 'a b': 'x' }],
    ['one header twice', { Authorization: 'x', authorization: 'y' }],
    ...[
      'Host',
      'cookie',
      'Content-Length',
      'content-type',
      'Transfer-Encoding',
      'mcp-session-id',
      'accept-encoding',
    ].map((header): [string, unknown] => [header, { [header]: 'x' }]),
  ]
  for (const [what, headers] of refused)
    test(`with ${what} is refused`, async () => {
      await create(undefined, {})
      await expect(setCredential(carol, { keys }, name, { type: 'headers', headers })).rejects.toThrow()
      expect((await live())?.credentialKind).toBe('none')
    })
})

describe('trying before saving', () => {
  const sent: { url: string | null; headers: Record<string, string> }[] = []
  const reachOf = ({ url, credentialHeaders }: LiveConnection) => {
    sent.push({ url, headers: credentialHeaders })
    return () => Promise.resolve(new Response('', { status: 404 }))
  }
  const attempt = (input: object) => tryTarget(carol, { keys, rules }, reachOf, input)
  beforeEach(() => sent.splice(0))

  test('asks with what was typed, says how it went and keeps nothing but that somebody tried', async () => {
    const result = await attempt({ ...http('http://127.0.0.1:1/mcp'), credential })
    expect(result).toMatchObject({ ok: false, message: expect.stringContaining('HTTP 404') })
    expect(sent).toEqual([{ url: 'http://127.0.0.1:1/mcp', headers: { authorization: secret } }])
    const { rows } = await database.asOwner("select body from entries where action = 'connection.try'")
    expect(JSON.stringify(rows)).toContain('127.0.0.1:1')
    expect(JSON.stringify(rows)).not.toContain('t0p')
  })

  const changes: [what: string, more: object, headers: object][] = [
    ['the same origin gets the stored credential', http('http://127.0.0.1:1/other'), { authorization: secret }],
    ['another origin does not get it', http('http://127.0.0.1:2/mcp'), {}],
    ['without it, when it is to be removed', { ...http('http://127.0.0.1:1/mcp'), credential: null }, {}],
  ]
  for (const [what, more, headers] of changes)
    test(`a change: ${what}`, async () => {
      await create()
      await attempt({ name, ...more })
      expect(sent[0]?.headers).toEqual(headers)
    })

  const refused: [what: string, target: object][] = [
    ['a metadata address', http('http://169.254.169.254/')],
    ['a private address', http('http://[::ffff:10.0.0.1]/')],
  ]
  for (const [what, target] of refused)
    test(`${what} is not tried`, async () => {
      await expect(attempt(target)).rejects.toMatchObject({ code: 'invalid', field: 'url' })
      expect(sent).toEqual([])
    })

  test('is for administrators', async () => {
    const dave = contextFor(database.db, 'dave', { auditor: true })
    const one = tryTarget(dave, { keys, rules }, reachOf, http('http://127.0.0.1:1/'))
    await expect(one).rejects.toMatchObject({ code: 'forbidden' })
  })
})

describe('registering', () => {
  const names = ['new', 'try', '', 'Shop', 'a_b', '-a', 'a b', 'a/b', '..', 'x'.repeat(64), 'sallyport', 7, null]
  for (const bad of names)
    test(`the name \`${String(bad).slice(0, 12)}\` is refused`, async () => {
      const input = { name: bad, target: http('https://example.com/mcp') }
      await expect(createConnection(carol, { keys, rules }, input)).rejects.toThrow()
    })

  const targets: [what: string, target: unknown, code: string | undefined][] = [
    ['a metadata address', http('http://169.254.169.254/mcp'), 'invalid'],
    ['a private address', http('http://10.0.0.1/mcp'), 'invalid'],
    ['a credential in the URL', http('http://u:p@127.0.0.1/mcp'), 'invalid'],
    ['an agent that is not there', { transport: 'agent', agent: 'nobody', target: 'x' }, 'invalid'],
    ['another transport', { transport: 'stdio', command: 'sh' }, undefined],
    ['an unknown field', { ...http('https://example.com/'), insecure: true }, undefined],
    ['nothing', null, undefined],
  ]
  for (const [what, target, code] of targets)
    test(`${what} as a target is refused`, async () => {
      await expect(create(target, {})).rejects.toMatchObject(code === undefined ? {} : { code })
      expect(await live()).toBeNull()
    })

  test('of many who take one name at once one gets it', async () => {
    const all = await Promise.allSettled(Array.from({ length: 8 }, () => create()))
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const one of all) if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'conflict' })
  })

  test('only administrators change anything', async () => {
    await create()
    const dave = contextFor(database.db, 'dave', { auditor: true })
    const tries = [
      createConnection(dave, { keys, rules }, { name: 'mine', target: http('https://example.com/') }),
      updateConnection(dave, { keys, rules }, name, http('https://example.com/')),
      setCredential(dave, { keys }, name, null),
      removeConnection(dave, name),
    ]
    for (const one of tries) await expect(one).rejects.toMatchObject({ code: 'forbidden' })
    expect((await live())?.credentialHeaders).toEqual({ authorization: secret })
  })
})

test('where a connection leads is for administrators and auditors', async () => {
  await create()
  const seenBy = async (ctx: Context) => (await getConnection(ctx, name)).url
  expect(await seenBy(carol)).toBe('http://127.0.0.1:1/mcp')
  expect(await seenBy(contextFor(database.db, 'dave', { auditor: true }))).toBe('http://127.0.0.1:1/mcp')
  expect(await seenBy(contextFor(database.db, 'erin'))).toBeNull()
  await expect(getConnection(carol, 'nothing')).rejects.toMatchObject({ code: 'not-found' })
  await expect(listChecks(carol, 'nothing')).rejects.toMatchObject({ code: 'not-found' })
})

describe('the connections in memory', () => {
  test('follow the bell, and one that did not change keeps its object', async () => {
    await create()
    await until(() => holder.get(name) !== null)
    const kept = holder.get(name)
    const first = name
    name = `${name}-2`
    await create()
    expect(await live()).not.toBeNull()
    expect(holder.get(first)).toBe(kept)
  })

  test('change with a tool, with a credential and with nothing else', async () => {
    const row = await create({ ...http('http://127.0.0.1:1/mcp'), pinning: 'off' })
    const before = await live()
    expect(await live()).toBe(before)
    const tool = { name: 'query', inputSchema: { type: 'object' }, annotations: { readOnlyHint: true } }
    await database.db.transaction((tx) => saveTools(tx, row, [tool], (tool) => tool))
    const after = await live()
    expect(after?.tools.get('query')).toMatchObject({ hints: { readOnlyHint: true }, inputSchema: { type: 'object' } })
    await database.db.transaction((tx) => saveTools(tx, row, [{ ...tool, description: 'other' }], (tool) => tool))
    expect((await live())?.tools.get('query')?.hash).not.toBe(after?.tools.get('query')?.hash)
    await database.db.transaction((tx) => saveTools(tx, row, [], (tool) => tool))
    expect((await live())?.tools.size).toBe(0)
  })

  test('lose a connection that was removed, with its tools and its health', async () => {
    const row = await create()
    await database.db.transaction((tx) => saveTools(tx, row, [{ name: 'query' }], (tool) => tool))
    await removeConnection(carol, name)
    expect(await live()).toBeNull()
    const { rows } = await database.asOwner('select count(*)::int as n from tools where connection_id = $1', [row.id])
    expect(rows[0].n).toBe(0)
  })
})

test('promise 9: every change is an event, in the same transaction', async () => {
  await create()
  await updateConnection(carol, { keys, rules }, name, http('http://127.0.0.1:2/mcp'))
  await setCredential(carol, { keys }, name, credential)
  await removeConnection(carol, name)
  const { rows } = await database.asOwner('select action, principal from entries where connection = $1 order by seq', [
    name,
  ])
  expect(rows.map((row) => row.action)).toEqual([
    'connection.create',
    'connection.update',
    'connection.credential',
    'connection.remove',
  ])
  expect(new Set(rows.map((row) => row.principal))).toEqual(new Set(['carol@example.com']))
})
