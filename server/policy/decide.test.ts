import { describe, expect, test } from 'vitest'
import type { Call, Decision, Grant, ReviewSettings, Rule } from '../types'
import { compile } from './compile'
import { couldMatch, decide, rolesOf, visible } from './decide'
import { ruleContentHash } from './digest'
import { narrowingProblem } from './grants'

const now = new Date('2026-11-23T12:00:00Z')
const minutes = (count: number) => new Date(now.getTime() + count * 60_000)
const review: ReviewSettings = {
  approvers: [{ claim: 'groups', value: 'leads' }],
  approvals: 1,
  scope: 'tool',
  maxMinutes: 60,
  expiresMinutes: 60,
  reason: 'optional',
}
const gated = (id: string, change: Partial<Rule> = {}): Rule => ({
  id,
  effect: 'review',
  connections: ['shop'],
  actions: ['tools/call'],
  resources: ['refund'],
  when: null,
  review,
  ...change,
})
const call: Call = {
  principal: { id: 'i#alice', email: null, name: 'Alice', groups: ['support'], claims: {}, kind: 'user' },
  client: { id: 'c', name: 'inspector', version: '1' },
  connection: { id: '1', name: 'shop', targetHash: 'h' },
  action: 'tools/call',
  resource: { type: 'tool', id: 'refund' },
  args: { amount: 60 },
  tool: { readOnlyHint: true },
  sql: null,
  http: null,
}
const grant: Grant = {
  id: 'g',
  reviewId: 'r',
  principalId: 'i#alice',
  connectionId: '1',
  digest: 'this',
  action: 'tools/call',
  resource: { type: 'tool', id: 'refund' },
  when: null,
  rules: [ruleContentHash('role', gated('big'))],
  maxUses: 1,
  used: 0,
  endsAt: minutes(5),
  revokedAt: null,
}
const wide = { digest: null, maxUses: null }
const policyOf = (rules: Rule[]) =>
  compile(3, { roles: [{ name: 'role', description: '', members: ['everyone'], rules }], masks: [] })
const decided = (
  rules: Rule[],
  grants: Grant[],
  digest: string | null = 'this',
  change: Partial<Call> = {},
): Decision => decide(policyOf(rules), { ...call, ...change }, { grants, digest }, now)

const one = [gated('big')]
const edited = gated('big', { when: 'args.amount > 10.0' })
const two = [gated('big'), gated('night')]
const bothRules = two.map((rule) => ruleContentHash('role', rule))
const ownCall = [gated('big', { review: { ...review, scope: 'call' } })]
const ownCallHash = ownCall.map((rule) => ruleContentHash('role', rule))

const cases: [
  guarantee: string,
  rules: Rule[],
  grant: Partial<Grant>,
  want: Decision['effect'],
  change?: Partial<Call>,
][] = [
  ['a grant for this call', one, {}, 'allow'],
  ['for other arguments', one, { digest: 'other' }, 'review'],
  ['of somebody else', one, { principalId: 'i#bob' }, 'review'],
  ['on another connection', one, { connectionId: '2' }, 'review'],
  ['ends on time', one, { endsAt: now }, 'review'],
  ['is over', one, { endsAt: minutes(-1) }, 'review'],
  ['is used up', one, { used: 1 }, 'review'],
  ['is revoked', one, { revokedAt: minutes(-1) }, 'review'],
  ['was given for the rule as it was', [edited], {}, 'review'],
  ['names one of two rules that ask', two, {}, 'review'],
  ['names both', two, { rules: bothRules }, 'allow'],
  ['for any call of the tool', one, wide, 'allow'],
  ['for any call of another tool', one, { ...wide, resource: { type: 'tool', id: 'other' } }, 'review'],
  ['for a prompt of that name', one, { ...wide, resource: { type: 'prompt', id: 'refund' } }, 'review'],
  ['for another method', one, { ...wide, action: 'prompts/get' }, 'review'],
  ['for the tool, where the rule gives single calls only', ownCall, { ...wide, rules: ownCallHash }, 'review'],
  ['for the call, where the rule gives single calls only', ownCall, { rules: ownCallHash }, 'allow'],
  ['narrowed to what this is', one, { ...wide, when: 'args.amount < 100' }, 'allow'],
  ['narrowed to what this is not', one, { ...wide, when: 'args.amount < 50' }, 'review'],
  ['narrowed by what cannot be evaluated', one, { ...wide, when: 'args.missing == 1' }, 'review'],
  ['narrowed by what is not a condition', one, { ...wide, when: 'args.amount <' }, 'review'],
  ['narrowed by what the caller chooses', one, { ...wide, when: 'client.name == "inspector"' }, 'review'],
  ['narrowed by what the target chooses', one, { ...wide, when: 'tool.readOnlyHint' }, 'review'],
  ['does not lift a deny', [...one, gated('no', { effect: 'deny', review: null })], {}, 'deny'],
]
describe('promise 5: a review-gated call runs only under a live grant that covers it', () => {
  test.each(cases)('a grant %s', (_, rules, change, want, about) => {
    const decision = decided(rules, [{ ...grant, ...change }], 'this', about)
    expect(decision.effect).toBe(want)
    expect(decision.grantId).toBe(want === 'allow' ? 'g' : null)
    if (want === 'review') expect(decision.asked.map(({ rule }) => rule)).toEqual(rules.map(({ id }) => id))
  })

  test('two grants do not add up: one must name every rule', () => {
    const halves = bothRules.map((rule, at) => ({ ...grant, id: `g${at}`, rules: [rule] }))
    expect(decided(two, halves).effect).toBe('review')
  })

  test('while the digest is not known, a grant for one call covers nothing', () => {
    expect(decided(one, [grant], null).effect).toBe('review')
    expect(decided(one, [{ ...grant, ...wide }], null).effect).toBe('allow')
  })

  test('a use for this very call is spent before a wider grant, and what ends first before what ends later', () => {
    const grants = [
      { ...grant, ...wide, id: 'tool' },
      { ...grant, id: 'late', endsAt: minutes(9) },
      { ...grant, id: 'soon', endsAt: minutes(2) },
    ]
    expect(decided(one, grants).grantId).toBe('soon')
    expect(decided(one, grants.slice(0, 2)).grantId).toBe('late')
    expect(decided(one, grants.slice(0, 1)).grantId).toBe('tool')
  })

  test('why a text cannot narrow a grant', () => {
    expect(narrowingProblem('args.amount < 5.0')).toBeNull()
    expect(narrowingProblem('args.amount <')).toBe('the condition is not complete')
    expect(narrowingProblem('client.id == "x"')).toContain('`client`')
    expect(narrowingProblem('tool.readOnlyHint')).toContain('`tool`')
  })
})

