import type { ServerMetadata } from 'openid-client'
import type { people } from '../db/identity-schema'
import type { Env } from '../env'
import { Refusal } from '../errors'
import { principalFrom } from '../principal'
import type { JsonObject, Principal, Viewer } from '../types'
import type { Party, Tokens } from './relying-party'

export type Person = typeof people.$inferSelect

const unlinked = 'unlinked:'
export const isUnlinked = (id: string): boolean => id.startsWith(unlinked)

// What belongs to one token, not to the person.
const plumbing = ['aud', 'azp', 'exp', 'iat', 'nbf', 'jti', 'sid', 'nonce', 'at_hash', 'c_hash', 's_hash']

/**
 * The person of an ID token. Where the token lacks the claim that ties it to access tokens, or where the issuer gives every
 * client other subjects (pairwise), the id is one that no caller can have: such a viewer could otherwise approve themselves.
 */
export function personOf(claims: JsonObject, env: Env, metadata: ServerMetadata): Principal {
  const types = metadata.subject_types_supported
  const pairwise = env.idTokenClaim === 'sub' && Array.isArray(types) && !types.includes('public')
  try {
    const principal = principalFrom(claims, 'id', env)
    return pairwise ? { ...principal, id: `${unlinked}${principal.id}` } : principal
  } catch (error) {
    if ((error as Refusal).field !== env.idTokenClaim || env.idTokenClaim === 'sub') throw error
    const principal = principalFrom(claims, 'id', { ...env, idTokenClaim: 'sub' })
    return { ...principal, id: `${unlinked}${principal.id}` }
  }
}

export function rowOf(party: Party, { id, email, name, groups, claims }: Principal, tokens: Tokens) {
  return {
    email,
    name,
    groups,
    claims: Object.fromEntries(Object.entries(claims).filter(([claim]) => !plumbing.includes(claim))),
    groupsReadAt: new Date(),
    ...sealedTokens(party, id, tokens),
  }
}

export const sealedTokens = ({ keys }: Party, id: string, { refresh, ...rest }: Tokens) => ({
  accessSealed: keys.seal(JSON.stringify(rest), `people:${id}:access`),
  refreshSealed: refresh === null ? null : keys.seal(refresh, `people:${id}:refresh`),
})

export function tokensOf({ keys }: Party, { id, accessSealed, refreshSealed }: Person): Tokens {
  try {
    if (accessSealed === null) throw new Error('there are no tokens')
    const rest = JSON.parse(keys.open(accessSealed, `people:${id}:access`)) as Omit<Tokens, 'refresh'>
    return { ...rest, refresh: refreshSealed === null ? null : keys.open(refreshSealed, `people:${id}:refresh`) }
  } catch {
    throw new Refusal('unauthenticated', 'your sign-in can no longer read your groups; sign in again')
  }
}

export function asViewer({ id, email, name, groups, claims, groupsReadAt }: Person, env: Env): Viewer {
  const principal: Principal = { id, email, name, groups, claims: claims as JsonObject, kind: 'user' }
  return withPowers(principal, isUnlinked(id) ? new Date(0) : groupsReadAt, env)
}

export const hasAdminGroup = (groups: string[], { adminGroups }: Pick<Env, 'adminGroups'>): boolean =>
  groups.some((group) => adminGroups.includes(group))

/** What the groups give in the console. */
export const withPowers = (principal: Principal, groupsReadAt: Date, env: Env): Viewer => ({
  ...principal,
  admin: hasAdminGroup(principal.groups, env),
  auditor: principal.groups.some((group) => env.auditorGroups.includes(group)),
  groupsReadAt,
})
