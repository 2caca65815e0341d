import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Database } from './context'
import { startTestDatabase, type TestDatabase } from './db/testing'
import { deliverDue, fill as fillOutbox } from './notices/outbox'
import { fill, instanceLive, learn, pagesOf, pagesTouched, sentBy } from './plans.testing'
import { eachKind } from './roles/recorded-calls'
import { seenFields } from './roles/seen-fields'
import { seenPeople } from './roles/seen-people'
import { getSession } from './sessions/get-session'
import { listSessions } from './sessions/list-sessions'
import { listSteps } from './sessions/list-steps'
import { recoverCalls } from './sessions/recover'
import { SessionFilter, StepFilter } from './sessions/schemas'
import { sessionsWithText } from './sessions/search-text'
import { viewerOf } from './viewer.testing'

let database: TestDatabase
/** Pages of all entries, and of the index that lists are counted by. */
let whole = 0
let index = 0

beforeAll(async () => {
  database = await startTestDatabase()
  await fill(database)
  whole = await pagesOf(database, 'entries')
  index = await pagesOf(database, 'entries_session')
})
afterAll(() => database.stop())

const viewer = viewerOf('dave', { auditor: true, admin: true })
const forty = 40 * 24 * 3600_000
const month = () => ({ from: new Date(Date.now() - forty), to: new Date() })
const list = (filter: object) => (db: Database) =>
  listSessions({ db, viewer }, SessionFilter.parse({ limit: 10, ...filter }))
const s77 = async (): Promise<string> => (await database.asOwner(`select md5('s77')::uuid as id`)).rows[0].id
const telling = (db: Database) => ({ db, publicUrl: 'http://x', keys: { open: () => '' }, reach: {} as never })
const rare = { sessions: sql`true`, entry: sql`e.body ilike '%nowhere%'`, limit: 50 }
const writer = { append: async () => {} } as never

async function recover(db: Database): Promise<void> {
  await database.asOwner('update chains set closed_at = null')
  expect(await recoverCalls(db, writer, [instanceLive])).toBe(10)
}

type Look = {
  run: (db: Database) => Promise<unknown>
  /** Pages with statistics, and before there are any, where that is more. */
  within: () => number
  unlearned?: () => number
  /** Without any of these it is more. */
  needs?: string[]
}
const looks: Record<string, Look> = {
  'what a dead process left open': {
    ...{ run: recover, within: () => 300 },
    needs: ['entries_chain_seq_pk', 'entries_reply'],
  },
  'one session': {
    run: async (db) => getSession({ db, viewer }, await s77()),
    ...{ within: () => 60, needs: ['entries_session'] },
  },
  'steps of one session': {
    run: async (db) => listSteps({ db, viewer }, await s77(), StepFilter.parse({})),
    ...{ within: () => 120, needs: ['entries_session'] },
  },
  'steps of one session that ended in one way': {
    run: async (db) => listSteps({ db, viewer }, await s77(), StepFilter.parse({ only: 'error' })),
    ...{ within: () => 240, needs: ['entries_session', 'entries_reply'] },
  },
  sessions: { run: list({}), within: () => 400, needs: ['entries_session'] },
  'sessions with a tool': { run: list({ tool: 'tool3' }), within: () => 800, needs: ['sessions_last'] },
  'sessions with a tool that nobody calls': {
    run: list({ tool: 'none' }),
    // In the index alone; what is not vacuumed yet has to be looked up.
    ...{ within: () => 1.3 * index, unlearned: () => 1.3 * whole, needs: ['entries_session'] },
  },
  'sessions of a version that decided nothing': {
    run: list({ version: 99 }),
    ...{ within: () => 1.3 * index, unlearned: () => 1.3 * whole, needs: ['entries_session'] },
  },
  'a text that is everywhere': { run: list({ text: 'everywhere' }), within: () => 600 },
  'a text that is nowhere, in few sessions': {
    run: list({ text: 'nowhere', person: 'person 123' }),
    ...{ within: () => 300, needs: ['entries_session'] },
  },
  'a text that is nowhere': { run: (db) => sessionsWithText(db, rare, -1), within: () => 1.3 * whole },
  'fields of replies': {
    run: (db) => seenFields({ db, viewer }, 'shop3'),
    ...{ within: () => 600, needs: ['entries_session'] },
  },
  'people who called': { run: seenPeople, within: () => 2500, needs: ['entries_session'] },
  'unused privilege': {
    run: (db) => eachKind(db, month(), () => {}),
    // One reading, and nothing put aside.
    ...{ within: () => 1.02 * whole, unlearned: () => 1.1 * whole },
  },
  'notices to write': { run: (db) => fillOutbox(telling(db)), within: () => 200, needs: ['notices_once'] },
  'notices to send': { run: (db) => deliverDue(telling(db)), within: () => 20, needs: ['notices_due'] },
}

describe.each(['before there are statistics', 'with statistics'])('%s, bounded in pages:', (state) => {
  const learned = state === 'with statistics'
  beforeAll(async () => {
    if (learned) await learn(database)
  })

  for (const [what, { run, within, unlearned, needs = [] }] of Object.entries(looks))
    test(what, async () => {
      const sent = await sentBy(database, run)
      expect(await pagesTouched(database, sent)).toBeLessThan(learned ? within() : (unlearned ?? within)())
      // Else the bound says nothing.
      if (learned)
        for (const key of needs) expect(await pagesTouched(database, sent, key), key).toBeGreaterThan(within())
    })
})
