import { expect, test } from 'vitest'
import { readEnv } from './env'

const wrong: [vars: Record<string, string>, said: string][] = [
  [{ PORT: 'abc' }, 'PORT: give a whole number from 0 to 65535'],
  [{ PORT: '80000' }, 'PORT: give a whole number from 0 to 65535'],
  [{ PORT: '30.5' }, 'PORT: give a whole number from 0 to 65535'],
  [{ HOLD_SECONDS: '0' }, 'HOLD_SECONDS: give a whole number from 1 to 3600'],
  [{ PUBLIC_URL: 'gateway' }, 'PUBLIC_URL: give a whole address, such as https://sallyport.example.com'],
  [{ OIDC_ISSUER: 'ftp://login.example.com' }, 'OIDC_ISSUER: give a whole address, such as https://login.example.com'],
  [{ HOST: '0.0.0.0' }, 'HOST: local mode listens on loopback only; set OIDC_ISSUER before you bind `0.0.0.0`'],
  [{ PUBLIC_URL: 'https://gateway.test' }, 'is not on loopback; set OIDC_ISSUER before you expose Sallyport'],
  [{ DATABASE_URL: 'postgresql://db/x' }, 'DATABASE_ADMIN_URL: set it to a role that may create tables'],
  [{ DATABASE_ADMIN_URL: 'postgresql://db/x' }, 'DATABASE_URL: set it to the narrow role of the same database'],
  [{ DATABASE_URL: 'db.example.com' }, 'DATABASE_URL: give a whole address, such as postgresql://name:password@'],
]
for (const [vars, said] of wrong)
  test(`${JSON.stringify(vars)} says what to do`, () => expect(() => readEnv(vars)).toThrow(said))

test('several mistakes are told at once, and empty variables are no mistakes', () => {
  expect(() => readEnv({ PORT: 'abc', HOLD_SECONDS: 'long' })).toThrow(/PORT.*HOLD_SECONDS/s)
  expect(readEnv({ PORT: '', OIDC_ISSUER: '' })).toMatchObject({ port: 3000, local: true })
})
