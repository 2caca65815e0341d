import { createHmac } from 'node:crypto'
import { exportSPKI, importJWK, type JWTPayload } from 'jose'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Env } from '../env'
import { configuredEnv, startIssuer, type TestIssuer } from '../oauth/issuer.testing'
import { startIssuerProcess } from '../oauth/issuer-process.testing'
import { verifyToken } from '../oauth/verify-token'
import { authenticate } from './authenticate'

let issuer: TestIssuer
let other: TestIssuer
let env: Env

beforeAll(async () => {
  issuer = await startIssuer()
  other = await startIssuer()
  env = configuredEnv(issuer.url)
})
afterAll(async () => {
  await issuer.close()
  await other.close()
})

const request = (authorization?: string, url = 'http://localhost:3000/mcp/shop') =>
  new Request(url, { method: 'POST', headers: authorization === undefined ? {} : { authorization } })
const bearer = (token: string, place = env) => authenticate(request(`Bearer ${token}`), place, { connection: 'shop' })
const seconds = () => Math.floor(Date.now() / 1000)
const clock = (at: number) => vi.useFakeTimers({ toFake: ['Date'], now: at })
const json = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const claims = (more: JWTPayload = {}): JWTPayload => ({
  iss: issuer.url,
  sub: 'alice',
  aud: 'sallyport',
  exp: seconds() + 600,
  iat: seconds(),
  client_id: 'cli',
  ...more,
})

test('a valid access token becomes a principal', async () => {
  expect(await bearer(await issuer.accessToken('sallyport'))).toMatchObject({
    principal: { id: `${issuer.url}#alice`, name: 'alice', groups: ['support'], kind: 'user' },
  })
})

test('the issuer may be a process of its own; its tokens pass until it is told from another', async () => {
  const remote = await startIssuerProcess()
  const place = configuredEnv(remote.url)
  const token = await remote.accessToken('sallyport', 'bob')
  expect(await bearer(token, place)).toMatchObject({
    principal: { id: `${remote.url}#bob`, groups: ['support-leads'] },
  })
  expect(await bearer(token)).toMatchObject({ refused: { status: 401 } })
  expect(await bearer(await issuer.accessToken('sallyport'), place)).toMatchObject({ refused: { status: 401 } })
  await remote.stop()
})

test('the groups of a token are as old as the token; one from the future does not say how old', async () => {
  const issuedAt = async (iat: number) => {
    const found = await verifyToken(await issuer.accessToken('sallyport', { iat }), env)
    return 'problem' in found ? found.problem : found.issuedAt.getTime() / 1000
  }
  const now = seconds()
  expect(await issuedAt(now - 30)).toBe(now - 30)
  expect(await issuedAt(now + 300)).toBe(0)
})

const accepted: [guarantee: string, token: () => Promise<string>][] = [
  ['one of several audiences is enough', () => issuer.accessToken(['other', 'sallyport'])],
  ['an issuer that knows no RFC 9068 sends typ JWT', () => issuer.sign(claims(), { typ: 'JWT' })],
  ['an issuer may send no typ, and scp for scope', () => issuer.sign(claims({ client_id: undefined, scp: ['mcp'] }))],
  ['typ may be written as a media type', () => issuer.sign(claims(), { typ: 'application/AT+JWT' })],
  ['clocks may differ by some seconds', () => issuer.accessToken('sallyport', { exp: seconds() - 1 })],
]
describe('accepted', () => {
  for (const [guarantee, token] of accepted)
    test(guarantee, async () => expect(await bearer(await token())).toHaveProperty('principal.name'))
})

const tampered = async () => {
  const [head, , signature] = (await issuer.accessToken('sallyport')).split('.')
  return `${head}.${json(claims({ groups: ['admins'] }))}.${signature}`
}
const hmacWithPublicKey = async () => {
  const pem = await exportSPKI((await importJWK(await issuer.publicKey(), 'RS256')) as never)
  const signed = `${json({ alg: 'HS256', typ: 'at+jwt' })}.${json(claims())}`
  return `${signed}.${createHmac('sha256', pem).update(signed).digest('base64url')}`
}
const unsigned = (alg: string) => async () => `${json({ alg, typ: 'at+jwt' })}.${json(claims())}.`
const idToken = (more: JWTPayload, header = {}) => issuer.sign(claims({ client_id: undefined, ...more }), header)

