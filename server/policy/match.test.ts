import { expect, test } from 'vitest'
import type { Member } from '../types'
import { GlobIndex } from './glob-index'
import { claimValues, globMatches, isMember } from './match'

const globs: [glob: string, text: string, matches: boolean][] = [
  ['query', 'query', true],
  ['query', 'Query', false],
  ['query', 'query2', false],
  ['*', '', true],
  ['*', 'a\nb', true],
  ['get_*', 'get_', true],
  ['get_*', 'forget_x', false],
  ['*_order', 'refund_order', true],
  ['a*a', 'a', false],
  ['a*a', 'aa', true],
  ['ab*ba', 'aba', false],
  ['a*b*c', 'a-b-b-c', true],
  ['a*b*c', 'a-c-b', false],
  ['a**b', 'ab', true],
  ['*a*a*', 'a', false],
  ['shop://*/items', 'shop://1/2/items', true],
  ['a?c', 'abc', false],
  ['[ab]', 'a', false],
  ['.*', 'x', false],
  ['', '', true],
  ['', 'a', false],
]
test.each(globs)('the glob `%s` on `%s` is %s', (glob, text, matches) => {
  expect(globMatches(glob, text)).toBe(matches)
  const index = new GlobIndex<string>()
  for (const other of ['other', 'x*y', '*zz', glob]) index.add(other, other)
  expect(index.find(text).includes(glob)).toBe(matches)
})

test('a glob made to be slow is not: its cost grows with the text, not with the square of it', () => {
  const text = 'a'.repeat(200_000)
  expect(globMatches(`${'*a'.repeat(500)}*b`, text)).toBe(false)
  expect(globMatches(`${'*a'.repeat(500)}*`, text)).toBe(true)
})

const person = {
  groups: ['support', 'staff'],
  claims: {
    dept: 'x',
    teams: ['a', 'b'],
    level: 3,
    verified: true,
    nested: { a: 'x' },
    groups: ['admins'],
    nothing: null,
  },
}
const members: [guarantee: string, member: Member, is: boolean][] = [
  ['everyone is everyone', 'everyone', true],
  ['the claim `groups` is the groups of the principal', { claim: 'groups', value: 'support' }, true],
  ['and not a claim that the token calls so', { claim: 'groups', value: 'admins' }, false],
  ['a text claim equals', { claim: 'dept', value: 'x' }, true],
  ['and is not searched', { claim: 'dept', value: '' }, false],
  ['a list claim contains', { claim: 'teams', value: 'b' }, true],
  ['a number claim by its text', { claim: 'level', value: '3' }, true],
  ['a truth claim by its text', { claim: 'verified', value: 'true' }, true],
  ['null is no value', { claim: 'nothing', value: 'null' }, false],
  ['an object is no value', { claim: 'nested', value: '[object Object]' }, false],
  ['what is not there is no value', { claim: 'absent', value: 'undefined' }, false],
  ['what every object inherits is no claim', { claim: 'constructor', value: 'Object' }, false],
  ['values are case-sensitive', { claim: 'groups', value: 'Support' }, false],
]
test.each(members)('membership: %s', (_, member, is) => expect(isMember(member, person)).toBe(is))

test('the values of a claim are texts', () => {
  expect(claimValues(person, 'teams')).toEqual(['a', 'b'])
  expect(claimValues(person, '__proto__')).toEqual([])
})
