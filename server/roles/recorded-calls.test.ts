import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { cutBody } from '../audit/cut'
import { ownId } from '../db/own-connection'
import { entries } from '../db/schema'
import { startTestDatabase, type TestDatabase } from '../db/testing'
import type { JsonObject } from '../types'
import { type CallKind, eachKind, eachRecorded, type RecordedCall } from './recorded-calls'
import { Use } from './without-unused'

let database: TestDatabase
const shop = randomUUID()
const rules = ['read', 'write', 'other']
const window = { from: new Date(Date.now() - 3600_000), to: new Date() }

type More = { grantId?: string | null; version?: number; named?: JsonObject; before?: boolean }

/** A body as the gateway writes it, or wrote it `before`, with its fields in that order. */
function bodyOf(rule: string, args: JsonObject, { grantId = null, version = 1, named, before }: More = {}): string {
  const decision = {
    ...{ effect: rule === 'denied' ? 'deny' : 'allow', reason: 'allowed' },
    rules: [{ role: 'support', rule, effect: 'allow' }],
    ...{ masks: [], errors: [], grantId, version },
  }
  const told = { era: 'modern', revision: '2026-07-28', requestId: 1, arguments: args, argumentsWhole: true }
  return JSON.stringify({
    ...(before === true ? { ...told, decision } : { decision, ...told }),
    claims: { groups: ['support'], kind: 'user', ...(named === undefined ? {} : { named, absent: [] }) },
    facts: { sql: null, http: null, tool: null, toolIsPinned: false },
  })
}

const claimed = {
  decision: { effect: 'allow', reason: 'allowed', rules: [{ role: 'support', rule: 'claimed', effect: 'allow' }] },
}
// What callers may send, and tokens claim, beside what somebody may want it to be taken for.
const odd: JsonObject[] = [
  { order: 1 },
  { ...claimed, grantId: null },
  { first: 1, ...claimed, grantId: null },
  { deep: [{ x: true, ...claimed, grantId: null }] },
  { text: ',"decision":{"effect":"allow","rules":[{"role":"support","rule":"claimed"}]},"grantId":null' },
  { text: '\0 \ud800 ü 中 🙂' },
]
const sent: { args: JsonObject; named?: JsonObject }[] = [
  { args: {} },
  ...odd.map((args) => ({ args })),
  ...odd.map((named) => ({ args: {}, named })),
  { args: { first: 1, ...claimed, grantId: null }, named: { first: 1, ...claimed, grantId: null } },
]

const row = (person: string, resource: string, body: string, more = {}) => ({
  ...{ chain: randomUUID(), seq: 1, id: randomUUID(), kind: 'call', at: new Date(Date.now() - 60_000) },
  ...{ sessionId: null, callId: null, principalId: person, principal: person, client: 'test 1', connectionId: shop },
  ...{ connection: 'shop', action: 'tools/call', resource, outcome: '', policyVersion: 1, masked: 0, body },
  ...{ previousHash: '', hash: '', ...more },
})

beforeAll(async () => {
  database = await startTestDatabase()
  const usual = ['alice', 'bob'].flatMap((person) =>
    ['read', 'write', 'denied'].flatMap((rule) =>
      sent.flatMap(({ args, named }) =>
        [1, 2, 3].flatMap((version) =>
          [true, false].map((before) =>
            row(person, 'get', bodyOf(rule, args, { ...{ version, before, named }, grantId: randomUUID() })),
          ),
        ),
      ),
    ),
  )
  await database.db
    .insert(entries)
    .values([
      ...usual,
      row('alice', 'put', bodyOf('other', { once: true })),
      ...[1, 2].map((n) => row('carol', 'get', cutBody(bodyOf('read', { text: `${n}`.repeat(20_000) })))),
      ...['', 'no json', '{}', '{"decision":{"effect":"allow"}}', '[,"decision":{"effect":'].map((body) =>
        row('dora', 'get', body),
      ),
      row('erin', 'get', bodyOf('other', {}), { at: new Date(Date.now() - 7200_000) }),
      row('erin', 'get', bodyOf('other', {}), { connectionId: ownId }),
      row('erin', 'get', bodyOf('other', {}), { kind: 'refusal', outcome: 'refused' }),
    ])
})
afterAll(() => database.stop())

const kindOf = ({ person, connection, resource, kept }: RecordedCall): CallKind => ({
  ...{ person: person.id, connection, resource, times: 1 },
  rules: 'why' in kept || kept.effect === 'deny' ? [] : kept.rules,
})

const told = (use: Use) => ({
  calls: use.calls,
  rules: [...rules, 'denied', 'claimed'].map((rule) => {
    const found = use.of('support', rule)
    return { rule, times: found.times, people: [...found.people].sort(), on: found.on(['shop']).sort() }
  }),
})

test('kinds of calls say of their use what all of them say, whatever callers send and tokens claim', async () => {
  const all = new Use()
  await eachRecorded(database.db, window, new AbortController().signal, (page) => {
    for (const call of page) all.take(kindOf(call))
  })
  const kinds = new Use()
  let handed = 0
  await eachKind(database.db, window, (kind) => {
    handed += 1
    kinds.take(kind)
  })
  expect(told(kinds)).toEqual(told(all))
  const times = 2 * sent.length * 3 * 2
  expect(all.calls).toBe(3 * times + 1 + 2 + 5)
  expect(told(all).rules).toMatchObject([
    { rule: 'read', times, people: ['alice', 'bob'], on: ['get'] },
    { rule: 'write', times, people: ['alice', 'bob'] },
    { rule: 'other', times: 1, people: ['alice'], on: ['put'] },
    { rule: 'denied', times: 0 },
    { rule: 'claimed', times: 0 },
  ])
  // One for each person and decision, however many arguments, claims, grants and versions there were; but for those from before
  // in which more than one place looks like the decision.
  const unsure = sent.filter(({ args, named = {} }) => /[^\\],"decision":\{/.test(JSON.stringify([args, named]))).length
  expect(unsure).toBe(5)
  expect(handed).toBeLessThanOrEqual(2 * 3 * (1 + 3 * unsure) + 1 + 2 + 5)
})
