import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, importJWK, type JWK, type JWTPayload, SignJWT } from 'jose'
import type { Configuration, Provider } from 'oidc-provider'
import { type Env, readEnv } from '../env'
import { loadLibrary } from '../local/people-provider'

/** A real OpenID provider on loopback, as a company runs one, whose people and keys a test may change. */
export type TestIssuer = {
  url: string
  /** Claims by subject; what is in here when a token is made is what the token says. */
  people: Record<string, Record<string, unknown>>
  /** Signs a token as the issuer does: any claims, any header. */
  sign(claims: JWTPayload, header?: Record<string, unknown>): Promise<string>
  /** A valid access token for `aud`. */
  accessToken(aud: string | string[], claims?: JWTPayload): Promise<string>
  publicKey(): Promise<JWK>
  /** Publishes a new key in place of the old one. */
  rotate(): Promise<void>
  /** How often a path was asked for. */
  asked(path: string): number
  /** Stops answering, and answers again on the same port. */
  pause(): Promise<void>
  resume(): Promise<void>
  close(): Promise<void>
}

export type Client = NonNullable<Configuration['clients']>[number]
type Options = { clients?: Client[]; settings?: Configuration; people?: TestIssuer['people']; port?: number }

const alg = 'RS256'
const everyone = { alice: { name: 'Alice', email: 'alice@example.com', groups: ['support'] } }

export async function startIssuer(options: Options = {}): Promise<TestIssuer> {
  let handle: (req: IncomingMessage, res: ServerResponse) => unknown = () => {}
  const asked = new Map<string, number>()
  const server = createServer((req, res) => {
    asked.set(req.url ?? '', (asked.get(req.url ?? '') ?? 0) + 1)
    void handle(req, res)
  })
  await listen(server, options.port ?? 0)
  const { port } = server.address() as AddressInfo
  const url = `http://localhost:${port}`
  const people = options.people ?? structuredClone(everyone)
  let key = await newKey()
  const library = await loadLibrary()
  const serve = () => {
    handle = providerAt(new library.Provider(url, settingsOf(key, people, options)))
  }
  serve()
  const sign = async (claims: JWTPayload, header: Record<string, unknown> = {}) =>
    new SignJWT(claims)
      .setProtectedHeader({ alg, kid: key.kid, ...header })
      .sign(await importJWK(key, alg), { crit: { x: true } })
  return {
    url,
    people,
    sign,
    accessToken: (aud, claims = {}) => sign({ ...standard(url), aud, ...claims }, { typ: 'at+jwt' }),
    publicKey: async () => ({ kty: key.kty, n: key.n, e: key.e, kid: key.kid, alg }),
    async rotate() {
      key = await newKey()
      serve()
    },
    asked: (path) => asked.get(path) ?? 0,
    pause: () => stop(server),
    resume: () => listen(server, port),
    close: () => stop(server),
  }
}

/** The console, as its operator registers it. */
export const consoleClient: Client = {
  client_id: 'console',
  client_secret: 'a secret of the console',
  redirect_uris: ['http://localhost:3000/api/auth/callback/oidc'],
  post_logout_redirect_uris: ['http://localhost:3000/sign-in'],
  grant_types: ['authorization_code', 'refresh_token'],
}

/** A configured environment whose issuer is `url`. */
export const configuredEnv = (url: string, more: Record<string, string> = {}): Env =>
  readEnv({
    PUBLIC_URL: 'http://localhost:3000',
    OIDC_ISSUER: url,
    OIDC_CLIENT_ID: 'console',
    OIDC_CLIENT_SECRET: 'a secret of the console',
    OIDC_AUDIENCE: 'sallyport',
    ...more,
  })

const seconds = () => Math.floor(Date.now() / 1000)
const standard = (iss: string): JWTPayload => ({
  iss,
  sub: 'alice',
  iat: seconds(),
  exp: seconds() + 600,
  client_id: 'cli',
  scope: 'mcp',
  groups: ['support'],
})

async function newKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true })
  return { ...(await exportJWK(privateKey)), alg, use: 'sig', kid: `key-${Math.random()}` }
}

const settingsOf = (
  key: JWK,
  people: TestIssuer['people'],
  { clients = [], settings = {} }: Options,
): Configuration => ({
  adapter: memory(),
  clients,
  jwks: { keys: [key] },
  claims: { openid: ['sub'], profile: ['name'], email: ['email'], groups: ['groups'] },
  conformIdTokenClaims: false,
  cookies: { keys: ['a test'] },
  ttl: { AccessToken: 600, Grant: 3600, IdToken: 600, Interaction: 600, RefreshToken: 3600, Session: 3600 },
  interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
  issueRefreshToken: async () => true,
  pkce: { required: () => true },
  features: {
    devInteractions: { enabled: false },
    rpInitiatedLogout: { enabled: true },
    revocation: { enabled: true, allowedPolicy: () => true },
  },
  findAccount: (_ctx, sub) =>
    people[sub] && { accountId: sub, claims: () => ({ sub, ...people[sub] }) as { sub: string } },
  ...settings,
})

const providerAt = (provider: Provider) => async (req: IncomingMessage, res: ServerResponse) => {
  if (req.url?.startsWith('/interaction/')) await signInPage(provider, req, res)
  else await provider.callback()(req, res)
}

/** The page of a company's issuer: whom it signs in, it is told by the form. */
async function signInPage(provider: Provider, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const { params } = await provider.interactionDetails(req, res)
  if (req.method === 'GET')
    return void res.setHeader('content-type', 'text/html').end('<form method="post" data-step="person"></form>')
  let body = ''
  for await (const chunk of req) body += String(chunk)
  const accountId = new URLSearchParams(body).get('person') ?? ''
  const grant = new provider.Grant({ accountId, clientId: String(params.client_id) })
  grant.addOIDCScope(String(params.scope))
  const result = { login: { accountId }, consent: { grantId: await grant.save() } }
  await provider.interactionFinished(req, res, result)
}

function memory(): Configuration['adapter'] {
  const rows = new Map<string, Record<string, unknown>>()
  return ((model: string) => {
    const by = (name: string, value: unknown) => [...rows.values()].find((row) => row[name] === value)
    return {
      upsert: async (id: string, payload: Record<string, unknown>) => void rows.set(`${model}:${id}`, { ...payload }),
      find: async (id: string) => rows.get(`${model}:${id}`),
      findByUid: async (uid: string) => by('uid', uid),
      findByUserCode: async (code: string) => by('userCode', code),
      consume: async (id: string) => void Object.assign(rows.get(`${model}:${id}`) ?? {}, { consumed: seconds() }),
      destroy: async (id: string) => void rows.delete(`${model}:${id}`),
      revokeByGrantId: async (grantId: string) => {
        for (const [key, row] of rows) if (row.grantId === grantId) rows.delete(key)
      },
    }
  }) as unknown as Configuration['adapter']
}

const listen = (server: Server, port: number): Promise<void> =>
  new Promise((done, fail) => server.once('error', fail).listen(port, '127.0.0.1', () => done()))

const stop = (server: Server): Promise<void> =>
  new Promise((done) => {
    server.close(() => done())
    server.closeAllConnections()
  })
