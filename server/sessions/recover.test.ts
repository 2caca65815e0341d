import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { quiet, startTestDatabase, type TestDatabase } from '../db/testing'
import { announceInstance, mayLive } from '../instances'
import type { EntryDraft } from '../types'
import { draft } from './draft.testing'
import { recoverCalls } from './recover'
import { startWriter, type Writer } from './writer'

let database: TestDatabase
const writers: Writer[] = []
const announced: { close(): Promise<void> }[] = []
const [own, other] = [randomUUID(), randomUUID()]
const url = 'http://localhost:3000'

const start = async (instanceId: string): Promise<Writer> => {
  const options = { connectionString: database.serverUrl, instanceId, log: quiet }
  const writer = await startWriter({ ...options, metrics: { recordLag: { set: () => {} } } })
  writers.push(writer)
  return writer
}
beforeAll(async () => {
  database = await startTestDatabase()
})
afterAll(async () => {
  for (const instance of announced) await instance.close()
  for (const writer of writers) await writer.close()
  await database.stop()
})

const answersOf = async ({ id }: EntryDraft): Promise<string[]> => {
  const { rows } = await database.asOwner('select outcome from entries where call_id = $1', [id])
  return rows.map(({ outcome }) => outcome)
}

test('calls of a dead instance are closed once; those of a live one are left alone', async () => {
  const [mine, theirs] = [await start(own), await start(other)]
  const [running, answered, left] = [draft(), draft(), draft()]
  await mine.append(running)
  await theirs.append(answered)
  await theirs.append(left)
  await theirs.append(draft({ kind: 'reply', callId: answered.id, outcome: 'ok' }))
  const recover = (live: string[]) => recoverCalls(database.db, mine, live)

  expect(await recover([own, other])).toBe(0)
  expect([await answersOf(running), await answersOf(left)]).toEqual([[], []])

  expect(await recover([own])).toBe(1)
  expect(await recover([own])).toBe(0)
  expect([await answersOf(running), await answersOf(answered), await answersOf(left)]).toEqual([
    [],
    ['ok'],
    ['unknown'],
  ])
})

describe('after a time in which the database was away from all', () => {
  const silent = (interval: string) =>
    database.asOwner('update instances set last_seen_at = now() - $1::interval, present_since = now() - $1::interval', [
      interval,
    ])
  const beat = async (id: string) => {
    announced.push(await announceInstance(database.db, { id, url }, quiet))
  }

  test('who is back first closes no call of one that is not back yet', async () => {
    const [first, late] = [randomUUID(), randomUUID()]
    const [mine, theirs] = [await start(first), await start(late)]
    const running = draft()
    await theirs.append(running)
    for (const id of [first, late]) await beat(id)
    await silent('25 seconds')
    await beat(first)
    const live = await mayLive(database.db, first)
    if (live !== null) await recoverCalls(database.db, mine, live)
    await beat(late)
    await theirs.append(draft({ kind: 'reply', callId: running.id, outcome: 'ok' }))
    expect(await answersOf(running)).toEqual(['ok'])
    expect(live, 'nobody can tell').toBe(null)
    await silent('1 second')
    await database.asOwner(`update instances set present_since = now() - interval '21 seconds'`)
    expect((await mayLive(database.db, first))?.sort()).toEqual([first, late].sort())
  })

  test('nothing stays open: one that is silent while another is there is dead', async () => {
    const [first, dead] = [randomUUID(), randomUUID()]
    const [mine, theirs] = [await start(first), await start(dead)]
    const left = draft()
    await theirs.append(left)
    for (const id of [first, dead]) await beat(id)
    await silent('25 seconds')
    await beat(first)
    expect(await mayLive(database.db, first)).toBe(null)
    await database.asOwner(`update instances set present_since = now() - interval '21 seconds' where id = $1`, [first])
    await beat(first)
    const live = await mayLive(database.db, first)
    expect(live).toEqual([first])
    await recoverCalls(database.db, mine, live ?? [])
    expect(await answersOf(left)).toEqual(['unknown'])
  })
})

describe('a call has one answer in the record, whoever comes first', () => {
  test('one that was taken for dead is told that its call was closed', async () => {
    const [mine, theirs] = [await start(randomUUID()), await start(randomUUID())]
    const [running, beside] = [draft(), draft()]
    await theirs.append(running)
    await recoverCalls(database.db, mine, [])
    const late = theirs.append(draft({ kind: 'reply', callId: running.id, outcome: 'ok' }))
    const others = theirs.append(beside)
    await expect(late).rejects.toMatchObject({ constraint: 'entries_reply' })
    await others
    expect(await answersOf(running)).toEqual(['unknown'])
  })

  test('and what it answers while others look is not closed again', async () => {
    const [mine, theirs] = [await start(randomUUID()), await start(randomUUID())]
    const [running, left] = [draft(), draft()]
    await theirs.append(running)
    await theirs.append(left)
    let answered: Promise<void> | null = null
    const append: Writer['append'] = async (entry) => {
      answered ??= theirs.append(draft({ kind: 'reply', callId: running.id, outcome: 'ok' }))
      await answered
      return mine.append(entry)
    }
    await recoverCalls(database.db, { append }, [])
    expect([await answersOf(running), await answersOf(left)]).toEqual([['ok'], ['unknown']])
  })
})