const refused: [guarantee: string, token: () => Promise<string>, why: RegExp][] = [
  ['an expired token', () => issuer.accessToken('sallyport', { exp: seconds() - 60 }), /has expired/],
  ['a token without expiry', () => issuer.accessToken('sallyport', { exp: undefined }), /when it expires/],
  ['a token of the future', () => issuer.accessToken('sallyport', { nbf: seconds() + 60 }), /not valid yet/],
  ['a token for another service', () => issuer.accessToken('payroll'), /is for `payroll`; ask for one for `sallyport`/],
  ['a token for nothing', () => issuer.sign(claims({ aud: undefined }), { typ: 'at+jwt' }), /which service/],
  ['an audience that only starts like ours', () => issuer.accessToken('sallyport2'), /is for `sallyport2`/],
  ["another issuer's token", () => other.accessToken('sallyport'), /key that the issuer does not publish/],
  ["another issuer's name under our key", () => issuer.accessToken('sallyport', { iss: other.url }), /another issuer/],
  ['our name under another key', () => other.accessToken('sallyport', { iss: issuer.url }), /does not publish/],
  ['alg none', unsigned('none'), /not signed with a public-key algorithm/],
  ['alg None', unsigned('None'), /not signed with a public-key algorithm/],
  ['HS256 keyed with the public key', hmacWithPublicKey, /not signed with a public-key algorithm/],
  ['changed claims', tampered, /signature of the token is not valid/],
  ['a cut signature', async () => (await issuer.accessToken('sallyport')).slice(0, -4), /signature|not a signed token/],
  ['an ID token, by its nonce', () => idToken({ nonce: 'n', scope: 'openid' }), /is an ID token/],
  ['an ID token, by its at_hash', () => idToken({ at_hash: 'h', scope: 'openid' }), /is an ID token/],
  ['an ID token with typ JWT', () => idToken({ nonce: 'n' }, { typ: 'JWT' }), /is an ID token/],
  ['an ID token without any mark, whose client is the audience', () => idToken({}), /is an ID token/],
  ["Keycloak's ID token", () => idToken({ typ: 'ID', azp: 'x', scope: 'x' }), /is an ID token/],
  ["Cognito's ID token", () => idToken({ token_use: 'id', scope: 'x' }), /is an ID token/],
  ['a logout token', () => issuer.sign(claims(), { typ: 'logout+jwt' }), /type `logout\+jwt` is not an access token/],
  ['a typ that is no text', () => issuer.sign(claims(), { typ: 7 }), /not (a signed|an access) token/],
  ['a token bound to a key', () => issuer.accessToken('sallyport', { cnf: { jkt: 'x' } }), /bound to a key/],
  ['an extension that must be understood', () => issuer.sign(claims(), { crit: ['x'], x: 1 }), /not a signed token/],
  ['groups elsewhere', () => issuer.accessToken('sallyport', { _claim_names: { groups: 's' } }), /are elsewhere/],
  ['groups elsewhere, short', () => issuer.accessToken('sallyport', { hasgroups: true }), /are elsewhere/],
  ['no subject', () => issuer.accessToken('sallyport', { sub: undefined }), /who it is for/],
  ['no token at all, but words', async () => 'letmein', /not a signed token/],
  ['a token with five parts', async () => 'a.b.c.d.e', /not a signed token/],
  ['a token of 20,000 characters', async () => 'a'.repeat(20_000), /too long/],
]
describe('refused with 401, the reason and where to sign in', () => {
  for (const [guarantee, token, why] of refused)
    test(guarantee, async () => {
      const answer = await bearer(await token())
      expect(answer).toMatchObject({ refused: { status: 401, message: expect.stringMatching(why) } })
      const { wwwAuthenticate } = (answer as { refused: { wwwAuthenticate: string } }).refused
      expect(wwwAuthenticate).toMatch(
        /^Bearer resource_metadata="http:\/\/localhost:3000\/\.well-known\/oauth-protected-resource\/mcp\/shop", error="invalid_token", error_description="[\x20\x21\x23-\x5b\x5d-\x7e]+"$/,
      )
    })
})

