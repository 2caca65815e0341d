import { expect, test } from 'vitest'
import type { Decision, Mask, PolicyDocument, ReviewSettings, Rule } from '../types'
import { decisionInWords, diffPolicies, maskInWords, membersInWords, ruleInWords } from './words'

const review: ReviewSettings = {
  approvers: [{ claim: 'groups', value: 'leads' }],
  approvals: 1,
  scope: 'call',
  maxMinutes: 60,
  expiresMinutes: 90,
  reason: 'optional',
}
const rule = (change: Partial<Rule>): Rule => ({
  id: 'r',
  effect: 'allow',
  connections: ['shop'],
  actions: ['tools/call', 'resources/read', 'prompts/get'],
  resources: ['*'],
  when: null,
  review: null,
  ...change,
})

const rules: [rule: Partial<Rule>, words: string][] = [
  [{}, 'may use anything on `shop`'],
  [
    { actions: ['tools/call'], resources: ['get_*', 'list_*', 'query'] },
    'may call `get_*`, `list_*` and `query` on `shop`',
  ],
  [{ actions: ['resources/read'] }, 'may read every resource on `shop`'],
  [
    { actions: ['tools/call', 'prompts/get'], resources: ['x'], connections: ['a', 'b'] },
    'may call or get `x` on `a` and `b`',
  ],
  [{ effect: 'deny', connections: ['*'], actions: ['tools/call'] }, 'may never call every tool on every connection'],
  [{ when: 'sql.readOnly' }, 'may use anything on `shop` if `sql.readOnly`'],
  [
    { effect: 'review', review },
    'may, once approved, use anything on `shop`; one of the members of `leads` approves this call for at most 1 hour; a question ends after 90 minutes',
  ],
  [
    {
      effect: 'review',
      review: { ...review, approvers: ['everyone'], approvals: 2, scope: 'tool', maxMinutes: 1440, reason: 'required' },
    },
    'may, once approved, use anything on `shop`; 2 of all people approve this tool for at most 1 day; a question ends after 90 minutes, and the caller must say why',
  ],
  [
    { effect: 'review', review: { ...review, breakGlass: true } },
    'may, once approved, use anything on `shop`; one of the members of `leads` approves this call for at most 1 hour; a question ends after 90 minutes; in an emergency two administrators may break the glass',
  ],
]
test.each(rules)('a rule in words: %#', (change, words) => expect(ruleInWords(rule(change))).toBe(words))

test('members in words', () => {
  expect(membersInWords([])).toBe('nobody')
  expect(membersInWords(['everyone'])).toBe('everyone')
  expect(
    membersInWords([
      { claim: 'groups', value: 'a' },
      { claim: 'dept', value: 'x' },
    ]),
  ).toBe('members of `a` or people whose `dept` is `x`')
})

const mask: Mask = {
  id: 'pii',
  connections: ['shop'],
  resources: ['*'],
  fields: ['ssn'],
  detectors: ['email'],
  style: 'partial',
  except: [],
}
test('a mask in words', () => {
  expect(maskInWords(mask)).toBe('shows only a part of `ssn` and e-mail addresses in every reply on `shop`')
  expect(maskInWords({ ...mask, connections: ['*'], resources: ['get_*'], style: 'null', except: ['dpo'] })).toBe(
    'replaces with null `ssn` and e-mail addresses in replies of `get_*` on every connection, except for `dpo`',
  )
})

