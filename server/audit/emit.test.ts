import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestDatabase, type TestDatabase } from '../db/testing'
import type { Entry } from '../types'
import { entryHash, genesis } from './chain'
import { emit, sharedChain } from './emit'

let database: TestDatabase
beforeAll(async () => {
  database = await startTestDatabase()
})
afterAll(() => database.stop())

const say = (name: string, body: Record<string, string>, fails = false) =>
  database.db.transaction(async (tx) => {
    await emit(
      tx,
      { id: `issuer#${name}`, name },
      { action: 'test', connection: 'a "shop"', resource: 'ü\u202e', body },
    )
    if (fails) throw new Error('never mind')
  })

test('promise 9: whoever writes at the same moment stands in one unbroken chain, each under the hash that anybody recomputes', async () => {
  const odd = [
    'plain',
    'quote " and \\ back',
    'emoji 🙂',
    'half \ud83d',
    'nul \0',
    'line\nbreak\u2028',
    'x'.repeat(900),
  ]
  const writers = Array.from({ length: 40 }, (_, n) => {
    const text = odd[n % odd.length] ?? ''
    return say(text, { text, n: String(n) }, n % 10 === 9).catch(() => {})
  })
  await Promise.all(writers)
  const { rows } = await database.pool.query(
    `
    select chain, seq::int, id, kind, at, session_id as "sessionId", call_id as "callId", principal_id as "principalId", principal,
      client, connection_id as "connectionId", connection, action, resource, outcome, policy_version as "policyVersion", masked,
      body, previous_hash as "previousHash", hash
    from entries where chain = $1 order by seq`,
    [sharedChain],
  )
  const entries = rows as Entry[]
  expect(entries).toHaveLength(36)
  let previous = genesis
  for (const [at, entry] of entries.entries()) {
    expect(entry.seq).toBe(at + 1)
    expect(entry.previousHash).toBe(previous)
    expect(entry.hash).toBe(entryHash(previous, entry))
    previous = entry.hash
  }
  const { rows: heads } = await database.pool.query('select seq::int, hash from chains where id = $1', [sharedChain])
  expect(heads).toEqual([{ seq: 36, hash: previous }])
})
