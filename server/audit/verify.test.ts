import { randomBytes, randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { quiet, startTestDatabase, type TestDatabase } from '../db/testing'
import { deriveKeys } from '../keys'
import { publishFirst } from '../roles/publish'
import { startWriter } from '../sessions/writer'
import type { EntryDraft } from '../types'
import { entryHash, genesis } from './chain'
import { emit } from './emit'
import { newEntryId } from './entry-id'
import { startHeads } from './heads'
import { readRecord } from './read-record'
import { type RecordLine, RecordVerifier, type SignedHead } from './verify'

type EntryLine = Extract<RecordLine, { type: 'entry' }>

const keys = deriveKeys(randomBytes(32).toString('base64'))
let database: TestDatabase
let record: RecordLine[]
let kept: SignedHead

const draft = (n: number): EntryDraft => ({
  // Records from before ids grew with time hold random ones.
  id: n % 2 === 0 ? newEntryId() : randomUUID(),
  kind: 'refusal',
  at: new Date().toISOString(),
  sessionId: null,
  callId: null,
  principalId: 'issuer#alice',
  principal: 'alice',
  client: `client ${n}`,
  connectionId: null,
  connection: 'shop',
  action: 'tools/call',
  resource: 'query',
  outcome: 'denied',
  policyVersion: 1,
  masked: 0,
  body: JSON.stringify({ n }),
})

/** Two processes, one after the other, an administrator's deed, a version, and heads that were signed in between. */
beforeAll(async () => {
  database = await startTestDatabase()
  const { db } = database
  await publishFirst(db, 'roles: []\nmasks: []\n', { id: 'test', name: 'test' })
  const heads = startHeads({ db, keys, log: quiet, everyMs: 3_600_000 })
  for (let start = 0; start < 2; start += 1) {
    const options = { connectionString: database.serverUrl, instanceId: randomUUID(), log: quiet }
    const writer = await startWriter({ ...options, metrics: { recordLag: { set: () => {} } } })
    for (let n = 0; n < 4; n += 1) await writer.append(draft(n))
    await heads.signNow()
    await db.transaction((tx) => emit(tx, { id: 'carol', name: 'carol' }, { action: 'test', body: { start } }))
    for (let n = 0; n < 3; n += 1) await writer.append(draft(n))
    await writer.close()
  }
  await heads.close()
  await heads.signNow()
  const client = await database.pool.connect()
  record = []
  for await (const line of readRecord(client)) record.push(structuredClone(line))
  client.release()
  kept = record.filter((line) => line.type === 'heads').at(-1)!.head
}, 60_000)

afterAll(() => database.stop())

function verify(lines: RecordLine[], head: SignedHead | null = kept, signers = [keys.signingPublic]) {
  const verifier = new RecordVerifier(signers)
  if (head !== null) verifier.expect(head, 'the head that was kept')
  for (const line of lines) verifier.learn(line)
  for (const line of lines) verifier.take(line)
  return verifier.end()
}

const isEntry = (line: RecordLine): line is EntryLine => line.type === 'entry'
const entryAt = fc.nat().map((n) => {
  const places = record.flatMap((line, place) => (isEntry(line) ? [place] : []))
  return places[n % places.length] as number
})

/** The chain written anew from a place on, as somebody would who knows how. */
function rechained(lines: RecordLine[], chain: string): RecordLine[] {
  let previousHash = genesis
  let seq = 0
  return lines.map((line) => {
    if (!isEntry(line) || line.entry.chain !== chain) return line
    seq += 1
    const entry = { ...line.entry, seq, previousHash }
    previousHash = entryHash(previousHash, entry)
    return { type: 'entry', entry: { ...entry, hash: previousHash } }
  })
}

test('promise 9: a record that nobody touched holds, with and without a head that was kept', () => {
  for (const head of [kept, null]) expect(verify(record, head).findings).toEqual([])
  expect(record.filter(isEntry).length).toBeGreaterThan(16)
})

const fields = [
  'id',
  'kind',
  'at',
  'principal',
  'client',
  'connection',
  'action',
  'resource',
  'outcome',
  'body',
] as const

test('promise 9: an entry whose column was changed is found, also when its chain was written anew', () => {
  const property = fc.property(entryAt, fc.constantFrom(...fields), fc.boolean(), (place, field, anew) => {
    const line = record[place] as EntryLine
    const entry = { ...line.entry, [field]: `${line.entry[field]} ` }
    const changed = record.with(place, { type: 'entry', entry: entry as EntryLine['entry'] })
    expect(verify(anew ? rechained(changed, entry.chain) : changed).findings).not.toEqual([])
  })
  fc.assert(property, { numRuns: 200 })
})

test('promise 9: an entry that was removed, doubled or moved is found, also when its chain was written anew', () => {
  const property = fc.property(
    entryAt,
    fc.constantFrom('remove', 'double', 'move'),
    fc.boolean(),
    (place, how, anew) => {
      const line = record[place] as EntryLine
      const { chain } = line.entry
      const next = record[place + 1]
      const isLast = !(next && isEntry(next) && next.entry.chain === chain)
      // After the last signed head a chain may go on: what is added there is for the next head to name.
      if (isLast && (how === 'move' || (how === 'double' && anew))) return
      const changed =
        how === 'remove'
          ? record.toSpliced(place, 1)
          : how === 'double'
            ? record.toSpliced(place, 0, line)
            : record.with(place, next as RecordLine).with(place + 1, line)
      expect(verify(anew ? rechained(changed, chain) : changed).findings).not.toEqual([])
    },
  )
  fc.assert(property, { numRuns: 200 })
})

test('promise 9: a tail that was cut with the heads that name it is found by a head that was kept', () => {
  const lastHeads = record.findLastIndex((line) => line.type === 'heads')
  const { chain } = (record.at(-1) as EntryLine).entry
  const cut = record.toSpliced(-1, 1).toSpliced(lastHeads, 1)
  expect(verify(cut).findings).not.toEqual([])
  expect(verify(record.filter((line) => !isEntry(line) || line.entry.chain !== chain)).findings).not.toEqual([])
})

test('promise 9: signed heads that were removed, changed or signed with another key are found', () => {
  const places = record.flatMap((line, place) => (line.type === 'heads' ? [place] : []))
  expect(places.length).toBeGreaterThan(2)
  for (const place of places) {
    const line = record[place] as Extract<RecordLine, { type: 'heads' }>
    expect(verify(record.toSpliced(place, 1)).findings, `without heads ${place}`).not.toEqual([])
    const changed = { ...line.head, heads: line.head.heads.replace('"seq":', '"seq":1') }
    expect(verify(record.with(place, { type: 'heads', head: changed })).findings).not.toEqual([])
  }
  const other = deriveKeys(randomBytes(32).toString('base64'))
  expect(verify(record, null, [other.signingPublic]).findings).not.toEqual([])
})

test('promise 9: a policy version that was changed or removed is found', () => {
  const place = record.findIndex((line) => line.type === 'version')
  const line = record[place] as Extract<RecordLine, { type: 'version' }>
  const changed = { ...line.version, document: 'roles: []' }
  expect(verify(record.with(place, { type: 'version', version: changed })).findings).not.toEqual([])
  expect(verify(record.toSpliced(place, 1)).findings).not.toEqual([])
})
