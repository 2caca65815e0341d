import type { Configuration, Provider } from 'oidc-provider'
import type { Database } from '../context'
import type { Env } from '../env'
import type { Keys } from '../keys'
import { localScope } from '../oauth/protected-resource'
import { messagePage, pageHeaders, signOutPage } from './pages'
import { claimsOf, localPerson } from './people-accounts'
import { localClients, localCookieKey } from './people-clients'
import { signingKey } from './people-keys'
import { recordsAdapter } from './people-records'

type Parts = { env: Env; db: Database; keys: Keys }
type Library = typeof import('oidc-provider')

const hour = 60 * 60
const day = 24 * hour
export const sessionCookie = 'sallyport_local'

export async function createProvider(parts: Parts): Promise<Provider> {
  const library = await loadLibrary()
  const jwk = await signingKey(parts.db, parts.keys)
  const provider = new library.Provider(parts.env.issuer, {
    ...settings(parts),
    ...people(parts.env),
    jwks: { keys: [jwk] },
    features: features(parts.env, library),
  } as Configuration)
  return provider
}

/** The library warns on standard error when it is loaded on Node 20, on which it works. */
export async function loadLibrary(): Promise<Library> {
  const { warn } = console
  console.warn = () => {}
  try {
    return await import('oidc-provider')
  } finally {
    console.warn = warn
  }
}

const settings = ({ env, db, keys }: Parts): Configuration => ({
  adapter: recordsAdapter(db),
  clients: localClients(env, keys),
  clientBasedCORS: () => false,
  cookies: {
    keys: [localCookieKey(keys)],
    names: { session: sessionCookie, interaction: 'sallyport_local_asking', resume: 'sallyport_local_resume' },
    long: { httpOnly: true, sameSite: 'lax', path: '/local' },
    short: { httpOnly: true, sameSite: 'lax' },
  },
  interactions: { url: (_ctx, { uid }) => `/local/interaction/${uid}` },
  pkce: { required: () => true },
  responseTypes: ['code'],
  renderError(ctx, out) {
    ctx.set(pageHeaders)
    ctx.body = messagePage('This sign-in did not work', `${saidBy(out)}. ${again}`)
  },
  ttl: {
    AccessToken: hour,
    AuthorizationCode: 60,
    Grant: 14 * day,
    IdToken: hour,
    Interaction: hour,
    RefreshToken: 14 * day,
    Session: day,
  },
})

const people = (env: Env): Configuration => ({
  scopes: ['openid', 'offline_access', localScope],
  claims: { openid: ['sub'], profile: ['name'], email: ['email', 'email_verified'], groups: ['groups'] },
  conformIdTokenClaims: false,
  findAccount(_ctx, id) {
    const person = localPerson(id)
    if (person === null) return undefined
    return { accountId: id, claims: () => ({ sub: id, ...claimsOf(person) }) }
  },
  extraTokenClaims(_ctx, token) {
    const person = 'accountId' in token ? localPerson(token.accountId) : null
    return person === null ? undefined : claimsOf(person)
  },
  issueRefreshToken: async (_ctx, client) => client.grantTypeAllowed('refresh_token'),
  // Signing out of the console ends its tokens, not those of MCP clients.
  expiresWithSession: async (_ctx, token) => token.clientId === env.clientId,
  async loadExistingGrant(ctx) {
    const { client, session, result, provider } = ctx.oidc
    const asked = result?.consent?.grantId
    if (asked !== undefined) return provider.Grant.find(asked)
    if (client?.clientId !== env.clientId || session?.accountId === undefined) return undefined
    // The console is ours, so nobody is asked to allow it.
    const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId })
    grant.addOIDCScope(String(ctx.oidc.params?.scope ?? 'openid'))
    await grant.save()
    return grant
  },
})

const features = (env: Env, { errors }: Library): Configuration['features'] => ({
  devInteractions: { enabled: false },
  dPoP: { enabled: false },
  pushedAuthorizationRequests: { enabled: false },
  // MCP clients register themselves (RFC 7591).
  registration: { enabled: true, initialAccessToken: false, issueRegistrationAccessToken: false },
  revocation: { enabled: true, allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId },
  userinfo: { enabled: true },
  rpInitiatedLogout: {
    enabled: true,
    logoutSource(ctx, form) {
      ctx.set(pageHeaders)
      ctx.body = signOutPage(form, ctx.oidc.entities.IdTokenHint !== undefined)
    },
    postLogoutSuccessSource(ctx) {
      ctx.set(pageHeaders)
      ctx.body = messagePage('You are signed out', 'Your sign-in of local mode has ended.')
    },
  },
  // RFC 8707: a token is for one resource of this gateway, or only for userinfo.
  resourceIndicators: {
    enabled: true,
    useGrantedResource: async () => true,
    defaultResource: async (_ctx, client, oneOf) =>
      oneOf?.[0] ?? (client?.clientId === env.clientId ? (undefined as never) : `${env.publicUrl}/mcp`),
    getResourceServerInfo: async (_ctx, resource) => {
      if (!isOwnResource(resource, env.publicUrl))
        throw new errors.InvalidTarget(`ask for ${env.publicUrl}/mcp, one connection below it, or ${env.publicUrl}/api`)
      return { scope: localScope, audience: resource, accessTokenFormat: 'jwt', jwt: { sign: { alg: 'RS256' } } }
    },
  },
})

const isOwnResource = (resource: string, publicUrl: string): boolean =>
  [`${publicUrl}/mcp`, `${publicUrl}/api`].includes(resource) ||
  (resource.startsWith(`${publicUrl}/mcp/`) && /^[^/?#]+$/.test(resource.slice(publicUrl.length + 5)))

const again =
  'Start it again where you came from. If a program sent you here and this comes back, let it forget its sign-in first.'

/** What the library says, as a sentence begins. */
const saidBy = ({ error, error_description: text = error }: { error: string; error_description?: string }): string =>
  text.charAt(0).toUpperCase() + text.slice(1)
