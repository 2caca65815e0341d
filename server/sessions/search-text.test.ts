import { randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { entries, sessions } from '../db/schema'
import { startTestDatabase, type TestDatabase } from '../db/testing'
import { sessionsWithText } from './search-text'

let database: TestDatabase
const count = 400
/** Newest first. */
const ids = Array.from({ length: count }, () => randomUUID())

// Each session says `everywhere`, each seventh `now and then`, the oldest `long ago`; many begin in the same moment.
const textOf = (n: number) =>
  `everywhere${n % 7 === 3 ? ' now and then' : ''}${n === count - 1 ? ' long ago' : ''}${n === 8 ? ' 100%' : ''}`

beforeAll(async () => {
  database = await startTestDatabase()
  const at = (n: number) => new Date(Date.UTC(2026, 0, 2) - Math.floor(n / 9) * 60_000)
  const who = { principalId: 'alice', principal: 'alice', connection: 'shop' }
  const connectionId = randomUUID()
  // Of one moment the greatest id is the newest.
  for (let n = 0; n < count; n += 9)
    ids.splice(
      n,
      9,
      ...ids
        .slice(n, n + 9)
        .sort()
        .reverse(),
    )
  const client = { era: 'modern' as const, clientName: 'test', clientVersion: '1' }
  await database.db
    .insert(sessions)
    .values(ids.map((id, n) => ({ ...who, ...client, id, connectionId, startedAt: at(n), lastAt: at(n) })))
  await database.db.insert(entries).values(
    ids.flatMap((sessionId, n) =>
      ['call', 'reply'].map((kind, k) => ({
        ...{ ...who, connectionId, chain: sessionId, seq: k + 1, id: randomUUID(), kind, at: at(n), sessionId },
        ...{ callId: null, client: 'test 1', action: 'tools/call', resource: 'get', outcome: '', policyVersion: 1 },
        ...{ masked: 0, body: k === 1 ? `{"a":"${textOf(n)}"}` : '{}', previousHash: '', hash: '' },
      })),
    ),
  )
})
afterAll(() => database.stop())

const of = (text: string, limit: number, where = sql`true`, patienceMs?: number) =>
  sessionsWithText(database.db, { sessions: where, entry: sql`e.body like ${`%${text}%`}`, limit }, patienceMs)
const having = (text: string) => ids.filter((_, n) => textOf(n).includes(text))

describe.each([
  ['looked into one by one', 60_000],
  ['read at once after the first look', -1],
])('the newest sessions with a text, %s', (_, patienceMs) => {
  for (const text of ['everywhere', 'now and then', 'long ago', 'nowhere'])
    for (const limit of [1, 30, 1000])
      test(`${text}, ${limit} of them`, async () => {
        expect(await of(text, limit, undefined, patienceMs)).toEqual(having(text).slice(0, limit))
      })

  test('none but those that are asked about', async () => {
    const few = ids.slice(100, 300)
    const found = await of('now and then', 1000, sql`s.id = any(${sql.param(few)}::uuid[])`, patienceMs)
    expect(found).toEqual(having('now and then').filter((id) => few.includes(id)))
  })
})
