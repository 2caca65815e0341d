import { hash, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { cutBody, cutOpening } from '../audit/cut'
import { entries, sessions } from '../db/schema'
import { startTestDatabase, type TestDatabase } from '../db/testing'
import type { EntryKind } from '../types'
import { viewerOf } from '../viewer.testing'
import { getSession } from './get-session'

let database: TestDatabase
const alice = viewerOf('alice')
const chain = randomUUID()
let seq = 0

beforeAll(async () => {
  database = await startTestDatabase()
})
afterAll(() => database.stop())

async function session(): Promise<string> {
  const [row] = await database.db
    .insert(sessions)
    .values({
      id: randomUUID(),
      era: 'modern',
      principalId: alice.id,
      principal: 'alice@example.com',
      clientName: 'test',
      clientVersion: '1',
      connectionId: randomUUID(),
      connection: 'shop',
    })
    .returning({ id: sessions.id })
  return row?.id ?? ''
}

async function entry(sessionId: string, kind: EntryKind, body: string, callId: string | null = null): Promise<string> {
  const id = randomUUID()
  seq += 1
  await database.db.insert(entries).values({
    ...{ id, chain, seq, kind, sessionId, callId, body, at: new Date() },
    ...{ principalId: alice.id, principal: 'alice@example.com', client: 'test 1' },
    ...{ connectionId: null, connection: 'shop', action: 'tools/call', resource: 'query', outcome: 'ok' as const },
    ...{ policyVersion: 1, masked: 0, previousHash: '', hash: `${seq}` },
  })
  return id
}

test('numbers are shown with every digit that was recorded', async () => {
  const id = await session()
  const call = await entry(
    id,
    'call',
    '{"arguments":{"id":9007199254740993,"rate":1.10},"decision":{"effect":"allow"}}',
  )
  await entry(id, 'reply', '{"answer":{"n":[12345678901234567890,-0.1e-400,7]},"ms":1.5}', call)
  const { steps } = await getSession({ viewer: alice, db: database.db }, id)
  expect(steps).toHaveLength(1)
  expect(steps[0]).toMatchObject({ ms: 1.5, decision: { effect: 'allow' } })
  expect(steps[0]?.request).toContain('9007199254740993')
  expect(steps[0]?.reply).toBe('{"n":[12345678901234567890,-0.1e-400,7]}')
})

test('what is no JSON is shown as it is', async () => {
  const id = await session()
  await entry(id, 'call', 'cut {"a":1')
  const { steps } = await getSession({ viewer: alice, db: database.db }, id)
  expect(JSON.parse(steps[0]?.request ?? '')).toEqual({ text: 'cut {"a":1' })
})

test('arguments that were too long are told as that, with what is kept of them and what decided', async () => {
  const id = await session()
  const sql = 'select 1 -- '.padEnd(40_000, 'x')
  const decision = { effect: 'allow', reason: 'allowed', rules: [{ role: 'support', rule: 'read', effect: 'allow' }] }
  const body = { arguments: { sql }, argumentsWhole: true, decision, claims: {}, facts: {} }
  await entry(id, 'call', cutOpening(body))
  const { steps } = await getSession({ viewer: alice, db: database.db }, id)
  const whole = JSON.stringify({ sql })
  expect(steps[0]).toMatchObject({
    ...{ decision, request: whole.slice(0, 2048) },
    tooLong: { bytes: whole.length, sha256: hash('sha256', whole) },
  })
})

test('arguments that only look like that are shown as they are, and an older entry that was cut whole as it was', async () => {
  const id = await session()
  const notice = cutBody(JSON.stringify({ arguments: 'x'.repeat(20_000) }))
  await entry(id, 'call', `{"arguments":${notice},"decision":{"effect":"allow"}}`)
  await entry(id, 'call', notice)
  const { steps } = await getSession({ viewer: alice, db: database.db }, id)
  const looks = { request: notice, tooLong: null }
  expect(steps).toMatchObject([
    { ...looks, decision: { effect: 'allow' } },
    { ...looks, decision: null },
  ])
})

test("somebody else's session is not there", async () => {
  const id = await session()
  const erin = { ...alice, id: 'issuer#erin' }
  await expect(getSession({ viewer: erin, db: database.db }, id)).rejects.toMatchObject({ code: 'not-found' })
  await expect(getSession({ viewer: { ...erin, auditor: true }, db: database.db }, id)).resolves.toMatchObject({ id })
})
