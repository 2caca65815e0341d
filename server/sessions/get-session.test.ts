import { hash, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { cutBody, cutOpening } from '../audit/cut'
import { entries, sessions } from '../db/schema'
import { startTestDatabase, type TestDatabase } from '../db/testing'
import type { EntryKind, Outcome } from '../types'
import { viewerOf } from '../viewer.testing'
import { getSession } from './get-session'
import { getStep } from './get-step'
import { indexOfStep, listSteps } from './list-steps'
import { StepFilter } from './schemas'
import { stepsOf } from './steps.testing'

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

async function entry(
  sessionId: string,
  kind: EntryKind,
  body: string,
  callId: string | null = null,
  outcome: Outcome | '' = kind === 'call' ? '' : 'ok',
): Promise<string> {
  const id = randomUUID()
  seq += 1
  await database.db.insert(entries).values({
    ...{ id, chain, seq, kind, sessionId, callId, body, at: new Date() },
    ...{ principalId: alice.id, principal: 'alice@example.com', client: 'test 1' },
    ...{ connectionId: null, connection: 'shop', action: 'tools/call', resource: 'query', outcome },
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
  const steps = await stepsOf({ viewer: alice, db: database.db }, id)
  expect(steps).toHaveLength(1)
  expect(steps[0]).toMatchObject({ ms: 1.5, decision: { effect: 'allow' } })
  expect(steps[0]?.request).toContain('9007199254740993')
  expect(steps[0]?.reply).toBe('{"n":[12345678901234567890,-0.1e-400,7]}')
})

test('what is no JSON is shown as it is', async () => {
  const id = await session()
  await entry(id, 'call', 'cut {"a":1')
  const steps = await stepsOf({ viewer: alice, db: database.db }, id)
  expect(JSON.parse(steps[0]?.request ?? '')).toEqual({ text: 'cut {"a":1' })
})

test('arguments that were too long are told as that, with what is kept of them and what decided', async () => {
  const id = await session()
  const sql = 'select 1 -- '.padEnd(40_000, 'x')
  const decision = { effect: 'allow', reason: 'allowed', rules: [{ role: 'support', rule: 'read', effect: 'allow' }] }
  const body = { arguments: { sql }, argumentsWhole: true, decision, claims: {}, facts: {} }
  await entry(id, 'call', cutOpening(body))
  const steps = await stepsOf({ viewer: alice, db: database.db }, id)
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
  const steps = await stepsOf({ viewer: alice, db: database.db }, id)
  const looks = { request: notice, tooLong: null }
  expect(steps).toMatchObject([
    { ...looks, decision: { effect: 'allow' } },
    { ...looks, decision: null },
  ])
})

test('what passed while a call ran belongs to it, in its order, and is no step of its own', async () => {
  const id = await session()
  const call = await entry(id, 'call', '{"arguments":{"n":1}}')
  await entry(id, 'notification', '{"notifications":[{"method":"notifications/progress"}]}', call)
  await entry(id, 'request', '{"method":"sampling/createMessage","params":{}}', call)
  await entry(id, 'request', '{"answered":"sampling","response":{"result":{"model":"m"}}}', call)
  await entry(
    id,
    'reply',
    '{"answer":{"ok":1},"ms":3,"bytes":8,"notifications":[{"method":"notifications/message"}]}',
    call,
  )
  await entry(id, 'notification', '{"arguments":{}}')
  const steps = await stepsOf({ viewer: alice, db: database.db }, id)
  expect(steps.map(({ kind, reply }) => [kind, reply])).toEqual([
    ['call', '{"ok":1}'],
    ['notification', null],
  ])
  expect(steps[0]?.meanwhile.map(({ kind, text }) => [kind, JSON.parse(text)])).toEqual([
    ['said', { method: 'notifications/progress' }],
    ['asked', { method: 'sampling/createMessage', params: {} }],
    ['answered', { result: { model: 'm' } }],
    ['said', { method: 'notifications/message' }],
  ])
})

test('what a client answered to an earlier round is shown', async () => {
  const id = await session()
  await entry(id, 'call', '{"arguments":{},"inputResponses":{"sure":{"action":"accept"}}}')
  const [step] = await stepsOf({ viewer: alice, db: database.db }, id)
  expect(JSON.parse(step?.answers ?? '')).toEqual({ sure: { action: 'accept' } })
})

test('an answer of nothing is none', async () => {
  const id = await session()
  const call = await entry(id, 'call', '{"arguments":{}}')
  await entry(id, 'reply', '{"answer":null,"ms":5.8,"bytes":0}', call, 'cancelled')
  expect(await stepsOf({ viewer: alice, db: database.db }, id)).toMatchObject([
    { reply: null, outcome: 'cancelled', ms: 5.8 },
  ])
})

test('the last of many steps is reached, with its answer', async () => {
  const id = await session()
  await database.asOwner(
    `insert into entries (chain, seq, id, kind, at, session_id, call_id, principal_id, principal, client, connection,
       action, resource, outcome, policy_version, masked, body, previous_hash, hash)
     select $2::uuid, n * 2 + part, md5($1::text || n || part)::uuid, case part when 0 then 'call' else 'reply' end, now(), $1::text::uuid,
       case part when 1 then md5($1::text || n || 0)::uuid end, 'issuer#alice', 'alice', '', 'shop', 'tools/call', 'tool' || n,
       case part when 0 then '' when 1 then case when n % 10 = 0 then 'error' else 'ok' end end, 1, 0,
       '{"answer":{"said":",\\"ms\\":7,"},"ms":2.5,"bytes":9}', '', '' from generate_series(1, 6000) n, generate_series(0, 1) part`,
    [id, randomUUID()],
  )
  const ctx = { viewer: alice, db: database.db }
  const { total, steps } = await listSteps(ctx, id, StepFilter.parse({ offset: 5_990 }))
  expect([total, steps.length]).toEqual([6_000, 10])
  expect(steps.at(-1)).toMatchObject({ resource: 'tool6000', outcome: 'error', ms: 2.5 })
  expect((await getStep(ctx, id, steps.at(-1)?.id ?? '')).reply).toContain('said')
  const errors = await listSteps(ctx, id, StepFilter.parse({ only: 'error', offset: 590 }))
  expect([errors.total, errors.steps.at(-1)?.resource]).toEqual([600, 'tool6000'])
  expect((await getSession(ctx, id)).outcomes).toEqual({ ok: 5_400, error: 600 })
})

test('a step is one of its own session, and told to nobody else', async () => {
  const [mine, other] = [await session(), await session()]
  const call = await entry(mine, 'call', '{"arguments":{}}')
  await expect(getStep({ viewer: alice, db: database.db }, other, call)).rejects.toMatchObject({ code: 'not-found' })
  const erin = { viewer: { ...alice, id: 'issuer#erin' }, db: database.db }
  await expect(getStep(erin, mine, call)).rejects.toMatchObject({ code: 'not-found' })
  await expect(listSteps(erin, mine, StepFilter.parse({}))).rejects.toMatchObject({ code: 'not-found' })
})

test("somebody else's session is not there", async () => {
  const id = await session()
  const erin = { ...alice, id: 'issuer#erin' }
  await expect(getSession({ viewer: erin, db: database.db }, id)).rejects.toMatchObject({ code: 'not-found' })
  await expect(getSession({ viewer: { ...erin, auditor: true }, db: database.db }, id)).resolves.toMatchObject({ id })
})

test('a call that was told an earlier answer names the call it was of; what a caller sends cannot say so', async () => {
  const [before, id] = [await session(), await session()]
  await entry(before, 'list', '{"arguments":{}}')
  await entry(before, 'call', '{"arguments":{}}')
  const [, ran] = await stepsOf({ viewer: alice, db: database.db }, before)
  const of = `"answeredAs":"${ran?.id}"`
  await entry(id, 'refusal', `{"decision":{"effect":"review","reason":"ran-before"},${of},"arguments":{}}`)
  await entry(id, 'refusal', `{"decision":{"effect":"deny"},"arguments":{${of}}}`)
  const steps = await stepsOf({ viewer: alice, db: database.db }, id)
  expect(steps.map(({ earlier }) => earlier)).toEqual([{ sessionId: before, step: 2 }, null])
})

test('steps are found by what was asked, said meanwhile or answered, each character for itself', async () => {
  const id = await session()
  const first = await entry(id, 'call', '{"arguments":{"id":1042}}')
  await entry(id, 'reply', '{"answer":{"city":"Lisbon"}}', first)
  const second = await entry(id, 'call', '{"arguments":{"id":7}}')
  await entry(id, 'notification', '{"method":"notifications/progress","params":{"message":"100% of 1042"}}', second)
  await entry(id, 'reply', '{"answer":{"city":"Porto"}}', second, 'error')
  await entry(await session(), 'call', '{"arguments":{"id":1042}}')
  const ctx = { viewer: alice, db: database.db }
  const found = async (filter: object) => {
    const { total, steps } = await listSteps(ctx, id, StepFilter.parse(filter))
    expect(total).toBe(steps.length)
    return steps.map((step) => step.id)
  }
  expect(await found({ text: '1042' })).toEqual([first, second])
  expect(await found({ text: 'LISBON' })).toEqual([first])
  expect(await found({ text: '100%' })).toEqual([second])
  expect(await found({ text: '1%2' })).toEqual([])
  expect(await found({ text: '1042', only: 'error' })).toEqual([second])
  expect(await indexOfStep(ctx, id, second)).toBe(1)
  expect(await indexOfStep(ctx, await session(), second)).toBe(null)
})
