import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestDatabase, type TestDatabase } from '../db/testing'
import { compile } from '../policy/compile'
import { viewerOf } from '../viewer.testing'
import { listGrants } from './list-grants'
import { liveGrants } from './live-grants'
import { revokeGrant } from './revoke-grant'

let database: TestDatabase
beforeAll(async () => {
  database = await startTestDatabase()
})
afterAll(() => database.stop())

const as = (name: string, admin = false) => ({
  viewer: viewerOf(name, { id: name, email: null, admin }),
  db: database.db,
})

const connection = randomUUID()
const nothing = { policy: compile(0, { roles: [], masks: [] }), connections: [] }

/** A grant of alice that bob approved, or somebody else. */
async function grant(
  columns: { used?: number; seconds?: number; approver?: string; targetHash?: string; digest?: string } = {},
): Promise<string> {
  const id = randomUUID()
  const review = `insert into reviews (id, state, digest, principal_id, principal, client, connection_id, connection, action,
    resource, arguments_masked, asked, policy_version, expires_at)
    values ($1, 'approved', $1::uuid::text, 'alice', '{"name":"alice"}', '{}', $2, 'shop', 'tools/call', '{}', '{}', '[]', 1, now())`
  await database.asOwner(review, [id, connection])
  await database.asOwner(
    `insert into votes (review_id, person, name, groups, claims, verdict) values ($1, $2, $2, '[]', '{}', 'approve')`,
    [id, columns.approver ?? 'bob'],
  )
  await database.asOwner(
    `insert into grants (id, review_id, principal_id, principal, connection_id, connection, action, resource, rules, max_uses,
      used, ends_at, target_hash, digest) values ($1, $1, 'alice', 'alice', $2, 'shop', 'tools/call', '{}', '[]', 1, $3,
      now() + make_interval(secs => $4), $5, $6)`,
    [id, connection, columns.used ?? 0, columns.seconds ?? 60, columns.targetHash ?? '', columns.digest ?? null],
  )
  return id
}

describe('who may revoke', () => {
  for (const [who, admin] of [
    ['alice', false],
    ['bob', false],
    ['carol', true],
  ] as const)
    test(who, async () => {
      const id = await grant()
      await revokeGrant(as(who, admin), id)
      expect(
        (await liveGrants(database.db, 'alice', { id: connection, targetHash: '' })).map((live) => live.id),
      ).not.toContain(id)
    })

  test('a stranger does not learn that it is there', async () => {
    await expect(revokeGrant(as('erin'), await grant())).rejects.toMatchObject({ code: 'not-found' })
  })
})

test('the grant of one call says which, masked as its question was', async () => {
  const [one, any] = [await grant({ digest: 'this very call' }), await grant()]
  await database.asOwner(`update reviews set arguments_masked = '{"order_id":7}' where id = any($1)`, [[one, any]])
  const listed = await listGrants(as('alice'), nothing)
  expect(listed.find(({ id }) => id === one)?.arguments).toBe('{"order_id":7}')
  expect(listed.find(({ id }) => id === any)?.arguments).toBe(null)
})

test('each grant names who approved it, and nobody who approved another', async () => {
  const [bobs, franks] = [await grant(), await grant({ approver: 'frank' })]
  const listed = await listGrants(as('alice'), nothing)
  expect(listed.find(({ id }) => id === bobs)?.approvers).toEqual(['bob'])
  expect(listed.find(({ id }) => id === franks)?.approvers).toEqual(['frank'])
})

test('of a removed connection nothing is open, and nothing is left to revoke', async () => {
  const id = await grant()
  const listed = (await listGrants(as('alice'), nothing)).find((one) => one.id === id)
  expect(listed).toMatchObject({ live: false, lapse: 'connection', mayRevoke: false })
})

test('what covers nothing any more can be revoked while it could count again, and what is over lapsed in no way', async () => {
  const leads = { id: connection, targetHash: 'elsewhere', tools: new Map() }
  const elsewhere = { ...nothing, connections: [leads] }
  const [open, over] = [await grant({ targetHash: 'there' }), await grant({ targetHash: 'there', seconds: -1 })]
  const find = async (id: string) => (await listGrants(as('alice'), elsewhere)).find((one) => one.id === id)
  expect(await find(open)).toMatchObject({ live: false, lapse: 'target', mayRevoke: true })
  expect(await find(over)).toMatchObject({ live: false, lapse: null, mayRevoke: false })
  await revokeGrant(as('alice'), open)
  expect(await find(open)).toMatchObject({ live: false, lapse: null, mayRevoke: false, revokedBy: 'alice' })
})

const over: [what: string, columns: { used?: number; seconds?: number }, why: RegExp][] = [
  ['used up', { used: 1 }, /used up/],
  ['over', { seconds: -1 }, /is over/],
]
for (const [what, columns, why] of over)
  test(`what is ${what} cannot be revoked any more`, async () => {
    await expect(revokeGrant(as('bob'), await grant(columns))).rejects.toMatchObject({ code: 'conflict', message: why })
  })

test('of two who revoke at once one did', async () => {
  const id = await grant()
  const both = await Promise.allSettled([revokeGrant(as('alice'), id), revokeGrant(as('bob'), id)])
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
})
