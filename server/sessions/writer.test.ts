import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { chained, entryHash, genesis } from '../audit/chain'
import { verifyDatabase } from '../audit/export-record'
import { quiet, startTestDatabase, type TestDatabase } from '../db/testing'
import { publishFirst } from '../roles/publish'
import type { Entry } from '../types'
import { draft } from './draft.testing'
import { insertEntries } from './insert'
import { startWriter, type Writer } from './writer'

const metrics = { recordLag: { set: () => {} } }
let database: TestDatabase
let writer: Writer

beforeAll(async () => {
  database = await startTestDatabase()
  await publishFirst(database.db, 'roles: []\nmasks: []\n', { id: 'test', name: 'test' })
  writer = await start()
})

afterAll(async () => {
  await writer.close()
  await database.stop()
})

const start = () => startWriter({ connectionString: database.serverUrl, instanceId: randomUUID(), log: quiet, metrics })

const chainOf = async (id: string): Promise<Entry[]> => {
  const { rows } = await database.asOwner(
    `select chain, seq::int, id, kind, at, session_id as "sessionId", call_id as "callId", principal_id as "principalId", principal,
       client, connection_id as "connectionId", connection, action, resource, outcome, policy_version as "policyVersion", masked, body,
       previous_hash as "previousHash", hash
     from entries where chain = (select chain from entries where id = $1) order by seq`,
    [id],
  )
  return rows as Entry[]
}

async function verifyRecord() {
  const client = await database.pool.connect()
  try {
    return await verifyDatabase(client, [])
  } finally {
    client.release()
  }
}

test('promise 9: a hundred entries at once are one unbroken chain, in the order they were asked for', async () => {
  const drafts = Array.from({ length: 100 }, () => draft())
  await Promise.all(drafts.map((entry) => writer.append(entry)))
  const chain = await chainOf(drafts[0]?.id ?? '')
  const ids = chain.map((entry) => entry.id)
  expect(ids.slice(ids.indexOf(drafts[0]?.id ?? ''))).toEqual(drafts.map((entry) => entry.id))
  for (const [index, entry] of chain.entries()) {
    expect(entry.hash).toBe(entryHash(entry.previousHash, entry))
    if (index > 0) expect(entry.previousHash).toBe(chain[index - 1]?.hash)
  }
})

test('odd bytes beside fifty good entries hurt nobody', async () => {
  const odd = [
    draft({ resource: 'a\0b' }),
    draft({ principal: '\ud800' }),
    draft({ body: JSON.stringify({ a: '\0\ud800' }) }),
    draft({ sessionId: 'not a uuid' }),
  ]
  const good = Array.from({ length: 50 }, () => draft())
  const settled = await Promise.allSettled(
    [...good.slice(0, 25), ...odd, ...good.slice(25)].map((entry) => writer.append(entry)),
  )
  expect(settled.filter(({ status }) => status === 'rejected')).toHaveLength(1)
  const chain = await chainOf(good[49]?.id ?? '')
  for (const entry of [...good, ...odd.slice(0, 3)]) expect(chain.some(({ id }) => id === entry.id)).toBe(true)
  expect((await verifyRecord()).findings).toEqual([])
})

test('one odd entry among many costs a few statements, not one for each beside it', async () => {
  const sent = vi.spyOn(pg.Client.prototype, 'query')
  const good = Array.from({ length: 255 }, () => draft())
  const settled = await Promise.allSettled(
    [...good, draft({ sessionId: 'not a uuid' })].map((one) => writer.append(one)),
  )
  const names = sent.mock.calls.map(([query]) => (query as unknown as pg.QueryConfig).name)
  sent.mockRestore()
  expect(settled.filter(({ status }) => status === 'rejected')).toHaveLength(1)
  expect(names.filter((name) => name?.startsWith('record')).length).toBeLessThanOrEqual(1 + 2 * 8)
})

test('an answer is written however many calls keep coming that were decided on an older policy', async () => {
  let written = false
  const stale = Array.from({ length: 8 }, async () => {
    for (let n = 0; n < 200 && !written; n += 1) await writer.open(draft(), { version: 7, grantId: null })
    return written
  })
  const reply = draft({ kind: 'reply' })
  await writer.append(reply)
  written = true
  expect(await Promise.all(stale)).toEqual(Array(8).fill(true))
  expect((await chainOf(reply.id)).length).toBeGreaterThan(0)
})

