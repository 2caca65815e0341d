import pino from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { signedHeads } from './db/record-schema'
import { startTestDatabase, type TestDatabase } from './db/testing'
import { readEnv } from './env'
import { tellDoubts, tellIssuer } from './start-doubts'

let database: TestDatabase
beforeAll(async () => {
  database = await startTestDatabase()
})
afterAll(() => database.stop())

async function said(vars: Record<string, string>, key: string): Promise<string> {
  const lines: string[] = []
  const log = pino({}, { write: (line: string) => void lines.push(line) })
  await tellDoubts(readEnv(vars), database.db, key, log)
  return lines.map((line) => JSON.parse(line).msg).join('\n')
}

const configured = {
  PUBLIC_URL: 'http://sallyport.test',
  OIDC_ISSUER: 'http://issuer.test',
  OIDC_CLIENT_ID: 'console',
  OIDC_CLIENT_SECRET: 'secret',
}

test('an operator who named no administrators is told', async () => {
  expect(await said(configured, 'a')).toContain('ADMIN_GROUPS is not set')
  expect(await said({ ...configured, ADMIN_GROUPS: 'admins' }, 'a')).toBe('')
  expect(await said({}, 'a')).toBe('')
})

test('a setting that is misspelt is told, with the one that was meant', async () => {
  expect(await said({ OIDC_AUDIENC: 'x' }, 'a')).toBe(
    'OIDC_AUDIENC is no setting of Sallyport and means nothing; is it OIDC_AUDIENCE?',
  )
})

test('an issuer that does not answer is told, and why', async () => {
  const lines: string[] = []
  const log = pino({}, { write: (line: string) => void lines.push(line) })
  await tellIssuer(readEnv({ ...configured, OIDC_ISSUER: 'http://127.0.0.1:1' }), log)
  expect(lines.join()).toMatch(/OIDC_ISSUER: nobody can sign in.*/)
  expect(lines.join()).toContain('the issuer `http://127.0.0.1:1` does not answer')
})

test('another key than that of the record is told, in local mode too', async () => {
  await database.db.insert(signedHeads).values({ at: new Date(), heads: '{}', publicKey: 'first', signature: 's' })
  expect(await said({}, 'first')).toBe('')
  expect(await said({}, 'second')).toContain('set SALLYPORT_KEY to what it was')
})
