import type { Member } from '../../../server/types'

/** A member as a text that a list can hold; what is typed is no such text, and names a group. */
export const keyOf = (member: Member): string =>
  member === 'everyone' ? 'everyone' : `=${JSON.stringify([member.claim, member.value])}`

export function memberOf(key: string): Member {
  if (key === 'everyone') return 'everyone'
  const pair = key.startsWith('=') ? pairOf(key.slice(1)) : null
  return pair === null ? { claim: 'groups', value: key } : { claim: pair[0], value: pair[1] }
}

function pairOf(text: string): [string, string] | null {
  try {
    const pair = JSON.parse(text) as unknown
    const isPair = Array.isArray(pair) && pair.length === 2 && pair.every((one) => typeof one === 'string')
    return isPair ? (pair as [string, string]) : null
  } catch {
    return null
  }
}

export const memberWords = (member: Member): string =>
  member === 'everyone' ? 'everyone' : member.claim === 'groups' ? member.value : `${member.claim} = ${member.value}`
