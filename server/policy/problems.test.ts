import { expect, test } from 'vitest'
import type { Mask, Member, ReviewSettings, Role, Rule } from '../types'
import { findProblems, type World } from './problems'

const review: ReviewSettings = {
  approvers: [{ claim: 'groups', value: 'leads' }],
  approvals: 1,
  scope: 'call',
  maxMinutes: 60,
  expiresMinutes: 60,
  reason: 'optional',
}
const rule = (id: string, change: Partial<Rule> = {}): Rule => ({
  id,
  effect: 'allow',
  connections: ['shop'],
  actions: ['tools/call'],
  resources: ['query'],
  when: null,
  review: null,
  ...change,
})
const role = (name: string, rules: Rule[], members: Member[] = [{ claim: 'groups', value: 'a' }]): Role => ({
  name,
  description: '',
  members,
  rules,
})
const mask = (change: Partial<Mask>): Mask => ({
  id: 'm',
  connections: ['*'],
  resources: ['*'],
  fields: ['ssn'],
  detectors: [],
  style: 'redact',
  except: [],
  ...change,
})
const person = (id: string, ...groups: string[]) => ({ id, name: id, groups, claims: {} })
const tool = (name: string) => ({ name, inputSchema: { type: 'object', properties: { n: { type: 'number' } } } })

const shop: World = { connections: [{ name: 'shop', pinned: false, tools: [tool('query'), tool('get_a')] }] }
const people = (...all: ReturnType<typeof person>[]): World => ({ people: all })

const cases: [what: string, roles: Role[], world: World, want: string[]][] = [
  [
    'nothing is wrong',
    [role('r', [rule('a'), rule('b', { resources: ['get_*'] })])],
    { ...shop, ...people(person('ann', 'a')) },
    [],
  ],
  [
    'a role without members',
    [role('r', [rule('a')], [])],
    {},
    ['roles.0.members: nobody has this role: name its members'],
  ],
  ['a role without rules', [role('r', [])], {}, ['roles.0.rules: this role has no rules']],
  [
    'a role nobody has',
    [role('r', [rule('a')])],
    people(person('bob', 'b')),
    ['roles.0.members: nobody seen so far has this role (members of `a`)'],
  ],
  ['nobody was seen yet', [role('r', [rule('a')])], people(), []],
  [
    'a condition that is never true',
    [role('r', [rule('a', { when: 'false && args.n > 1.0' })])],
    {},
    ['roles.0.rules.0.when: this rule never matches: its condition is false for every call'],
  ],
  [
    'a condition that is always true',
    [role('r', [rule('a', { when: 'true || args.n > 1.0' })])],
    {},
    ['roles.0.rules.0.when: this condition is true for every call: leave it out'],
  ],
  [
    'no such connection',
    [role('r', [rule('a', { connections: ['shp'] })])],
    shop,
    ['roles.0.rules.0.connections: this rule never matches: no connection has such a name'],
  ],
  [
    'no such tool',
    [role('r', [rule('a', { resources: ['qery', 'put_*'] })])],
    shop,
    ['roles.0.rules.0.resources: this rule never matches: no tool of `shop` has such a name'],
  ],
  [
    'resources and prompts are not known',
    [role('r', [rule('a', { resources: ['x'], actions: ['resources/read'] })])],
    shop,
    [],
  ],
  [
    'an allow rule that trusts the target',
    [role('r', [rule('a', { when: 'tool.readOnlyHint' })])],
    shop,
    [
      'roles.0.rules.0.when: an allow rule must not read `tool` where tools are not pinned: the target could describe itself into it (`shop`)',
    ],
  ],
  [
    'an argument that the tool does not have',
    [role('r', [rule('a', { when: 'args.m > 1.0' })])],
    shop,
    ['roles.0.rules.0.when: there is no argument: m (`shop/query`): the rule never matches there'],
  ],
  [
    'a deny over an allow',
    [role('r', [rule('a'), rule('d', { effect: 'deny', resources: ['q*'] })])],
    {},
    ['roles.0.rules.0: this rule has no effect: `r/d` is stricter and always matches too'],
  ],
  [
    'a deny for everyone over another role',
    [role('r', [rule('a')]), role('s', [rule('d', { effect: 'deny', resources: ['*'] })], ['everyone'])],
    {},
    ['roles.0.rules.0: this rule has no effect: `s/d` is stricter and always matches too'],
  ],
  [
    'a deny for others',
    [role('r', [rule('a')]), role('s', [rule('d', { effect: 'deny' })], [{ claim: 'groups', value: 'b' }])],
    {},
    [],
  ],
  ['a deny under a condition', [role('r', [rule('a'), rule('d', { effect: 'deny', when: 'args.n > 1.0' })])], {}, []],
  ['a deny of less', [role('r', [rule('a', { resources: ['q*'] }), rule('d', { effect: 'deny' })])], {}, []],
  [
    'the same twice',
    [role('r', [rule('a', { resources: ['*'] }), rule('b')])],
    {},
    ['roles.0.rules.1: this rule adds nothing to `r/a`'],
  ],
  ['the very same', [role('r', [rule('a'), rule('b')])], {}, ['roles.0.rules.1: this rule adds nothing to `r/a`']],
  [
    'a condition beside no condition',
    [role('r', [rule('a', { when: 'args.n > 1.0' }), rule('b')])],
    {},
    ['roles.0.rules.0: this rule adds nothing to `r/b`'],
  ],
  [
    'two reviews are two questions',
    [role('r', [rule('a', { effect: 'review', review }), rule('b', { effect: 'review', review })])],
    {},
    [],
  ],
  [
    'nobody could approve',
    [role('r', [rule('a', { effect: 'review', review })])],
    people(person('ann', 'a')),
    ['roles.0.rules.0.review.approvers: nobody could approve this (members of `leads`: 0 seen so far)'],
  ],
  [
    'nobody but the caller could approve',
    [role('r', [rule('a', { effect: 'review', review })])],
    people(person('ann', 'a', 'leads')),
    ['roles.0.rules.0.review.approvers: too few could approve a call of ann, who may not approve their own'],
  ],
  [
    'another could',
    [role('r', [rule('a', { effect: 'review', review })])],
    people(person('ann', 'a', 'leads'), person('bob', 'leads')),
    [],
  ],
  [
    'two must, and one could',
    [role('r', [rule('a', { effect: 'review', review: { ...review, approvals: 2 } })])],
    people(person('ann', 'a'), person('bob', 'leads')),
    ['roles.0.rules.0.review.approvers: too few could approve this: 2 must (members of `leads`: 1 seen so far)'],
  ],
]
test.each(cases)('%s', (_, roles, world, want) => {
  expect(findProblems({ roles, masks: [] }, world).map(({ path, message }) => `${path}: ${message}`)).toEqual(want)
})

test('a mask that hides nothing, or is for no connection', () => {
  const masks = [mask({ fields: [] }), mask({ id: 'n', connections: ['shp'] })]
  expect(findProblems({ roles: [], masks }, shop).map(({ path }) => path)).toEqual(['masks.0', 'masks.1.connections'])
})

test('only what must not be published is an error', () => {
  const found = findProblems(
    { roles: [role('r', [rule('a', { when: 'tool.readOnlyHint' }), rule('b', { connections: ['x'] })])], masks: [] },
    shop,
  )
  expect(found.map(({ severity }) => severity)).toEqual(['error', 'warning'])
})
