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
  [{ DATABASE_URL: 'postgresql://a:n@r:/#%?&+ x@db/x' }, 'DATABASE_URL: write special characters of the name and'],
  [{ DATABASE_URL: 'postgresql://a:100%@db/x' }, 'DATABASE_URL: write special characters of the name and'],
  [{ UPSTREAM_PRIVATE_RANGES: '10.0.0.0/33' }, 'UPSTREAM_PRIVATE_RANGES: give networks as CIDR'],
  [{ UPSTREAM_PRIVATE_RANGES: '10.0.0.0/8 192.168.0.0/16' }, 'UPSTREAM_PRIVATE_RANGES: give networks as CIDR'],
  [{ UPSTREAM_PRIVATE_RANGES: 'db.internal' }, 'UPSTREAM_PRIVATE_RANGES: give networks as CIDR'],
  [{ FAST_LANE: 'false' }, 'FAST_LANE: give on or off'],
  [{ LOG_LEVEL: 'verbose' }, 'LOG_LEVEL: give one of fatal, error, warn'],
  [{ OIDC_SUBJECT_CLAIM: 'a b' }, 'OIDC_SUBJECT_CLAIM: give the name of a claim, or two'],
  [{ OIDC_SUBJECT_CLAIM: 'a:b:c' }, 'OIDC_SUBJECT_CLAIM: give the name of a claim, or two'],
  [{ OIDC_GROUPS_CLAIM: 'my groups' }, 'OIDC_GROUPS_CLAIM: give the name of a claim'],
  [{ SALLYPORT_KEY: 'short' }, 'SALLYPORT_KEY: is too short: use `openssl rand -base64 32`'],
  [{ OIDC_CLIENT_SECRET: 'x' }, 'OIDC_ISSUER: set it to the issuer of OIDC_CLIENT_ID, or unset'],
  [{ DATABASE_URL: 'db.example.com' }, 'DATABASE_URL: give a whole address, such as postgresql://name:password@'],
]
for (const [vars, said] of wrong)
  test(`${JSON.stringify(vars)} says what to do`, () => expect(() => readEnv(vars)).toThrow(said))

test('several mistakes are told at once, and empty variables are no mistakes', () => {
  expect(() => readEnv({ PORT: 'abc', HOLD_SECONDS: 'long' })).toThrow(/PORT.*HOLD_SECONDS/s)
  expect(readEnv({ PORT: '', OIDC_ISSUER: '' })).toMatchObject({ port: 3000, local: true })
})

test('what works stays as it is', () => {
  const both = (address: string) => ({
    DATABASE_URL: address,
    DATABASE_ADMIN_URL: address,
    SALLYPORT_KEY: 'k'.repeat(32),
  })
  const plain = [
    'postgresql://a:p%40ss%2Fw%25@db/x',
    'postgres://a:p@ss@db:5432/x',
    'postgresql://a:b@/x?host=/run/postgresql',
  ]
  for (const address of plain) expect(readEnv(both(address))).toMatchObject({ databaseUrl: address })
  const ranges = '10.0.0.0/8, fd00::/8,127.0.0.1'
  expect(readEnv({ UPSTREAM_PRIVATE_RANGES: ranges }).upstreamPrivateRanges).toEqual(ranges.split(/, ?/))
  expect(readEnv({ OIDC_SUBJECT_CLAIM: 'https://a.example/id:uid' })).toMatchObject({
    idTokenClaim: 'https://a.example/id',
    accessTokenClaim: 'uid',
  })
})

test('TLS that a database address asks for is checked, now and with the next pg', () => {
  const read = (query: string) => {
    const address = `postgresql://a@db/x?${query}`
    return readEnv({ DATABASE_URL: address, DATABASE_ADMIN_URL: address, SALLYPORT_KEY: 'k'.repeat(32) }).databaseUrl
  }
  for (const mode of ['require', 'prefer', 'verify-ca', 'verify-full'])
    expect(read(`a=b&sslmode=${mode}&sslrootcert=/ca`)).toBe(
      'postgresql://a@db/x?a=b&sslmode=verify-full&sslrootcert=/ca',
    )
  for (const kept of ['sslmode=no-verify', 'sslmode=disable', 'uselibpqcompat=true&sslmode=require'])
    expect(read(kept)).toContain(kept)
})

test('names that are nearly a setting are told, and those of others are not', () => {
  const given = { ADMIN_GROUP: 'a', OIDC_AUDIENC: 'b', OIDC_ISSUER_URL: 'c', HOSTS: 'd', OIDC_PORT: 'e', GROUPS: 'f' }
  expect(readEnv(given).misspelt).toEqual([
    { name: 'ADMIN_GROUP', meant: 'ADMIN_GROUPS' },
    { name: 'OIDC_AUDIENC', meant: 'OIDC_AUDIENCE' },
    { name: 'OIDC_ISSUER_URL', meant: null },
  ])
})