const unsent: [guarantee: string, request: () => Request, why: RegExp, error: boolean][] = [
  ['no header is a question, not an error', () => request(), /sign in first/, false],
  [
    'a token in the query string is not read',
    () => request(undefined, 'http://x/mcp/shop?access_token=t'),
    /address is not read/,
    false,
  ],
  ['another scheme', () => request('Basic YTpi'), /must be `Bearer` and one token/, true],
  ['two tokens', () => request('Bearer a, Bearer b'), /must be `Bearer` and one token/, true],
  ['an empty token', () => request('Bearer '), /must be `Bearer` and one token/, true],
]
describe('without a bearer token', () => {
  for (const [guarantee, ask, why, error] of unsent)
    test(guarantee, async () => {
      const answer = await authenticate(ask(), env, { connection: 'shop' })
      expect(answer).toMatchObject({ refused: { status: 401, message: expect.stringMatching(why) } })
      expect((answer as { refused: { wwwAuthenticate: string } }).refused.wwwAuthenticate.includes('error=')).toBe(
        error,
      )
    })
  test('the scheme may be written in any case', async () => {
    const token = await issuer.accessToken('sallyport')
    expect(await authenticate(request(`bearer ${token}`), env, { connection: 'shop' })).toHaveProperty('principal')
  })
})

describe('audience', () => {
  const local = () => ({ ...env, local: true, audience: 'http://localhost:3000/mcp' })
  const audiences: [guarantee: string, aud: string | string[], place: () => Env, passes: boolean][] = [
    ['local: a token for all connections', 'http://localhost:3000/mcp', local, true],
    ['local: a token for exactly this connection', 'http://localhost:3000/mcp/shop', local, true],
    ['local: a token for another connection', 'http://localhost:3000/mcp/bank', local, false],
    ['local: a longer name of this connection', 'http://localhost:3000/mcp/shop/', local, false],
    ['local: this connection among others', ['http://localhost:3000/mcp/shop', 'x'], local, false],
    ['local: a token for the API', 'http://localhost:3000/api', local, false],
    ['configured: a token that names the connection itself', 'http://localhost:3000/mcp/shop', () => env, false],
    ['configured without OIDC_AUDIENCE: any token', 'sallyport', () => ({ ...env, audience: null }), false],
  ]
  for (const [guarantee, aud, place, passes] of audiences)
    test(`${guarantee} ${passes ? 'passes' : 'does not pass'}`, async () =>
      expect('principal' in (await bearer(await issuer.accessToken(aud), place()))).toBe(passes))

  test('a token remembered for one connection does not open another', async () => {
    const place = local()
    const token = await issuer.accessToken('http://localhost:3000/mcp/shop')
    expect(await bearer(token, place)).toHaveProperty('principal')
    expect(await authenticate(request(`Bearer ${token}`), place, { connection: 'bank' })).toHaveProperty('refused')
    expect(await bearer(token, place)).toHaveProperty('principal')
  })
})