test('a condition that could not be evaluated is told, without any value of the call', () => {
  const rules = [gated('d', { effect: 'deny', review: null, when: 'args.secret == "x"' })]
  expect(decided(rules, [], null, { args: { other: 'hunter2' } }).errors).toEqual([
    'role/d: there is no such field: `args.secret`',
  ])
})

describe('promise 1: nothing is allowed, and nothing is listed, until a rule says so', () => {
  const empty = compile(0, { roles: [], masks: [] })
  test('an empty policy allows, lists and shows nothing', () => {
    expect(decide(empty, call, { grants: [], digest: null }, now)).toMatchObject({
      effect: 'deny',
      reason: 'no-matching-rule',
    })
    expect(couldMatch(empty, call, now)).toBe(false)
    expect(visible(empty, call.principal, 'shop')).toBe(false)
    expect(rolesOf(empty, call.principal)).toEqual([])
  })

  const lists: [what: string, rules: Rule[], shown: boolean][] = [
    ['an allow rule', [gated('a', { effect: 'allow', review: null })], true],
    ['a review rule', one, true],
    ['only a deny rule', [gated('d', { effect: 'deny', review: null })], false],
    ['a deny rule that surely matches', [...one, gated('d', { effect: 'deny', review: null })], false],
    [
      'a deny rule that depends on arguments',
      [...one, gated('d', { effect: 'deny', review: null, when: 'args.amount > 5' })],
      true,
    ],
    [
      'a deny rule that cannot be evaluated whatever the arguments',
      [...one, gated('d', { effect: 'deny', review: null, when: 'principal.claims.x == 1' })],
      false,
    ],
    [
      'an allow rule that depends on arguments',
      [gated('a', { effect: 'allow', review: null, when: 'args.amount > 500' })],
      true,
    ],
    [
      'an allow rule for others',
      [gated('a', { effect: 'allow', review: null, when: '"leads" in principal.groups' })],
      false,
    ],
    [
      'an allow rule that cannot be evaluated',
      [gated('a', { effect: 'allow', review: null, when: 'principal.claims.x == 1' })],
      false,
    ],
    ['a review rule that cannot be evaluated', [gated('a', { when: 'principal.claims.x == 1' })], true],
    ['a rule for something else', [gated('a', { resources: ['other'] })], false],
  ]
  test.each(lists)('a list shows an item or not: %s', (_, rules, shown) => {
    expect(couldMatch(policyOf(rules), { ...call, args: {} }, now)).toBe(shown)
  })

  test('a connection is visible through an allow or review rule that names it', () => {
    expect(visible(policyOf(one), call.principal, 'shop')).toBe(true)
    expect(visible(policyOf(one), call.principal, 'shop2')).toBe(false)
    expect(visible(policyOf([gated('d', { effect: 'deny', review: null })]), call.principal, 'shop')).toBe(false)
  })
})

test('masks add up, and except lifts its own mask only', () => {
  const mask = {
    connections: ['sh*'],
    resources: ['*'],
    fields: ['ssn'],
    detectors: [],
    style: 'redact' as const,
    except: [],
  }
  const policy = compile(1, {
    roles: [{ name: 'dpo', description: '', members: [{ claim: 'groups', value: 'support' }], rules: one }],
    masks: [
      { ...mask, id: 'all' },
      { ...mask, id: 'lifted', except: ['dpo'] },
      { ...mask, id: 'not-mine', except: ['others'] },
      { ...mask, id: 'elsewhere', connections: ['crm'] },
      { ...mask, id: 'other-tool', resources: ['query'] },
    ],
  })
  const ids = (who: Call['principal']) =>
    decide(policy, { ...call, principal: who }, { grants: [], digest: null }, now).masks.map(({ id }) => id)
  expect(ids(call.principal)).toEqual(['all', 'not-mine'])
  expect(ids({ ...call.principal, groups: [] })).toEqual(['all', 'lifted', 'not-mine'])
  expect(policy.masksOn('shop', null).map(({ id }) => id)).toEqual(['all', 'lifted', 'not-mine', 'other-tool'])
})
