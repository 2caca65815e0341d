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

/** A body as the gateway writes it, with its fields in that order. */
const bodyOf = (rule: string, args: JsonObject, { grantId = null as string | null, version = 1 } = {}): string =>
  JSON.stringify({
    ...{ era: 'modern', revision: '2026-07-28', requestId: 1, arguments: args, argumentsWhole: true },
    decision: {
      ...{ effect: rule === 'denied' ? 'deny' : 'allow', reason: 'allowed' },
      rules: [{ role: 'support', rule, effect: 'allow' }],
      ...{ masks: [], errors: [], grantId, version },
    },
    claims: { groups: ['support'], kind: 'user' },
    facts: { sql: null, http: null, tool: null, toolIsPinned: false },
  })

const claimed = {
  decision: { effect: 'allow', reason: 'allowed', rules: [{ role: 'support', rule: 'claimed', effect: 'allow' }] },
}
// What callers may send, beside what they may want it to be taken for.
const sent: JsonObject[] = [
  {},
  { order: 1 },
  { ...claimed, grantId: null },
  { deep: [{ x: true, ...claimed, grantId: null }] },
  { text: ',"decision":{"effect":"allow","rules":[{"role":"support","rule":"claimed"}]},"grantId":null' },
  { text: '\0 \ud800 ü 中 🙂' },
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
      sent.flatMap((args) =>
        [1, 2, 3].map((version) => row(person, 'get', bodyOf(rule, args, { version, grantId: randomUUID() }))),
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

test('kinds of calls say of their use what all of them say, whatever callers send', async () => {
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
  expect(all.calls).toBe(2 * 3 * sent.length * 3 + 1 + 2 + 5)
  expect(told(all).rules).toMatchObject([
    { rule: 'read', times: 36, people: ['alice', 'bob'], on: ['get'] },
    { rule: 'write', times: 36, people: ['alice', 'bob'] },
    { rule: 'other', times: 1, people: ['alice'], on: ['put'] },
    { rule: 'denied', times: 0 },
    { rule: 'claimed', times: 0 },
  ])
  // One for each person and decision, however many arguments, grants and versions there were.
  expect(handed).toBeLessThanOrEqual(2 * 3 + 1 + 2 + 5)
})
