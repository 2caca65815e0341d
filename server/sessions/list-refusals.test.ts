import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { entries } from '../db/schema'
import { startTestDatabase, type TestDatabase } from '../db/testing'
import { viewerOf } from '../viewer.testing'
import { listRefusals } from './list-refusals'

let database: TestDatabase
const [alice, bob] = [viewerOf('alice'), viewerOf('bob')]
const auditor = { ...viewerOf('dave'), auditor: true }
let seq = 0

beforeAll(async () => {
  database = await startTestDatabase()
})
afterAll(() => database.stop())

async function refusal(person: string, columns: { sessionId?: string; hoursAgo?: number; body?: string } = {}) {
  seq += 1
  await database.db.insert(entries).values({
    ...{ id: randomUUID(), chain: randomUUID(), seq, kind: 'refusal', sessionId: columns.sessionId ?? null },
    ...{ at: new Date(Date.now() - (columns.hoursAgo ?? 0) * 3_600_000), principalId: person, principal: person },
    ...{ client: '', connectionId: null, connection: 'shop', action: 'tools/call', resource: '' },
    ...{ outcome: 'refused' as const, policyVersion: 1, masked: 0, previousHash: '', hash: `${seq}` },
    body: columns.body ?? JSON.stringify({ problem: `refused ${seq}` }),
  })
}

test('an auditor finds what was refused outside any session, everybody else their own', async () => {
  await refusal(alice.id)
  await refusal(bob.id, { body: 'cut {' })
  await refusal(alice.id, { sessionId: randomUUID() })
  await refusal(alice.id, { hoursAgo: 30 })
  const problems = async (viewer: typeof alice) =>
    (await listRefusals({ viewer, db: database.db }, 24)).map(({ problem }) => problem)
  expect(await problems(auditor)).toEqual(['cut {', 'refused 1'])
  expect(await problems(alice)).toEqual(['refused 1'])
  expect(await problems(viewerOf('erin'))).toEqual([])
})
