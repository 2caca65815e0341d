import { type Context, requireAdmin } from '../context'
import { claimValues } from '../policy/match'
import type { SeenClaim } from './schemas'
import { seenPeople } from './seen-people'

// What names one person, or belongs to one token, is no role's business.
const personal =
  /^(sub|email|upn|name|given_name|family_name|nickname|preferred_username|picture|phone_number|address|birthdate|website|profile|oid|uid|unique_name|ipaddr|aud|iss|exp|iat|nbf|jti|sid|nonce|azp|auth_time|acr|amr|at_hash|c_hash|scope|scp|client_id|typ|ver|updated_at|email_verified|phone_number_verified)$/i
const valueMax = 200

/** Claims that real tokens carried, with their values, to offer for members; those of most people first. */
export async function seenClaims(ctx: Context): Promise<SeenClaim[]> {
  requireAdmin(ctx)
  const counts = new Map<string, Map<string, number>>()
  for (const person of await seenPeople(ctx.db))
    for (const claim of new Set(['groups', ...Object.keys(person.claims)])) {
      if (personal.test(claim) || claim.startsWith('_')) continue
      for (const value of new Set(claimValues(person, claim))) {
        if (value === '' || value.length > valueMax) continue
        const values = counts.get(claim) ?? new Map<string, number>()
        counts.set(claim, values.set(value, (values.get(value) ?? 0) + 1))
      }
    }
  return [...counts]
    .map(([claim, values]) => ({
      claim,
      values: [...values]
        .map(([value, people]) => ({ value, people }))
        .sort((a, b) => b.people - a.people || a.value.localeCompare(b.value)),
    }))
    .sort((a, b) => Number(b.claim === 'groups') - Number(a.claim === 'groups') || a.claim.localeCompare(b.claim))
}
