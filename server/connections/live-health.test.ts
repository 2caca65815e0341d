import { randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { connectionChecks, connections } from '../db/schema'
import { quiet, startTestDatabase, type TestDatabase, until } from '../db/testing'
import { deriveKeys } from '../keys'
import { createConnection } from './create-connection'
import type { LiveConnection } from './current'
import { LiveHealth } from './live-health'
import { targetHash } from './target-hash'
import { contextFor } from './viewer.testing'

const keys = deriveKeys('a key of thirty-two bytes or more')
const rules = { local: true, upstreamPrivateRanges: [] }

let database: TestDatabase
let connection: LiveConnection

beforeAll(async () => {
  database = await startTestDatabase()
})
afterAll(() => database.stop())
beforeEach(async () => {
  const name = `c-${randomUUID().slice(0, 8)}`
  const carol = contextFor(database.db, 'carol', { admin: true })
  const target = { transport: 'http', url: 'http://127.0.0.1:1/mcp' }
  await createConnection(carol, { keys, rules }, { name, target })
  const [row] = await database.db.select().from(connections).where(eq(connections.name, name))
  connection = { ...row, targetHash: targetHash(row!) } as unknown as LiveConnection
})

const live = (more: object = {}) =>
  new LiveHealth({ db: database.db, log: quiet, settleMs: 20, againMs: 60_000, ...more })

const lines = async (): Promise<string[]> => {
  const { id } = connection
  const rows = await database.db.select().from(connectionChecks).where(eq(connectionChecks.connectionId, id))
  return rows.sort((a, b) => a.id - b.id).map(({ ok, message }) => `${ok ? 'ok' : 'failing'}: ${message}`)
}
const told = (n: number) => until(async () => (await lines()).length === n)
const rest = () => new Promise((done) => setTimeout(done, 150))

test('calls say when a target goes and when it is back, a line each', async () => {
  const health = live()
  for (let n = 0; n < 50; n += 1) health.saw(connection, null, 3)
  await told(1)
  for (let n = 0; n < 50; n += 1) health.saw(connection, 'it refuses connections', 1)
  await told(2)
  for (let n = 0; n < 50; n += 1) health.saw(connection, null, 3)
  await told(3)
  await rest()
  expect(await lines()).toEqual([
    'ok: a call was answered',
    'failing: it refuses connections',
    'ok: a call was answered',
  ])
})

test('what changes to and fro in a moment is what it was last', async () => {
  const health = live({ settleMs: 100 })
  for (let n = 0; n < 20; n += 1) health.saw(connection, n % 2 === 0 ? 'it closed the connection' : null, 1)
  await told(1)
  await rest()
  expect(await lines()).toEqual(['ok: a call was answered'])
})

test('a test that said otherwise meanwhile is answered by the next calls', async () => {
  const health = live({ againMs: 50 })
  health.saw(connection, null, 3)
  await told(1)
  const { id: connectionId } = connection
  await database.db.insert(connectionChecks).values({ connectionId, ok: false, latencyMs: 1, message: 'of a test' })
  // Longer than `againMs`.
  await rest()
  health.saw(connection, null, 3)
  await told(3)
  expect((await lines()).at(-1)).toBe('ok: a call was answered')
})

test('nothing is kept of a connection that points elsewhere by now, or is gone', async () => {
  const health = live()
  health.saw({ ...connection, targetHash: 'of another target' }, 'it refuses connections', 1)
  await rest()
  expect(await lines()).toEqual([])
  await database.db.delete(connections).where(eq(connections.id, connection.id))
  live().saw(connection, null, 1)
  await rest()
  expect(await lines()).toEqual([])
})
