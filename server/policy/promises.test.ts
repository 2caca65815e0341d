import { describe, expect, test } from 'vitest'
import type { Call, Effect } from '../types'
import { compile } from './compile'
import { decide } from './decide'
import { checkDocument } from './document'

const approvers = [{ claim: 'groups', value: 'leads' }]

type Given = { effect: Effect; when?: string; resources?: string[] }

/** The decision on `write` with `args`, under one role of everybody for each list of rules. */
function decided(roles: Given[][], args: Call['args'] = {}) {
  const read = checkDocument({
    roles: roles.map((rules, r) => ({
      name: `role-${r}`,
      members: ['everyone'],
      rules: rules.map((rule, n) => ({
        id: `rule-${n}`,
        ...rule,
        ...(rule.effect === 'review' ? { review: { approvers } } : {}),
      })),
    })),
  })
  if (!read.ok) throw new Error(read.problems.map(({ message }) => message).join('\n'))
  const call: Call = {
    principal: { id: 'alice', email: null, name: 'alice', groups: [], claims: {}, kind: 'user' },
    client: { id: '', name: '', version: '' },
    connection: { id: 'c', name: 'shop', targetHash: '' },
    action: 'tools/call',
    resource: { type: 'tool', id: 'write' },
    args,
    tool: null,
    sql: null,
    http: null,
  }
  return decide(compile(1, read.document), call, { grants: [], digest: null }, new Date())
}

const orders: Effect[][] = [
  ['allow', 'review', 'deny'],
  ['deny', 'review', 'allow'],
  ['review', 'allow', 'deny'],
  ['deny', 'allow'],
  ['allow', 'deny', 'allow', 'allow'],
  ['review', 'allow'],
  ['allow', 'allow', 'review'],
  ['allow'],
  ['review'],
  ['deny'],
]
const strictest = (effects: Effect[]): Effect =>
  effects.includes('deny') ? 'deny' : effects.includes('review') ? 'review' : 'allow'

describe('promise 2: the strictest matching rule wins, wherever it stands', () => {
  for (const effects of orders) {
    const rules = effects.map((effect) => ({ effect }))
    test(`${effects.join(', ')} in one role`, () => {
      expect(decided([rules]).effect).toBe(strictest(effects))
    })
    test(`${effects.join(', ')} in a role each`, () => {
      expect(decided(rules.map((rule) => [rule])).effect).toBe(strictest(effects))
    })
  }

  test('a wide deny beats a narrow allow', () => {
    const rules: Given[] = [
      { effect: 'allow', resources: ['write'] },
      { effect: 'deny', resources: ['*'] },
    ]
    expect(decided([rules])).toMatchObject({ effect: 'deny', reason: 'forbidden' })
  })

  test('a rule about something else changes nothing', () => {
    expect(decided([[{ effect: 'deny', resources: ['read'] }, { effect: 'allow' }]]).effect).toBe('allow')
    expect(decided([[{ effect: 'allow', resources: ['read'] }]])).toMatchObject({
      effect: 'deny',
      reason: 'no-matching-rule',
    })
  })
})

/** Conditions that cannot be evaluated on these arguments. */
const unevaluable: [why: string, when: string, args: Call['args']][] = [
  ['a missing argument', 'args.amount < 50.0', {}],
  ['a missing argument, negated', '!(args.amount > 50.0)', {}],
  ['another type', 'args.amount < 50.0', { amount: 'ten' }],
  ['null where a number stands', 'args.amount < 50.0', { amount: null }],
  ['SQL where there is none', 'sql.readOnly', {}],
  ['SQL where there is none, negated', '!sql.readOnly', {}],
  ['HTTP where there is none', 'http.method == "GET"', {}],
  ['a division by zero', '1 / args.n == 1', { n: 0 }],
  ['a value that is not true or false', 'args.flag', { flag: 'yes' }],
]

describe('promise 3: a condition that cannot be evaluated never widens access', () => {
  for (const [why, when, args] of unevaluable) {
    test(`${why}: an allow rule does not match`, () => {
      expect(decided([[{ effect: 'allow', when }]], args).effect).toBe('deny')
    })
    test(`${why}: a deny rule matches`, () => {
      expect(decided([[{ effect: 'allow' }, { effect: 'deny', when }]], args).effect).toBe('deny')
    })
    test(`${why}: a review rule matches`, () => {
      expect(decided([[{ effect: 'allow' }, { effect: 'review', when }]], args).effect).toBe('review')
    })
  }
})