test('promise 6: an entry decided on an older policy is not written, and those beside it are', async () => {
  const [old, fresh, reply] = [draft(), draft(), draft({ kind: 'reply' })]
  const [moved, open] = await Promise.all([
    writer.open(old, { version: 7, grantId: null }),
    writer.open(fresh, { version: 1, grantId: null }),
    writer.append(reply),
  ])
  expect(moved).toEqual({ state: 'policy-moved', version: 1 })
  expect(open).toEqual({ state: 'open' })
  const ids = (await chainOf(fresh.id)).map(({ id }) => id)
  expect([ids.includes(old.id), ids.includes(fresh.id), ids.includes(reply.id)]).toEqual([false, true, true])
})

test('promise 6: what was not written is never taken for written, whatever the version is by then', async () => {
  const answers = [{ rows: [{ oid: 1 }] }, { rowCount: 0 }, { rows: [{ version: 1, chained: true }] }]
  const client = { query: async () => answers.shift() } as unknown as pg.Client
  const entry = chained(draft({ kind: 'reply' }), randomUUID(), 1, genesis)
  const call = chained(draft(), entry.chain, 2, entry.hash)
  expect(await insertEntries(client, [entry, call], { version: 1, grantId: null })).toEqual({
    state: 'policy-moved',
    version: 1,
  })
})

async function grantFor(maxUses: number, endsIn: string): Promise<string> {
  const review = randomUUID()
  await database.asOwner(
    `insert into reviews (id, state, digest, principal_id, principal, client, connection_id, connection, action, resource, arguments_masked,
       asked, policy_version, expires_at) values ($1, 'approved', $2, 'p', '{}', '{}', gen_random_uuid(), 'shop', 'tools/call', '{}', '{}', '[]', 1, now())`,
    [review, review],
  )
  const { rows } = await database.asOwner(
    `insert into grants (review_id, principal_id, principal, connection_id, connection, action, resource, rules, max_uses, ends_at)
     values ($1, 'p', 'p', gen_random_uuid(), 'shop', 'tools/call', '{}', '[]', $2, now() + $3::interval) returning id`,
    [review, maxUses, endsIn],
  )
  return rows[0].id
}

test('promise 5: a single-use grant opens one of fifty racing calls, over two processes', async () => {
  const other = await start()
  const grantId = await grantFor(1, '1 hour')
  const drafts = Array.from({ length: 50 }, () => draft())
  const results = await Promise.all(
    drafts.map((entry, n) => (n % 2 === 0 ? writer : other).open(entry, { version: 1, grantId })),
  )
  expect(results.filter(({ state }) => state === 'open')).toHaveLength(1)
  expect(results.filter(({ state }) => state === 'grant-gone')).toHaveLength(49)
  const { rows } = await database.asOwner('select count(*)::int as n from entries where id = any($1)', [
    drafts.map(({ id }) => id),
  ])
  expect(rows[0].n).toBe(1)
  await other.close()
})

test('promise 5: a grant that is over by the database clock, or revoked, opens nothing', async () => {
  const over = await grantFor(5, '-1 second')
  const revoked = await grantFor(5, '1 hour')
  await database.asOwner('update grants set revoked_at = now() where id = $1', [revoked])
  for (const grantId of [over, revoked])
    expect(await writer.open(draft(), { version: 1, grantId })).toEqual({ state: 'grant-gone' })
})

test('an answer that nobody heard is told by one of fifty racing calls, over two processes; not on an older policy', async () => {
  const other = await start()
  const earlierId = randomUUID()
  await database.asOwner(
    `insert into unheard_answers (call_id, principal_id, digest, form, instance_id, answer_sealed)
     values ($1, 'alice', '', 'legacy', $1, '\\x00')`,
    [earlierId],
  )
  const older = await writer.open(draft(), { version: 7, grantId: null, earlierId })
  expect(older).toMatchObject({ state: 'policy-moved' })
  const results = await Promise.all(
    Array.from({ length: 50 }, (_, n) =>
      (n % 2 === 0 ? writer : other).open(draft(), { version: 1, grantId: null, earlierId }),
    ),
  )
  expect(results.filter(({ state }) => state === 'open')).toHaveLength(1)
  expect(results.filter(({ state }) => state === 'answer-gone')).toHaveLength(49)
  await other.close()
})
