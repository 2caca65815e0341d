import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { auth, type OAuthClientProvider } from '@modelcontextprotocol/client'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { quiet, startTestDatabase, type TestDatabase } from '../db/testing'
import { type Env, readEnv } from '../env'
import { authenticate } from '../gateway/authenticate'
import { deriveKeys } from '../keys'
import { protectedResourceAt } from '../oauth/protected-resource'
import { checkHost } from './guard'
import { createLocalIssuer, isLocalIssuerPath } from './people'
import { localPeople } from './people-accounts'
import { localClientSecret } from './people-clients'
import { localAccessToken, signInThrough } from './sign-in'

const keys = deriveKeys('a secret of at least thirty-two bytes')
const servers: Server[] = []
let database: TestDatabase
let env: Env
let url: string

beforeAll(async () => {
  database = await startTestDatabase()
  env = await serve(keys)
  url = env.publicUrl
})
afterAll(async () => {
  for (const server of servers) {
    server.close()
    server.closeAllConnections()
  }
  await database?.stop()
})

/** What main.ts does with a request in local mode, as far as signing in needs it. */
async function serve(with_: typeof keys): Promise<Env> {
  const server = createServer()
  servers.push(server)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const place = readEnv({ PORT: String((server.address() as AddressInfo).port) })
  const issuer = await createLocalIssuer({ env: place, db: database.db, keys: with_, log: quiet })
  server.on('request', async (req, res) => {
    const refusal = checkHost(req, place)
    const metadata = protectedResourceAt(req.url ?? '', place)
    if (refusal !== null) return res.writeHead(refusal.status).end(refusal.message)
    if (metadata !== null) return res.setHeader('content-type', 'application/json').end(JSON.stringify(metadata))
    if (isLocalIssuerPath(req.url ?? '')) return issuer(req, res)
    const request = new Request(`${place.publicUrl}${req.url}`, { headers: req.headers as Record<string, string> })
    const caller = await authenticate(request, place, { connection: 'shop' })
    if ('refused' in caller)
      return res.writeHead(caller.refused.status, { 'www-authenticate': caller.refused.wwwAuthenticate }).end()
    return res.end(caller.principal.name)
  })
  return place
}

const call = (token: string, place = url) =>
  fetch(`${place}/mcp/shop`, { method: 'POST', headers: { authorization: `Bearer ${token}` } })
const asJson = async <T>(response: Promise<Response>) => (await response).json() as Promise<T>
const start = (more: Record<string, string | undefined>) => {
  const asked = {
    client_id: 'sallyport-cli',
    response_type: 'code',
    redirect_uri: 'http://127.0.0.1:7/callback',
    scope: 'openid groups email',
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
    ...more,
  }
  const given = Object.entries(asked).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return new URL(`${url}/local/auth?${new URLSearchParams(given)}`)
}
const codeFor = async (person: string, more = {}) =>
  (await signInThrough(start(more), person, 'http://127.0.0.1:7/callback')).searchParams
