import {
  allowInsecureRequests,
  ClientSecretBasic,
  ClientSecretPost,
  Configuration,
  fetchUserInfo,
  refreshTokenGrant,
  type ServerMetadata,
} from 'openid-client'
import type { Env } from '../env'
import { codeOf, Refusal } from '../errors'
import type { Keys } from '../keys'
import { localClientSecret } from '../local/people-clients'
import type { JsonObject } from '../types'
import { issuerMetadata } from './issuer'

/** What the issuer gave the console for one person. `accessEndsAt` is in ms since 1970. */
export type Tokens = { access: string; accessEndsAt: number; refresh: string | null; id: string | null }
export type Party = { env: Env; keys: Keys }

const timeoutSeconds = 5
const signInAgain = 'your groups could not be read again from the issuer; sign in again'

export const clientSecretOf = ({ env, keys }: Party): string => env.clientSecret ?? localClientSecret(keys)

/** RFC 8414: without a list, `client_secret_basic`. */
export const usesPost = ({ token_endpoint_auth_methods_supported: methods }: ServerMetadata): boolean =>
  methods !== undefined && !methods.includes('client_secret_basic') && methods.includes('client_secret_post')

/** The console as a client of the issuer. */
export async function relyingParty(party: Party): Promise<Configuration> {
  const metadata = await issuerMetadata(party.env)
  const secret = clientSecretOf(party)
  const proof = usesPost(metadata) ? ClientSecretPost(secret) : ClientSecretBasic(secret)
  const configuration = new Configuration(metadata, party.env.clientId, { client_secret: secret }, proof)
  configuration.timeout = timeoutSeconds
  if (new URL(party.env.issuer).protocol === 'http:') allowInsecureRequests(configuration)
  return configuration
}

/**
 * What the issuer says of a person who has just signed in: the ID token, completed by userinfo where issuers that keep ID
 * tokens thin put the groups. Without an answer from userinfo a person has no groups, which opens nothing.
 */
export async function claimsAtSignIn(party: Party, tokens: Tokens, idClaims: JsonObject): Promise<JsonObject> {
  if (idClaims[party.env.groupsClaim] !== undefined) return idClaims
  const configuration = await relyingParty(party)
  const more = await userinfo(configuration, tokens.access, idClaims.sub).catch(() => ({}))
  return { ...more, ...idClaims }
}

/**
 * What the issuer says of them now, by their refresh token, else by userinfo. `keep` gets the tokens before anything else can fail: a
 * refresh token that was spent must never be sent again, or the issuer takes it for stolen and ends the sign-in.
 * Throws a Refusal: `unauthenticated` when they must sign in again, `unavailable` when the issuer does not answer.
 */
export async function claimsNow(
  party: Party,
  tokens: Tokens,
  subject: string,
  keep: (tokens: Tokens) => Promise<void>,
): Promise<{ claims: JsonObject; tokens: Tokens }> {
  const configuration = await relyingParty(party)
  try {
    const renewed = await renew(configuration, tokens, subject)
    await keep(renewed.tokens)
    if (renewed.idClaims[party.env.groupsClaim] !== undefined)
      return { claims: renewed.idClaims, tokens: renewed.tokens }
    const more = await userinfo(configuration, renewed.tokens.access, subject)
    return { claims: { ...more, ...renewed.idClaims }, tokens: renewed.tokens }
  } catch (error) {
    throw refusalOf(error)
  }
}

async function renew(configuration: Configuration, tokens: Tokens, subject: string) {
  if (tokens.refresh === null) {
    if (tokens.accessEndsAt <= Date.now()) throw new Refusal('unauthenticated', signInAgain)
    return { tokens, idClaims: {} as JsonObject }
  }
  const answer = await refreshTokenGrant(configuration, tokens.refresh)
  const idClaims = (answer.claims() ?? {}) as JsonObject
  // OpenID Connect Core section 12.2: it must be the same person.
  if (idClaims.sub !== undefined && idClaims.sub !== subject) throw new Refusal('unauthenticated', signInAgain)
  return {
    idClaims,
    tokens: {
      access: answer.access_token,
      accessEndsAt: Date.now() + (answer.expiresIn() ?? 60) * 1000,
      refresh: answer.refresh_token ?? tokens.refresh,
      id: answer.id_token ?? tokens.id,
    },
  }
}

async function userinfo(configuration: Configuration, access: string, subject: unknown): Promise<JsonObject> {
  if (configuration.serverMetadata().userinfo_endpoint === undefined) return {}
  return (await fetchUserInfo(configuration, access, String(subject))) as JsonObject
}

function refusalOf(error: unknown): Refusal {
  if (codeOf(error) !== null) return error as Refusal
  const { status, cause } = error as { status?: number; cause?: unknown }
  // 400 and 401 are the issuer's word that this sign-in is over; anything else is not about the person.
  if (status === 400 || status === 401) return new Refusal('unauthenticated', signInAgain)
  const why = error instanceof Error ? error.message : String(cause)
  return new Refusal('unavailable', `the issuer does not say which groups you are in (${why}); try again in a moment`)
}
