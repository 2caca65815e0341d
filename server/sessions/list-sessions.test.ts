import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { entries, sessions } from '../db/schema'
import { startTestDatabase, type TestDatabase } from '../db/testing'
import { viewerOf } from '../viewer.testing'
import { listSessions } from './list-sessions'
import { SessionFilter } from './schemas'

let database: TestDatabase
const alice = viewerOf('alice')
const chain = randomUUID()
let seq = 0
const at = (minute: number) => new Date(Date.UTC(2026, 10, 30, 12, minute))

type Call = { tool: string; args: object; outcome: 'ok' | 'denied' | 'error'; minute: number; answer?: string }

async function session(...calls: Call[]): Promise<string> {
  const id = randomUUID()
  const who = { principalId: alice.id, principal: 'alice@example.com', connection: 'shop' }
  const minutes = calls.map(({ minute }) => minute)
  const times = { startedAt: at(Math.min(...minutes)), lastAt: at(Math.max(...minutes)) }
  const client = { era: 'modern' as const, clientName: 'test', clientVersion: '1' }
  await database.db.insert(sessions).values({ ...who, ...client, ...times, id, connectionId: randomUUID() })
  for (const { tool, args, outcome, minute, answer = 'done' } of calls) {
    const call = randomUUID()
    const row = (kind: string, own: object, body: object) => {
      seq += 1
      return {
        ...{ ...who, client: 'test 1', connectionId: null, chain, seq, kind, at: at(minute), sessionId: id },
        ...{ action: 'tools/call', resource: tool, policyVersion: 1, masked: 0, previousHash: '', hash: '' },
        ...{ id: randomUUID(), callId: null, outcome: '', ...own },
        body: JSON.stringify(body),
      }
    }
    const refused = outcome === 'denied'
    await database.db
      .insert(entries)
      .values([
        row(refused ? 'refusal' : 'call', { id: call, outcome: refused ? outcome : '' }, { arguments: args }),
        ...(refused ? [] : [row('reply', { callId: call, outcome }, { answer })]),
      ])
  }
  return id
}

let words: string
let mixed: string
beforeAll(async () => {
  database = await startTestDatabase()
  words = await session({ tool: 'query', args: { sql: 'select invoices' }, outcome: 'ok', minute: 5, answer: 'paid' })
  mixed = await session(
    { tool: 'query', args: { sql: 'drop table invoices' }, outcome: 'denied', minute: 10 },
    { tool: 'refund', args: { order: 7 }, outcome: 'ok', minute: 40, answer: 'refunded' },
  )
})
afterAll(() => database.stop())

const found = async (filter: object) => {
  const read = await listSessions({ viewer: alice, db: database.db }, SessionFilter.parse(filter))
  return read.sessions.map(({ id }) => (id === words ? 'words' : id === mixed ? 'mixed' : id))
}
const time = (from: number, to: number) => ({ from: at(from).toISOString(), to: at(to).toISOString() })

const cases: [what: string, filter: object, want: string[]][] = [
  ['a text of a call, and how that call ended', { text: 'invoices', outcome: 'ok' }, ['words']],
  ['a text of an answer, and how it ended', { text: 'paid', outcome: 'ok' }, ['words']],
  ['a text of one call, and how another ended', { text: 'refunded', outcome: 'denied' }, []],
  ['a text of a refused call', { text: 'invoices', outcome: 'denied' }, ['mixed']],
  ['a text, a tool and an outcome of one call', { text: 'invoices', tool: 'query', outcome: 'ok' }, ['words']],
  ['an outcome within a time', { outcome: 'denied', ...time(8, 12) }, ['mixed']],
  ['an outcome of another time of the same session', { outcome: 'denied', ...time(30, 50) }, []],
  ['a tool within a time', { tool: 'refund', ...time(30, 50) }, ['mixed']],
  ['a tool of another time', { tool: 'refund', ...time(8, 12) }, []],
  ['a text of another time', { text: 'invoices', ...time(30, 50) }, []],
  ['a time alone: whatever was under way in it', time(20, 30), ['mixed']],
]
test.each(cases)('sessions are found by %s', async (_, filter, want) => expect(await found(filter)).toEqual(want))
