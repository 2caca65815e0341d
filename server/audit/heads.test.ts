import { randomBytes, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { quiet, startTestDatabase, type TestDatabase } from '../db/testing'
import { deriveKeys } from '../keys'
import { emit } from './emit'
import { verifyDatabase } from './export-record'
import { startHeads } from './heads'

const keys = deriveKeys(randomBytes(32).toString('base64'))
let database: TestDatabase
beforeAll(async () => {
  database = await startTestDatabase()
})
afterAll(() => database.stop())

const act = () =>
  database.db.transaction((tx) =>
    emit(tx, { id: 'carol', name: 'carol' }, { action: 'test', body: { n: randomUUID() } }),
  )
const signed = async () => (await database.asOwner('select count(*)::int as n from signed_heads')).rows[0].n

test('promise 9: what somebody else wrote among the signed heads does not end the signing, and is found', async () => {
  const heads = startHeads({ db: database.db, keys, log: quiet, everyMs: 3_600_000 })
  await act()
  await heads.signNow()
  for (const text of ['no json', 'null', '{}', '{"heads":1}']) {
    await database.asOwner(
      `insert into signed_heads (at, heads, public_key, signature) values (now(), $1, 'nobody', 'nothing')`,
      [text],
    )
    const before = await signed()
    await act()
    await heads.signNow()
    expect(await signed()).toBe(before + 1)
  }
  await heads.close()
  const client = await database.pool.connect()
  const { findings } = await verifyDatabase(client, [keys.signingPublic])
  client.release()
  expect(findings.filter(({ problem }) => problem === 'the signature is not valid')).toHaveLength(4)
})
