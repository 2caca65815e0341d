import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, test } from 'vitest'
import { startTestDatabase, type TestDatabase, until } from './testing'

let database: TestDatabase
beforeAll(async () => {
  database = await startTestDatabase()
})
afterAll(() => database.stop())

test('the pool outlives the death of its server and serves again when that is back', async () => {
  await Promise.all(Array.from({ length: 5 }, () => database.pool.query('select pg_sleep(0.01)')))
  const pid = readFileSync(join(database.dataDir, 'postgres/data/postmaster.pid'), 'utf8').split('\n')[0]
  process.kill(Number(pid), 'SIGKILL')
  await until(() =>
    database.pool.query('select 1').then(
      () => false,
      () => true,
    ),
  )
  await until(() =>
    database.pool.query('select 1').then(
      () => true,
      () => false,
    ),
  )
})