const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
const tokens = async (person: string, more: Record<string, string> = {}) =>
  asJson<Record<string, string>>(
    fetch(`${url}/local/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        code: (await codeFor(person, more)).get('code') ?? '',
        code_verifier: verifier,
        client_id: 'sallyport-cli',
        redirect_uri: 'http://127.0.0.1:7/callback',
      }),
    }),
  )

describe('the five people', () => {
  for (const person of localPeople)
    test(`${person.id} gets a token that says who and which groups, and the gateway takes it`, async () => {
      const token = await localAccessToken(url, person.id)
      expect(decodeJwt(token)).toMatchObject({
        iss: `${url}/local`,
        sub: person.id,
        name: person.id,
        email: person.email,
        groups: person.groups,
        client_id: 'sallyport-cli',
        scope: 'mcp',
        aud: `${url}/mcp`,
      })
      expect(await (await call(token)).text()).toBe(person.id)
    })

  test('there is nobody else', async () => {
    await expect(localAccessToken(url, 'mallory')).rejects.toThrow(/knows nobody named `mallory`; try alice, bob/)
    await expect(signInThrough(start({}), 'mallory', 'http://127.0.0.1:7/')).rejects.toThrow(/Nobody by that name/)
  })
})

const resources: [guarantee: string, resource: string, aud: string | null][] = [
  ['all connections', '/mcp', '/mcp'],
  ['one connection', '/mcp/shop', '/mcp/shop'],
  ['the API', '/api', '/api'],
  ['not the console', '/', null],
  ['not below one connection', '/mcp/shop/x', null],
  ['not with a query', '/mcp/shop?x', null],
  ['not a longer path', '/mcpx', null],
]
describe('a token is for what was asked', () => {
  for (const [guarantee, resource, aud] of resources)
    test(guarantee, async () => {
      const token = localAccessToken(url, 'alice', `${url}${resource}`)
      if (aud === null) await expect(token).rejects.toThrow(/no token: ask for/)
      else expect(decodeJwt(await token).aud).toBe(`${url}${aud}`)
    })
  test('not another server', async () =>
    await expect(localAccessToken(url, 'alice', 'https://evil.example/mcp')).rejects.toThrow(/no token: ask for/))
  test('one for a connection does not open another', async () =>
    expect((await call(await localAccessToken(url, 'alice', `${url}/mcp/bank`))).status).toBe(401))
})

test('all three forms of discovery say the same, with the very issuer of the tokens', async () => {
  const paths = [
    '/local/.well-known/openid-configuration',
    '/.well-known/openid-configuration/local',
    '/.well-known/oauth-authorization-server/local',
  ]
  const [first, ...others] = await Promise.all(paths.map((path) => asJson<object>(fetch(`${url}${path}`))))
  expect(first).toMatchObject({
    issuer: `${url}/local`,
    registration_endpoint: `${url}/local/reg`,
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
  })
  for (const other of others) expect(other).toEqual(first)
})

test('links keep the name of PUBLIC_URL, whichever name of loopback was asked', async () => {
  const at = url.replace('localhost', '127.0.0.1')
  const found = await asJson<Record<string, string>>(fetch(`${at}/local/.well-known/openid-configuration`))
  expect(found.authorization_endpoint).toBe(`${url}/local/auth`)
})

test('a code without PKCE is not given', async () => {
  const answer = await codeFor('alice', { code_challenge: undefined, code_challenge_method: undefined })
  expect(answer.get('code')).toBeNull()
  expect(answer.get('error')).toBe('invalid_request')
})

test('the console reads the groups from userinfo', async () => {
  const redirect_uri = `${url}/api/auth/callback/oidc`
  const asked = start({ client_id: 'sallyport-console', redirect_uri, scope: 'openid groups email' })
  const code = (await signInThrough(asked, 'bob', redirect_uri)).searchParams.get('code') ?? ''
  const authorization = `Basic ${btoa(`sallyport-console:${localClientSecret(keys)}`)}`
  const body = new URLSearchParams({ grant_type: 'authorization_code', code, redirect_uri, code_verifier: verifier })
  const given = await asJson<Record<string, string>>(
    fetch(`${url}/local/token`, { method: 'POST', headers: { authorization }, body }),
  )
  const headers = { authorization: `Bearer ${given.access_token}` }
  const info = await asJson(fetch(`${url}/local/me`, { headers }))
  expect(info).toMatchObject({ sub: 'bob', email: 'bob@example.com', groups: ['support-leads'] })
  expect(decodeJwt(given.id_token ?? '')).toMatchObject({ aud: 'sallyport-console', groups: ['support-leads'] })
})

test('a refresh token works once, gives a token for the same resource, and used twice ends them all', async () => {
  const first = await tokens('alice', { resource: `${url}/mcp/shop`, scope: 'mcp' })
  const renew = (refresh_token = '') =>
    asJson<Record<string, string>>(
      fetch(`${url}/local/token`, {
        method: 'POST',
        body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token, client_id: 'sallyport-cli' }),
      }),
    )
  const second = await renew(first.refresh_token)
  expect(decodeJwt(second.access_token ?? '')).toMatchObject({ sub: 'alice', aud: `${url}/mcp/shop` })
  expect(await renew(first.refresh_token)).toMatchObject({ error: 'invalid_grant' })
  expect(await renew(second.refresh_token)).toMatchObject({ error: 'invalid_grant' })
})

test('the signing key stays over restarts, and goes with the installation key', async () => {
  const keyAt = async (place: Env) =>
    (await asJson<{ keys: { kid: string }[] }>(fetch(`${place.issuer}/jwks`))).keys[0]?.kid
  const before = await keyAt(env)
  expect(await keyAt(await serve(keys))).toBe(before)
  expect(await keyAt(await serve(deriveKeys('another secret of more than thirty-two bytes')))).not.toBe(before)
})

test('the private key is not in the database in clear', async () => {
  const { rows } = await database.asOwner(`select payload::text from oidc_records where model = 'SigningKey'`)
  expect(rows.length).toBe(1)
  expect(rows[0].payload).not.toMatch(/"(d|p|q|kty)"/)
})

test('with OIDC_ISSUER set there is no local issuer to make', async () => {
  const configured = { ...env, local: false }
  await expect(createLocalIssuer({ env: configured, db: database.db, keys, log: quiet })).rejects.toThrow(
    /does not exist/,
  )
})

describe('an MCP client signs in by itself', () => {
  test('discovery, registration, consent and token, as the SDK does them', async () => {
    let answered: URL | undefined
    const kept: Record<string, unknown> = {}
    const redirectUrl = 'http://localhost:4711/callback'
    const client: OAuthClientProvider = {
      redirectUrl,
      clientMetadata: { client_name: 'A client', redirect_uris: [redirectUrl], token_endpoint_auth_method: 'none' },
      clientInformation: () => kept.client as never,
      saveClientInformation: (client) => void Object.assign(kept, { client }),
      tokens: () => kept.tokens as never,
      saveTokens: (tokens) => void Object.assign(kept, { tokens }),
      redirectToAuthorization: async (to) => {
        answered = await signInThrough(to, 'alice', redirectUrl)
      },
      saveCodeVerifier: (verifier) => void Object.assign(kept, { verifier }),
      codeVerifier: () => String(kept.verifier),
      saveDiscoveryState: (discovery) => void Object.assign(kept, { discovery }),
      discoveryState: () => kept.discovery as never,
    }
    const serverUrl = `${url}/mcp/shop`
    const challenge = (await fetch(serverUrl, { method: 'POST' })).headers.get('www-authenticate') ?? ''
    const resourceMetadataUrl = new URL(/resource_metadata="([^"]+)"/.exec(challenge)?.[1] ?? '')
    expect(await auth(client, { serverUrl, resourceMetadataUrl })).toBe('REDIRECT')
    const authorizationCode = answered?.searchParams.get('code') ?? ''
    const iss = answered?.searchParams.get('iss') ?? undefined
    expect(await auth(client, { serverUrl, resourceMetadataUrl, authorizationCode, iss } as never)).toBe('AUTHORIZED')
    const token = (kept.tokens as { access_token: string }).access_token
    expect(decodeJwt(token)).toMatchObject({ sub: 'alice', aud: serverUrl, scope: 'mcp' })
    expect(await (await call(token)).text()).toBe('alice')
  })
})

describe('the pages', () => {
  const register = (metadata: object) =>
    asJson<{ client_id: string }>(
      fetch(`${url}/local/reg`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ token_endpoint_auth_method: 'none', application_type: 'native', ...metadata }),
      }),
    )
  /** The first page of a sign-in, and a way to answer it with this browser's cookies or others. */
  const open = async (more: Record<string, string>) => {
    const first = await fetch(start(more), { redirect: 'manual' })
    const cookie = first.headers
      .getSetCookie()
      .map((line) => line.split(';')[0])
      .join('; ')
    const at = new URL(first.headers.get('location') ?? '', url)
    const answer = (form: Record<string, string>, headers: Record<string, string> = {}) =>
      fetch(at, {
        method: 'POST',
        redirect: 'manual',
        body: new URLSearchParams(form),
        headers: { cookie, origin: url, ...headers },
      })
    return { page: await fetch(at, { headers: { cookie } }), answer, at, cookie }
  }

  test('they cannot be framed, run no foreign script and are not kept', async () => {
    const { page } = await open({})
    expect(page.headers.get('content-security-policy')).toMatch(/default-src 'none'.*frame-ancestors 'none'/)
    expect(page.headers.get('cache-control')).toBe('no-store')
    expect(await page.text()).toMatch(/local mode: there are no passwords/)
  })

  test('a program that is not ours is named, with its address, before it may act for anyone', async () => {
    const redirect_uri = 'http://localhost:4711/callback'
    const { client_id } = await register({ client_name: '<script>x</script>', redirect_uris: [redirect_uri] })
    const { answer } = await open({ client_id, redirect_uri, scope: 'mcp', resource: `${url}/mcp/shop` })
    const consent = await (await answer({ person: 'alice' })).text()
    expect(consent).toContain('&lt;script&gt;x&lt;/script&gt;')
    expect(consent).not.toContain('<script>x')
    expect(consent).toContain(`${url}/mcp/shop`)
    expect(consent).toContain('http://localhost:4711')
  })

  test('the console is ours and asks nobody to allow it', async () => {
    const redirect_uri = `${url}/api/auth/callback/oidc`
    const { answer } = await open({ client_id: 'sallyport-console', redirect_uri })
    const response = await answer({ person: 'bob' })
    expect(response.status).toBe(303)
    expect(response.headers.get('location')).toMatch(/\/local\/auth\//)
  })

  test('each sign-in asks who to be, whoever was chosen before', async () => {
    const { answer, cookie } = await open({})
    const done = await answer({ person: 'alice', consent: 'allow' })
    const resume = new URL(done.headers.get('location') ?? '', url)
    const signedIn = await fetch(resume, { redirect: 'manual', headers: { cookie } })
    expect(signedIn.headers.get('location')).toMatch(/[?&]code=/)
    const session = signedIn.headers.getSetCookie().map((line) => line.split(';')[0])
    expect(session.join()).toMatch(/sallyport_local=/)
    const again = await fetch(start({}), { redirect: 'manual', headers: { cookie: session.join('; ') } })
    expect(again.headers.get('location')).toMatch(/\/local\/interaction\//)
  })

  const strangers: [
    guarantee: string,
    form: Record<string, string>,
    headers: Record<string, string>,
    status: number,
  ][] = [
    ['an answer from another site', { person: 'alice' }, { origin: 'https://evil.example' }, 403],
    ['an answer without origin', { person: 'alice' }, { origin: '' }, 403],
    ['an answer from another browser', { person: 'alice' }, { cookie: '' }, 400],
    ['an answer that is too long', { person: 'alice', x: 'x'.repeat(5000) }, {}, 400],
    ['a person who does not exist', { person: '__proto__' }, {}, 400],
  ]
  for (const [guarantee, form, headers, status] of strangers)
    test(`${guarantee} is refused`, async () => {
      const { answer } = await open({})
      expect((await answer(form, headers)).status).toBe(status)
    })

  test('a program elsewhere gets nothing, though it may register', async () => {
    const redirect_uri = 'https://evil.example/callback'
    const { client_id } = await register({ application_type: 'web', redirect_uris: [redirect_uri] })
    const { page, answer } = await open({ client_id, redirect_uri, scope: 'mcp' })
    expect(page.status).toBe(403)
    expect((await answer({ person: 'alice', consent: 'allow' })).status).toBe(403)
  })

  test('cancelling tells the program so', async () => {
    const { answer, cookie } = await open({})
    const done = await answer({ cancel: 'yes' })
    const back = await fetch(new URL(done.headers.get('location') ?? '', url), {
      redirect: 'manual',
      headers: { cookie },
    })
    expect(back.headers.get('location')).toMatch(/^http:\/\/127\.0\.0\.1:7\/callback\?error=access_denied/)
  })

  test('what goes wrong is said in our words and escaped', async () => {
    const page = await fetch(start({ client_id: '<img src=x>' }), { headers: { accept: 'text/html' } })
    const text = await page.text()
    expect(page.status).toBe(400)
    expect(text).toContain('This sign-in did not work')
    expect(text).not.toContain('<img')
  })

  test('odd characters of a client do no harm', async () => {
    const { client_id } = await register({
      client_name: 'a\u0000b\ud800',
      redirect_uris: ['http://127.0.0.1/callback'],
    })
    const { answer } = await open({ client_id, state: 'a\u0000b' })
    const consent = await answer({ person: 'alice' })
    expect(consent.status).toBe(200)
    expect(await consent.text()).toContain('data-step="consent"')
  })
})