describe('remembering', () => {
  const fresh = () => ({ ...env })

  test('a token is verified once, however many calls come at once', async () => {
    const [place, token] = [fresh(), await issuer.accessToken('sallyport')]
    const answers = await Promise.all(Array.from({ length: 50 }, () => bearer(token, place)))
    const principals = answers.map((answer) => ('principal' in answer ? answer.principal : null))
    expect(principals[0]).not.toBeNull()
    expect(new Set(principals).size).toBe(1)
    expect(await bearer(token, place)).toEqual({ principal: principals[0] })
  })

  test('a token is verified again after 60 s, and refused once its key is gone', async () => {
    const rotating = await startIssuer()
    const place = configuredEnv(rotating.url)
    const token = await rotating.accessToken('sallyport')
    const start = Date.now()
    try {
      expect(await bearer(token, place)).toHaveProperty('principal')
      await rotating.rotate()
      clock(start + 59_000)
      expect(await bearer(token, place)).toHaveProperty('principal')
      clock(start + 61_000)
      const next = await rotating.accessToken('sallyport', { exp: seconds() + 600 })
      expect(await bearer(next, place)).toHaveProperty('principal')
      expect(await bearer(token, place)).toMatchObject({ refused: { status: 401 } })
    } finally {
      vi.useRealTimers()
      await rotating.close()
    }
  })

  test('a remembered token ends when it expires, not later', async () => {
    const place = fresh()
    const start = Date.now()
    const token = await issuer.accessToken('sallyport', { exp: Math.floor(start / 1000) + 10 })
    try {
      expect(await bearer(token, place)).toHaveProperty('principal')
      clock(start + 20_000)
      expect(await bearer(token, place)).toMatchObject({
        refused: { status: 401, message: expect.stringMatching(/expired/) },
      })
    } finally {
      vi.useRealTimers()
    }
  })

  test('made-up key ids do not flood the issuer', async () => {
    const flooded = await startIssuer()
    const place = configuredEnv(flooded.url)
    for (let n = 0; n < 20; n++) {
      const token = await flooded.sign(claims({ iss: flooded.url, jti: String(n) }), { kid: `made-up-${n}` })
      expect(await bearer(token, place)).toMatchObject({ refused: { status: 401 } })
    }
    expect(flooded.asked('/jwks')).toBeLessThanOrEqual(2)
    await flooded.close()
  })
})

describe('an issuer that does not answer', () => {
  test('refuses with 503, is not remembered, and recovers', async () => {
    const shy = await startIssuer()
    const place = configuredEnv(shy.url)
    const token = await shy.accessToken('sallyport')
    await shy.pause()
    expect(await bearer(token, place)).toMatchObject({ refused: { status: 503, wwwAuthenticate: '' } })
    await shy.resume()
    expect(await bearer(token, place)).toHaveProperty('principal')
    await shy.close()
  })

  test('does not stop tokens that are remembered', async () => {
    const shy = await startIssuer()
    const place = configuredEnv(shy.url)
    const token = await shy.accessToken('sallyport')
    expect(await bearer(token, place)).toHaveProperty('principal')
    await shy.close()
    expect(await bearer(token, place)).toHaveProperty('principal')
  })

  test('for half an hour stops nobody with a new token of a key that is known, and for ever stops them', async () => {
    const shy = await startIssuer()
    const place = configuredEnv(shy.url)
    const start = Date.now()
    const token = () => shy.accessToken('sallyport', { exp: seconds() + 600 })
    try {
      expect(await bearer(await token(), place)).toHaveProperty('principal')
      await shy.pause()
      clock(start + 31 * 60_000)
      expect(await bearer(await token(), place)).toHaveProperty('principal')
      clock(start + 61 * 60_000)
      expect(await bearer(await token(), place)).toMatchObject({ refused: { status: 503 } })
      await shy.resume()
      expect(await bearer(await token(), place)).toHaveProperty('principal')
    } finally {
      vi.useRealTimers()
      await shy.close()
    }
  })

  test('a key that it took back is noticed within minutes, without an unknown one', async () => {
    const tidy = await startIssuer()
    const place = configuredEnv(tidy.url)
    const start = Date.now()
    const old = await tidy.accessToken('sallyport', { exp: seconds() + 3600 })
    try {
      expect(await bearer(old, place)).toHaveProperty('principal')
      await tidy.rotate()
      clock(start + 11 * 60_000)
      await bearer(old, place)
      // What was verified is remembered for a minute; the token itself is good for an hour.
      let minutes = 13
      await vi.waitFor(async () => {
        clock(start + minutes * 60_000)
        if (minutes < 45) minutes += 2
        expect(await bearer(old, place)).toMatchObject({ refused: { status: 401 } })
      }, 5_000)
    } finally {
      vi.useRealTimers()
      await tidy.close()
    }
  })
})
