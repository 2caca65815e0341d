import type { Env } from '../env'
import { bearerOf, challenge } from '../oauth/bearer'
import { localScope, metadataUrl, resourceUri } from '../oauth/protected-resource'
import { type Unverified, type Verified, verifyToken } from '../oauth/verify-token'
import type { Principal } from '../types'
import type { CallerRequest } from './caller-request'

/** `wwwAuthenticate` is empty when asking for other credentials would not help. */
export type Unauthenticated = { status: 401 | 503; wwwAuthenticate: string; message: string }
export type Authenticated = { principal: Principal } | { refused: Unauthenticated }

/**
 * Who calls: the bearer token of the request (RFC 6750, header only), verified and meant for this connection (RFC 8707).
 * Refusals name the resource metadata, where a client learns how to sign in (RFC 9728 section 5.1). At once where the token is
 * remembered, as nearly always.
 */
export function authenticate(
  request: Pick<CallerRequest, 'headers' | 'url'>,
  env: Env,
  { connection }: { connection: string },
): Authenticated | Promise<Authenticated> {
  const bearer = bearerOf(request.headers.get('authorization'))
  if ('problem' in bearer) return { refused: ask(env, connection, bearer.problem, bearer.problem ?? unsent(request)) }
  const found = verifyToken(bearer.token, env)
  return found instanceof Promise
    ? found.then((verified) => admitted(verified, env, connection))
    : admitted(found, env, connection)
}

function admitted(found: Verified | Unverified, env: Env, connection: string): Authenticated {
  if ('problem' in found) {
    if (found.unavailable) return { refused: { status: 503, wwwAuthenticate: '', message: found.problem } }
    return { refused: ask(env, connection, found.problem, found.problem) }
  }
  const misdirected = otherAudience(found, env, connection)
  if (misdirected !== null) return { refused: ask(env, connection, misdirected, misdirected) }
  return { principal: found.principal }
}

/** Why a verified token is not for this connection; null when it is. */
function otherAudience({ audience }: Verified, env: Env, connection: string): string | null {
  if (env.audience !== null && audience.includes(env.audience)) return null
  const resource = resourceUri(env.publicUrl, connection)
  // Only the issuer in this process knows what a connection is; it names exactly one.
  if (env.local && audience.length === 1 && audience[0] === resource) return null
  if (env.audience === null && !env.local)
    return "this gateway does not take the issuer's own tokens; set OIDC_AUDIENCE to what they name"
  const meant = audience.join(' ').slice(0, 200)
  return `the token is for \`${meant}\`; ask for one for \`${env.local ? resource : env.audience}\``
}

function ask(env: Env, connection: string, problem: string | null, message: string): Unauthenticated {
  const wwwAuthenticate = challenge({
    resource_metadata: metadataUrl(env.publicUrl, connection),
    scope: env.local ? localScope : null,
    error: problem === null ? null : 'invalid_token',
    error_description: problem,
  })
  return { status: 401, wwwAuthenticate, message }
}

const unsent = (request: Pick<CallerRequest, 'headers' | 'url'>): string =>
  /[?&]access_token=/.test(request.url)
    ? 'a token in the address is not read, because addresses are logged; send it in the Authorization header'
    : 'sign in first: send an access token in the Authorization header'