const decision: Decision = {
  effect: 'allow',
  reason: 'allowed',
  rules: [{ role: 'a', rule: 'x', effect: 'allow' }],
  asked: [],
  grantId: null,
  masks: [],
  errors: [],
  version: 4,
}
const decisions: [change: Partial<Decision>, words: string][] = [
  [{}, 'allowed by `a/x`, policy version 4'],
  [
    { effect: 'deny', reason: 'no-matching-rule', rules: [] },
    'denied: no rule of any role this person has allows it, policy version 4',
  ],
  [
    {
      effect: 'deny',
      reason: 'forbidden',
      rules: [
        { role: 'a', rule: 'd', effect: 'deny' },
        { role: 'a', rule: 'x', effect: 'allow' },
      ],
    },
    'denied by `a/d`, policy version 4',
  ],
  [
    {
      effect: 'deny',
      reason: 'forbidden',
      rules: [{ role: 'a', rule: 'd', effect: 'deny' }],
      errors: ['a/d: there is no such field: `args.n`'],
    },
    'denied by `a/d`, policy version 4; a condition could not be evaluated: a/d: there is no such field: `args.n`',
  ],
  [
    {
      effect: 'review',
      reason: 'review-required',
      rules: [{ role: 'a', rule: 'q', effect: 'review' }],
      asked: [{ role: 'a', rule: 'q', effect: 'review', contentHash: 'h', review }],
    },
    'waits for approval because of `a/q`, policy version 4; `a/q`: one of the members of `leads` approves this call for at most 1 hour; a question ends after 90 minutes',
  ],
  [
    { reason: 'tool-quarantined', rules: [{ role: 'a', rule: 'x', effect: 'allow' }] },
    'refused because its tool was in quarantine, else decided by `a/x`, policy version 4',
  ],
  [
    { rules: [{ role: 'a', rule: 'q', effect: 'review' }], grantId: 'g' },
    'allowed by an approval asked for by `a/q`, policy version 4',
  ],
]
test.each(decisions)('a decision in words: %#', (change, words) =>
  expect(decisionInWords({ ...decision, ...change })).toBe(words),
)

const before: PolicyDocument = {
  roles: [
    {
      name: 'support',
      description: 'x',
      members: [{ claim: 'groups', value: 'support' }],
      rules: [rule({ id: 'read', resources: ['get_*'] }), rule({ id: 'gone' })],
    },
    { name: 'old', description: '', members: ['everyone'], rules: [] },
  ],
  masks: [mask],
}
const after: PolicyDocument = {
  roles: [
    { name: 'new', description: '', members: [], rules: [rule({ id: 'n' })] },
    {
      name: 'support',
      description: 'x',
      members: ['everyone'],
      rules: [
        rule({ id: 'asked', effect: 'deny' }),
        rule({ id: 'read', resources: ['list_*', 'get_*'], when: 'args.n > 1.0' }),
      ],
    },
  ],
  masks: [{ ...mask, style: 'redact', fields: ['ssn', 'phone'] }],
}

test('what a draft changes, in words', () => {
  expect(diffPolicies(before, after).map(({ text }) => text)).toEqual([
    '`support` is for everyone, was for members of `support`',
    'rule `support/read`: resources gain `list_*` and only if `args.n > 1.0`, had no condition',
    'rule `support/gone` is removed: may use anything on `shop`',
    'new rule `support/asked`: may never use anything on `shop`',
    'role `old` of everyone is removed',
    'new role `new` for nobody',
    'new rule `new/n`: may use anything on `shop`',
    'mask `pii`: style `redact`, was `partial` and fields gain `phone`',
  ])
})

test('the same rules in another order are no change', () => {
  const turned = {
    roles: [...before.roles].reverse().map((role) => ({ ...role, rules: [...role.rules].reverse() })),
    masks: before.masks,
  }
  expect(diffPolicies(before, turned)).toEqual([])
  expect(diffPolicies(before, structuredClone(before))).toEqual([])
})

test('a change carries what was and what is', () => {
  const [change] = diffPolicies(before, {
    ...before,
    roles: [
      {
        ...before.roles[0]!,
        rules: [rule({ id: 'read', effect: 'deny', resources: ['get_*'] }), rule({ id: 'gone' })],
      },
      before.roles[1]!,
    ],
  })
  expect(change).toMatchObject({
    kind: 'changed',
    what: 'rule',
    role: 'support',
    id: 'read',
    text: 'rule `support/read`: now `deny`, was `allow`',
    before: { effect: 'allow' },
    after: { effect: 'deny' },
  })
})
