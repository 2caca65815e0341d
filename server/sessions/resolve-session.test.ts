import { randomBytes } from 'node:crypto'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { startTestDatabase, type TestDatabase } from '../db/testing'
import { deriveKeys } from '../keys'
import { findLegacySession, openLegacySession } from './resolve-session'

const keys = deriveKeys(randomBytes(32).toString('base64'))
const connectionId = '00000000-0000-4000-8000-000000000001'
let database: TestDatabase

beforeAll(async () => {
  database = await startTestDatabase()
})
afterAll(() => database?.stop())
afterEach(() => vi.useRealTimers())

const owner = {
  principal: { id: 'alice', email: null, name: 'alice', groups: [], claims: {}, kind: 'user' as const },
  client: { id: 'c', name: 'c', version: '1' },
  ...{ connectionId, connection: 'target', protocolVersion: '2025-11-25' },
}

const ends: [how: string, sql: string][] = [
  ['another instance ended it', 'update sessions set ended_at = now() where id = $1'],
  ['nobody used it for a day', `update sessions set last_at = now() - interval '25 hours' where id = $1`],
]
for (const [how, sql] of ends)
  test(`a session that this process knows is found no longer when ${how}`, async () => {
    const id = await openLegacySession(database.db, owner)
    const find = () => findLegacySession(database.db, keys, { id, principalId: 'alice', connectionId })
    expect(await find()).toMatchObject({ id })
    await database.asOwner(sql, [id])
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 11_000 })
    expect(await find()).toBe(null)
    expect(await find()).toBe(null)
  })
