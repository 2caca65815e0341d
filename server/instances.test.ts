import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { quiet, startTestDatabase, type TestDatabase } from './db/testing'
import { announceInstance, liveInstanceIds, liveInstances } from './instances'

let database: TestDatabase
beforeAll(async () => {
  database = await startTestDatabase()
})
afterAll(() => database.stop())

const url = 'http://localhost:3000'
const silentFor = (id: string, interval: string) =>
  database.asOwner(`update instances set last_seen_at = now() - $2::interval where id = $1`, [id, interval])

test('an instance lives from its announcement until it leaves or was silent for 20 seconds', async () => {
  const [a, b] = [randomUUID(), randomUUID()]
  const first = await announceInstance(database.db, { id: a, url }, quiet)
  const second = await announceInstance(database.db, { id: b, url }, quiet)
  expect((await liveInstanceIds(database.db)).sort()).toEqual([a, b].sort())
  await silentFor(a, '21 seconds')
  expect(await liveInstances(database.db)).toEqual([{ id: b, url }])
  await first.close()
  await second.close()
  expect(await liveInstanceIds(database.db)).toEqual([])
})

test('one that died days ago is forgotten by the next that starts', async () => {
  const dead = randomUUID()
  const left = await announceInstance(database.db, { id: dead, url }, quiet)
  await silentFor(dead, '2 days')
  const next = await announceInstance(database.db, { id: randomUUID(), url }, quiet)
  const { rows } = await database.asOwner('select from instances where id = $1', [dead])
  expect(rows).toEqual([])
  await next.close()
  await left.close()
})
