import type { Json, Member, Principal } from '../types'

/** A glob knows `*` only: any run of characters, none included. Linear in the text, no regular expression. */
export function globMatches(glob: string, text: string): boolean {
  if (!glob.includes('*')) return glob === text
  const parts = glob.split('*')
  const [first = '', last = ''] = [parts[0], parts.at(-1)]
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false
  let at = first.length
  const end = text.length - last.length
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, at)
    if (found === -1 || found + part.length > end) return false
    at = found + part.length
  }
  return true
}

export const anyGlob = (globs: readonly string[], text: string): boolean =>
  globs.some((glob) => globMatches(glob, text))

/** What membership is read from. */
export type Claimant = Pick<Principal, 'groups' | 'claims'>

/**
 * Whether a person is a member: everyone, or a claim that equals the value or, for a list, contains it. The claim
 * `groups` is the person's groups; every other one is read from their token.
 */
export const isMember = (member: Member, person: Claimant): boolean =>
  member === 'everyone' || claimValues(person, member.claim).includes(member.value)

/** The values of a claim as texts; nested objects are none. */
export function claimValues({ groups, claims }: Claimant, claim: string): string[] {
  if (claim === 'groups') return groups
  const value = Object.hasOwn(claims, claim) ? claims[claim] : undefined
  return (Array.isArray(value) ? value : [value]).flatMap(textOf)
}

const textOf = (value: Json | undefined): string[] => {
  if (typeof value === 'string') return [value]
  return typeof value === 'number' || typeof value === 'boolean' ? [String(value)] : []
}
