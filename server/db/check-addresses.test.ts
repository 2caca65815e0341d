import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkAddresses } from './check-addresses'
import { dial } from './dial'
import { migrateDatabase } from './migrate'
import { startPooler } from './pooler.testing'
import { startTestServer, type TestServer } from './testing'

let database: TestServer
beforeAll(async () => {
  database = await startTestServer()
})
afterAll(() => database.stop())

test('two addresses of one database are taken', () => checkAddresses(database.adminUrl, database.serverUrl))

test('two databases are refused before anything is changed in one of them', async () => {
  const elsewhere = database.serverUrl.replace(/sallyport$/, 'template1')
  await expect(checkAddresses(database.adminUrl, elsewhere)).rejects.toThrow(/cannot be used|same database/)
  const other = await startTestServer()
  try {
    await expect(checkAddresses(database.adminUrl, other.serverUrl)).rejects.toThrow(
      'DATABASE_URL and DATABASE_ADMIN_URL do not lead to the same database',
    )
  } finally {
    await other.stop()
  }
})

describe('a pooler that lends connections for one transaction is refused', () => {
  test('for either role', async () => {
    for (const [at, variable] of [
      [0, 'DATABASE_ADMIN_URL'],
      [1, 'DATABASE_URL'],
    ] as const) {
      const urls: [string, string] = [database.adminUrl, database.serverUrl]
      const pooler = await startPooler(urls[at])
      urls[at] = pooler.url
      try {
        await expect(checkAddresses(...urls)).rejects.toThrow(`${variable} is behind a pooler`)
      } finally {
        pooler.close()
      }
    }
  })
})

describe('an address that cannot be used says why, and which setting it is', () => {
  const cases: [why: string, query: string, said: string][] = [
    ['a server without TLS', 'sslmode=verify-full', 'the database of DATABASE_URL cannot be used: The server does not'],
    ['a file that is not there', 'sslmode=verify-full&sslrootcert=/nowhere/ca.crt', 'paths on this machine'],
  ]
  for (const [why, query, said] of cases)
    test(why, () => expect(dial(`${database.serverUrl}?${query}`, 'DATABASE_URL')).rejects.toThrow(said))
})

test('a role that may not create tables is named, with what to do', async () => {
  await expect(migrateDatabase(database.serverUrl, database.serverUrl)).rejects.toThrow(
    /role `sallyport` of DATABASE_ADMIN_URL: permission denied .*; make it the owner of the database$/,
  )
})
