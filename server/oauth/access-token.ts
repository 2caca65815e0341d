import type { JsonObject } from '../types'

// OpenID Connect Core sections 2 and 3.3.2.11: these bind an ID token to the sign-in that asked for it.
const onlyInIdTokens = ['nonce', 'at_hash', 'c_hash', 's_hash']
// RFC 9068 section 2.2 (`scope`, `client_id`) and what Okta, Entra and Auth0 send in their place.
const onlyInAccessTokens = ['scope', 'scp', 'client_id', 'cid', 'appid', 'idtyp', 'gty']

/**
 * Why a verified JWT is not a bearer access token; null when it is one.
 *
 * `typ: at+jwt` (RFC 9068) says so. Older issuers send `JWT` or nothing for both kinds: there a token must carry a mark that
 * only access tokens have and none that only ID tokens have, so an ID token never passes, even where OIDC_AUDIENCE is
 * the client id. A token bound to a key (`cnf`) is refused because its proof would go unchecked (RFC 9449 section 7.2).
 */
export function notAnAccessToken(header: { typ?: unknown }, claims: JsonObject): string | null {
  if (claims.cnf !== undefined) return 'the token is bound to a key; send one that is a plain bearer token'
  const typ = String(header.typ ?? 'jwt')
    .toLowerCase()
    .replace(/^application\//, '')
  if (typ === 'at+jwt') return null
  if (typ !== 'jwt') return `a token of type \`${typ}\` is not an access token`
  const isIdToken = claims.typ === 'ID' || claims.token_use === 'id' || onlyInIdTokens.some((name) => name in claims)
  if (isIdToken || !onlyInAccessTokens.some((name) => name in claims))
    return 'this is an ID token, which says who signed in, not what may be called; send the access token'
  return null
}
