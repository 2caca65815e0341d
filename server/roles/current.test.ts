import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { versionHash } from '../audit/version-hash'
import type { Context } from '../context'
import { type Bell, startBell } from '../db/notify'
import { quiet, startTestDatabase, type TestDatabase, until } from '../db/testing'
import { storedPolicy } from '../policy/print'
import type { PolicyVersion } from '../types'
import { viewerOf } from '../viewer.testing'
import { type PolicyHolder, startPolicy } from './current'
import { publishPolicy } from './publish'

let database: TestDatabase
let bell: Bell
let holder: PolicyHolder

beforeAll(async () => {
  database = await startTestDatabase()
  bell = await startBell(database.serverUrl, quiet)
})
afterAll(async () => {
  await bell.close()
  await database.stop()
})

const carol = viewerOf('carol', { name: 'Carol', groups: ['admins'], admin: true })
const ctx = (): Context => ({ viewer: carol, db: database.db })
const documentOf = (name: string) => ({
  roles: [{ name, description: '', members: [], rules: [] }],
  masks: [],
})
const publish = (name: string) => publishPolicy(ctx(), { document: documentOf(name), message: name, basedOn: null })
const inForce = () => holder.current().document.roles.map(({ name }) => name)

beforeEach(async () => {
  await database.asOwner('delete from policy_versions')
  await database.asOwner('delete from entries')
  holder = await startPolicy({ db: database.db, bell, log: quiet })
  for (const name of ['first', 'second']) await publish(name)
  await holder.refresh()
  expect(inForce()).toEqual(['second'])
})
afterEach(() => holder.close())

const stored = async (number: number): Promise<PolicyVersion> => {
  const { rows } = await database.asOwner(
    'select number, author, at, message, document, previous_hash as "previousHash", hash from policy_versions where number = $1',
    [number],
  )
  return rows[0]
}
const put = ({ number, author, at, message, document, previousHash, hash }: PolicyVersion) =>
  database.asOwner(
    `insert into policy_versions values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (number) do update set author = $2, at = $3, message = $4, document = $5, previous_hash = $6, hash = $7`,
    [number, author, at, message, document, previousHash, hash],
  )
const hashed = (version: Omit<PolicyVersion, 'hash'>) => ({ ...version, hash: versionHash(version) })
const next = (second: PolicyVersion, document: string) =>
  hashed({ ...second, number: 3, previousHash: second.hash, document })

const tricks: [trick: string, forge: (second: PolicyVersion) => unknown, alarm: RegExp, newest: number][] = [
  ['the newest is removed', () => database.asOwner('delete from policy_versions where number = 2'), /2 was removed/, 1],
  [
    'the newest is written anew, hash and all',
    (second) => put(hashed({ ...second, document: storedPolicy(documentOf('forged')) })),
    /2 was changed/,
    2,
  ],
  [
    'all are written anew, hashes and all',
    async (second) => {
      const first = hashed({ ...(await stored(1)), message: 'forged' })
      await put(first)
      await put(hashed({ ...second, previousHash: first.hash }))
    },
    /2 was changed/,
    2,
  ],
  ['all are removed', () => database.asOwner('delete from policy_versions'), /2 was removed/, 0],
  [
    'a version is added whose hash does not match',
    (second) => put({ ...next(second, storedPolicy(documentOf('forged'))), hash: 'f'.repeat(64) }),
    /3 was changed/,
    3,
  ],
  [
    'a version is added that follows nothing',
    (second) => put(hashed({ ...next(second, storedPolicy(documentOf('forged'))), previousHash: 'f'.repeat(64) })),
    /3 does not follow/,
    3,
  ],
  ['a version is added that does not read', (second) => put(next(second, 'roles: [')), /3 does not read/, 3],
  [
    'a version is added with a rule that is none',
    (second) => put(next(second, '{"roles":[{"name":"x","rules":[{"id":"r","effect":"maybe"}]}]}')),
    /3 does not read/,
    3,
  ],
]
describe('a version that is not what was published never comes into force', () => {
  for (const [trick, forge, alarm, newest] of tricks)
    test(trick, async () => {
      const second = await stored(2)
      const first = await stored(1)
      await forge(second)
      await holder.refresh()
      expect(inForce()).toEqual(['second'])
      expect(holder.alarm()).toMatch(alarm)
      expect(holder.alarm()).toMatch(/version 2 stays in force/)
      // What calls are recorded under: the newest that is there, so that they still can be.
      expect(holder.newestSeen()).toBe(newest)

      await database.asOwner('delete from policy_versions')
      for (const version of [first, second]) await put(version)
      await holder.refresh()
      expect(holder.alarm()).toBe(null)
      await publish('third')
      await until(() => holder.current().version === 3)
      expect(inForce()).toEqual(['third'])
    })
})

test('a process that starts on a broken chain has no policy, which allows nothing', async () => {
  await database.asOwner(`update policy_versions set document = 'roles: []' where number = 1`)
  const late = await startPolicy({ db: database.db, bell, log: quiet })
  expect(late.current().version).toBe(0)
  expect(late.alarm()).toMatch(/version 1 was changed/)
  late.close()
})

test('a process that starts when the newest version was removed does not fall back to an older one', async () => {
  await database.asOwner('delete from policy_versions where number = 2')
  const late = await startPolicy({ db: database.db, bell, log: quiet })
  expect(late.current().version).toBe(0)
  expect(late.alarm()).toMatch(/version 2 was removed/)
  late.close()
})
