import type { CookiesOptions } from 'next-auth'
import type { OAuthConfig } from 'next-auth/providers/oauth'
import type { ServerMetadata } from 'openid-client'
import type { Env } from '../env'
import { issuerMetadata } from './issuer'
import { clientSecretOf, type Party, usesPost } from './relying-party'

const always = ['openid', 'profile', 'email']
// Asked for only where the issuer lists them: Entra refuses a sign-in that asks for a scope it does not know.
const whereKnown = ['groups', 'offline_access']

/** Any OpenID Connect issuer, as next-auth's provider `oidc`: code flow with PKCE, state and nonce. */
export async function consoleProvider(party: Party): Promise<OAuthConfig<{ sub: string }>> {
  const { env } = party
  const metadata = await issuerMetadata(env)
  return {
    id: 'oidc',
    name: 'OpenID Connect',
    type: 'oauth',
    wellKnown: `${env.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
    clientId: env.clientId,
    clientSecret: clientSecretOf(party),
    client: {
      id_token_signed_response_alg: signingAlg(metadata),
      token_endpoint_auth_method: usesPost(metadata) ? 'client_secret_post' : 'client_secret_basic',
    },
    authorization: { params: { scope: scopesFor(metadata).join(' ') } },
    checks: ['pkce', 'state', 'nonce'],
    idToken: true,
    profile: ({ sub }) => ({ id: sub }),
  }
}

function scopesFor({ scopes_supported: known = [] }: ServerMetadata): string[] {
  return [...always, ...whereKnown.filter((scope) => known.includes(scope))]
}

/** Every issuer must know RS256 (OpenID Connect Discovery section 3), but one may sign with something else only. */
function signingAlg({ id_token_signing_alg_values_supported: known }: ServerMetadata): string {
  if (!Array.isArray(known) || known.includes('RS256')) return 'RS256'
  return String(known.find((alg) => /^(RS|PS|ES|Ed)/.test(String(alg))) ?? 'RS256')
}

const isSecure = ({ publicUrl }: Pick<Env, 'publicUrl'>): boolean => publicUrl.startsWith('https:')

/** Our own names: cookies of localhost are shared by everything that runs there, whatever its port. */
export function cookieNames(env: Pick<Env, 'publicUrl'>) {
  // RFC 6265bis: a browser keeps `__Host-` cookies from being set for this host by another.
  const prefix = isSecure(env) ? '__Host-' : ''
  return { session: `${prefix}sallyport.session`, csrf: `${prefix}sallyport.csrf`, prefix: `${prefix}sallyport` }
}

export function cookieSettings(env: Pick<Env, 'publicUrl'>): CookiesOptions {
  const { session, csrf, prefix } = cookieNames(env)
  const options = { httpOnly: true, sameSite: 'lax' as const, path: '/', secure: isSecure(env) }
  const minutes = { ...options, maxAge: 15 * 60 }
  return {
    sessionToken: { name: session, options },
    csrfToken: { name: csrf, options },
    callbackUrl: { name: `${prefix}.callback`, options },
    pkceCodeVerifier: { name: `${prefix}.pkce`, options: minutes },
    state: { name: `${prefix}.state`, options: minutes },
    nonce: { name: `${prefix}.nonce`, options: minutes },
  }
}
