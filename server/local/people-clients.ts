import { hkdfSync } from 'node:crypto'
import type { ClientMetadata } from 'oidc-provider'
import type { Env } from '../env'
import type { Keys } from '../keys'

/** The public client of the command line tools: RFC 8252, any port of loopback. */
export const cliClientId = 'sallyport-cli'
const cliRedirectUri = 'http://127.0.0.1/callback'

const derived = (keys: Pick<Keys, 'cookie'>, use: string): string =>
  Buffer.from(hkdfSync('sha256', keys.cookie, 'sallyport', use, 32)).toString('base64url')

/** The console's secret at the local issuer; both ends derive it, so nobody has to keep it. */
export const localClientSecret = (keys: Pick<Keys, 'cookie'>): string => derived(keys, 'local console client')
/** Signs the local issuer's own cookies. */
export const localCookieKey = (keys: Pick<Keys, 'cookie'>): string => derived(keys, 'local issuer cookies')

export const localClients = (env: Env, keys: Keys): ClientMetadata[] => [
  {
    client_id: env.clientId,
    client_secret: localClientSecret(keys),
    client_name: 'Sallyport console',
    redirect_uris: [`${env.publicUrl}/api/auth/callback/oidc`],
    post_logout_redirect_uris: [`${env.publicUrl}/sign-in`],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
  },
  {
    client_id: cliClientId,
    client_name: 'Sallyport command line',
    application_type: 'native',
    token_endpoint_auth_method: 'none',
    redirect_uris: [cliRedirectUri],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
  },
]

const loopbackHosts = new Set(['localhost', '127.0.0.1', '[::1]'])

/**
 * Whether an answer to this address stays on the machine: loopback, an app's own scheme, or the page that hands over to VS Code.
 * Anyone may register a client here, and nobody types a password, so no other site may receive a token.
 */
export function staysOnThisMachine(redirectUri: string): boolean {
  const { protocol, hostname, origin, pathname } = new URL(redirectUri)
  if (protocol === 'http:') return loopbackHosts.has(hostname)
  if (protocol === 'https:') return `${origin}${pathname}` === 'https://vscode.dev/redirect'
  return true
}
