import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestDatabase, type TestDatabase } from '../db/testing'
import { sweepAnswers } from './sweep-answers'

let database: TestDatabase
beforeAll(async () => {
  database = await startTestDatabase()
})
afterAll(() => database.stop())

test('an answer that nobody came for is gone after ten minutes, whatever became of the process that kept it', async () => {
  await database.asOwner(`insert into unheard_answers (call_id, principal_id, digest, form, instance_id, created_at)
    select gen_random_uuid(), n::text, '', 'legacy', gen_random_uuid(), now() - make_interval(mins => n) from generate_series(8, 12) n`)
  await sweepAnswers(database.db)
  const { rows } = await database.asOwner('select principal_id from unheard_answers order by 1')
  expect(rows).toEqual([{ principal_id: '8' }, { principal_id: '9' }])
})
