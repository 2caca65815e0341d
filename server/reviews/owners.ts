import type { JsonObject, Principal } from '../types'

type Owned = Pick<Principal, 'kind' | 'claims'>

/**
 * Who answers for a service account, as its issuer says in the claim `owner` or `owners`: ids, subjects or e-mail addresses, in
 * small letters.
 */
export function ownersOf({ kind, claims }: Owned): string[] {
  if (kind !== 'service') return []
  return [claims.owner, claims.owners]
    .flat()
    .flatMap((owner) => (typeof owner === 'string' && owner.trim() !== '' ? [plain(owner)] : []))
}

// Directories spell an address in capitals here and in small letters there; too many who may not decide are better than one too few.
const plain = (name: string): string => name.trim().toLowerCase()

/** The names that an owner may go by, in small letters. */
export function namesOf({ id, email, claims }: { id: string; email: string | null; claims: JsonObject }): string[] {
  const subject = id.slice(id.indexOf('#') + 1)
  const other = [email, claims.email, claims.preferred_username, claims.upn, claims.sub, claims.oid]
  const all = [id, subject, ...other.filter((name) => typeof name === 'string')].map(plain)
  return [...new Set(all)].filter((name) => name !== '')
}
