import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { verifyDatabase } from '../audit/export-record'
import { quiet, startTestDatabase, type TestDatabase, until } from '../db/testing'
import { publishFirst } from '../roles/publish'
import { draft } from './draft.testing'
import { startWriter, type Writer } from './writer'

let database: TestDatabase
let writer: Writer
let said: string[]

// Of a log, only what is said of the record's own troubles.
const log = () => {
  const say = (_: unknown, text?: string) => void said.push(text ?? String(_))
  return { ...quiet, info: say, warn: say, error: say } as unknown as Logger
}

beforeEach(async () => {
  said = []
  database = await startTestDatabase()
  await publishFirst(database.db, 'roles: []\nmasks: []\n', { id: 'test', name: 'test' })
  const options = { connectionString: database.serverUrl, instanceId: randomUUID(), log: log() }
  writer = await startWriter({ ...options, writeWithinMs: 500, metrics: { recordLag: { set: () => {} } } })
})
afterEach(async () => {
  await writer.close()
  await database.stop()
})

const answerTo = (callId: string, more = {}) => draft({ kind: 'reply', callId, outcome: 'ok', ...more })

const answersOf = async (callIds: string[]): Promise<string[]> => {
  const { rows } = await database.asOwner(`select outcome from entries where call_id = any($1) and kind = 'reply'`, [
    callIds,
  ])
  return rows.map(({ outcome }) => outcome)
}

async function findings() {
  const client = await database.pool.connect()
  try {
    return (await verifyDatabase(client, [])).findings
  } finally {
    client.release()
  }
}

const refuses = () =>
  database.asOwner(`
    create function refuse() returns trigger language plpgsql as
      $$ begin raise exception 'the disk is full' using errcode = '53100'; end $$;
    create trigger refuse before insert on entries execute function refuse()`)
const takes = () => database.asOwner('drop trigger refuse on entries')

test('answers that were refused because too much waited are told of as soon as it is written', async () => {
  const calls = Array.from({ length: 3 }, () => draft())
  for (const call of calls) await writer.open(call, { version: 1, grantId: null })
  const crowd = Array.from({ length: 20_000 }, () => writer.append(draft({ outcome: 'denied' })))
  const refused = await Promise.allSettled(calls.map(({ id }) => writer.append(answerTo(id))))
  expect(refused.map(({ status }) => status)).toEqual(Array(3).fill('rejected'))
  await Promise.all(crowd)
  await until(async () => (await answersOf(calls.map(({ id }) => id))).length === 3)
  expect(await answersOf(calls.map(({ id }) => id))).toEqual(Array(3).fill('withheld'))
  expect(await findings()).toEqual([])
})

test('an answer is told of when the database is back, however many calls were refused meanwhile', async () => {
  const call = draft()
  await writer.open(call, { version: 1, grantId: null })
  await refuses()
  await writer.append(draft()).catch(() => {})
  const refused = await Promise.allSettled(Array.from({ length: 12_000 }, () => writer.append(draft())))
  expect(refused.every(({ status }) => status === 'rejected')).toBe(true)
  await expect(writer.append(answerTo(call.id, { body: '{"answer":1}' }))).rejects.toMatchObject({
    code: 'unavailable',
  })
  await takes()
  await until(async () => (await answersOf([call.id])).length > 0)
  expect(await answersOf([call.id])).toEqual(['withheld'])
  expect(await findings()).toEqual([])
})

test('a database that takes nothing is asked less and less often, and the log is not filled', async () => {
  const call = draft()
  await writer.open(call, { version: 1, grantId: null })
  await refuses()
  await writer.append(answerTo(call.id)).catch(() => {})
  await new Promise((wait) => setTimeout(wait, 2500))
  expect(said.filter((text) => text === 'the record is written again').length).toBeLessThanOrEqual(5)
  expect(said.filter((text) => text === 'a refused call was left open')).toEqual([])
  await takes()
  await until(async () => (await answersOf([call.id])).length > 0)
  expect(await answersOf([call.id])).toEqual(['withheld'])
})

test('a chain whose head is locked for long does not pile up connections that wait for it', async () => {
  const holder = await database.pool.connect()
  await holder.query(`begin`)
  await holder.query(`select from chains where kind = 'calls' for update`)
  const refused = draft()
  await expect(writer.append(refused)).rejects.toMatchObject({ code: 'unavailable' })
  await new Promise((wait) => setTimeout(wait, 3000))
  const { rows } = await database.asOwner(
    `select count(*)::int as n from pg_stat_activity where application_name = 'sallyport record'`,
  )
  expect(rows[0].n).toBeLessThanOrEqual(1)
  await holder.query('rollback')
  holder.release()
  const next = draft()
  await until(async () => (await writer.append(next).catch(() => 'not yet')) === undefined)
  expect(await answersOf([refused.id])).toEqual([])
  expect(await findings()).toEqual([])
})
