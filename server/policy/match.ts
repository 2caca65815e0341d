import type { Member, Principal } from '../types'

/** A glob knows `*` only: any run of characters. Linear in text and pattern. */
export function globMatches(glob: string, text: string): boolean {
  if (!glob.includes('*')) return glob === text
  const parts = glob.split('*')
  const [first = '', last = ''] = [parts[0], parts.at(-1)]
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false
  let at = first.length
  const end = text.length - last.length
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, at)
    if (found === -1 || found + part.length > end) return false
    at = found + part.length
  }
  return true
}

/** Whether the principal is `member`: everyone, or a claim that equals the value or contains it. */
export function isMember(member: Member, principal: Pick<Principal, 'groups' | 'claims' | 'email'>): boolean {
  if (member === 'everyone') return true
  if (member.claim === 'groups') return principal.groups.includes(member.value)
  const claim = principal.claims[member.claim]
  return claim === member.value || (Array.isArray(claim) && claim.includes(member.value))
}
