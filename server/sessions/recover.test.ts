import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { quiet, startTestDatabase, type TestDatabase } from '../db/testing'
import type { EntryDraft } from '../types'
import { recoverCalls } from './recover'
import { startWriter, type Writer } from './writer'

let database: TestDatabase
const writers: Writer[] = []
const [own, other] = [randomUUID(), randomUUID()]

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
  for (const writer of writers) await writer.close()
  await database.stop()
})

const draft = (more: Partial<EntryDraft> = {}): EntryDraft => ({
  ...{
    id: randomUUID(),
    kind: 'call',
    at: new Date().toISOString(),
    sessionId: null,
    callId: null,
    principalId: 'issuer#alice',
  },
  ...{ principal: 'alice', client: 'test 1', connectionId: null, connection: 'shop', action: 'tools/call' },
  ...{ resource: 'query', outcome: '', policyVersion: 0, masked: 0, body: '{}', ...more },
})

const answersOf = async ({ id }: EntryDraft): Promise<string[]> => {
  const { rows } = await database.asOwner('select outcome from entries where call_id = $1', [id])
  return rows.map(({ outcome }) => outcome)
}

test('calls of a dead instance are closed once; those of a live one, and of one that nobody can tell, are left alone', async () => {
  const [mine, theirs] = [await start(own), await start(other)]
  const [running, answered, left] = [draft(), draft(), draft()]
  await mine.append(running)
  await theirs.append(answered)
  await theirs.append(left)
  await theirs.append(draft({ kind: 'reply', callId: answered.id, outcome: 'ok' }))
  const recover = (live: string[]) => recoverCalls(database.db, mine, own, live)

  expect(await recover([own, other])).toBe(0)
  // As after a time in which nobody could say that they live: neither we nor the others are dead for that.
  expect(await recover([])).toBe(0)
  expect([await answersOf(running), await answersOf(left)]).toEqual([[], []])

  expect(await recover([own])).toBe(1)
  expect(await recover([own])).toBe(0)
  expect([await answersOf(running), await answersOf(answered), await answersOf(left)]).toEqual([
    [],
    ['ok'],
    ['unknown'],
  ])
})
