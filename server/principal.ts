import type { Env } from './env'
import { Refusal } from './errors'
import type { JsonObject, Principal } from './types'

/** Which of the issuer's tokens the claims come from: an issuer may name a person differently in each. */
export type TokenKind = 'id' | 'access'
export type IdentityEnv = Pick<Env, 'issuer' | 'idTokenClaim' | 'accessTokenClaim' | 'groupsClaim'>

/** One id per person through every door: the issuer's tokens, Sallyport's own, and the console. */
export const principalId = (issuer: string, subject: string): string => `${issuer}#${subject}`

const lengthMax = 255
const unprintable = /[\p{Cc}\p{Cs}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

/**
 * The caller that verified claims speak of. Throws a Refusal (`unauthenticated`, `field` names the claim) when the subject
 * is missing, or when the groups are not in the token: a person without their groups would slip past deny rules.
 */
export function principalFrom(claims: JsonObject, which: TokenKind, env: IdentityEnv): Principal {
  const groups = groupsOf(claims, env.groupsClaim)
  const subject = subjectOf(claims, which === 'id' ? env.idTokenClaim : env.accessTokenClaim)
  const email = textOf(claims.email) ?? addressOf(claims.upn) ?? addressOf(claims.preferred_username)
  const name = textOf(claims.name) ?? textOf(claims.preferred_username) ?? email ?? printable(subject)
  return { id: principalId(env.issuer, subject), email, name, groups, claims, kind: kindOf(claims) }
}

function subjectOf(claims: JsonObject, claim: string): string {
  const subject = claims[claim]
  if (typeof subject === 'string' && subject !== '' && subject.length <= lengthMax && printable(subject) === subject)
    return subject
  throw new Refusal(
    'unauthenticated',
    `the token does not say who it is for in \`${claim}\`; let the issuer add that claim, or set OIDC_SUBJECT_CLAIM`,
    claim,
  )
}

function groupsOf(claims: JsonObject, claim: string): string[] {
  if (isElsewhere(claims, claim))
    throw new Refusal(
      'unauthenticated',
      'the token says that its groups are elsewhere, because there are too many; let the issuer send only the groups assigned to Sallyport',
      'groups',
    )
  const groups = Object.hasOwn(claims, claim) ? claims[claim] : undefined
  if (groups === undefined) return []
  if (Array.isArray(groups) && groups.every((group) => typeof group === 'string')) return groups as string[]
  throw new Refusal(
    'unauthenticated',
    `the \`${claim}\` of the token are not a list of names; let the issuer send a list`,
    'groups',
  )
}

// OpenID Connect Core section 5.6.2, and `hasgroups` of Entra's implicit flow.
function isElsewhere(claims: JsonObject, claim: string): boolean {
  const names = claims._claim_names
  const named = typeof names === 'object' && names !== null && claim in names
  return named || (claims.hasgroups !== undefined && claims.hasgroups !== false && claims.hasgroups !== 'false')
}

// RFC 9068 section 2.2: without a person the subject is the client. Entra, Auth0 and Keycloak each say it in their own way.
function kindOf(claims: JsonObject): Principal['kind'] {
  const client = claims.client_id ?? claims.cid ?? claims.azp ?? claims.appid
  const alone =
    claims.idtyp === 'app' ||
    claims.gty === 'client-credentials' ||
    (claims.sub !== undefined && claims.sub === client) ||
    textOf(claims.preferred_username)?.startsWith('service-account-') === true
  return alone ? 'service' : 'user'
}

const printable = (text: string): string => text.replace(unprintable, '')

function textOf(value: unknown): string | null {
  if (typeof value !== 'string') return null
  const text = printable(value).trim().slice(0, lengthMax)
  return text === '' ? null : text
}

function addressOf(value: unknown): string | null {
  const text = textOf(value)
  return text?.includes('@') ? text : null
}
