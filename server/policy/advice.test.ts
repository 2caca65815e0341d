import { expect, test } from 'vitest'
import type { Call, JsonObject } from '../types'
import { adviceFor } from './advice'
import { compile } from './compile'
import { decide } from './decide'
import { checkDocument } from './document'

const read = checkDocument({
  roles: [
    {
      name: 'support',
      members: [{ claim: 'groups', value: 'support' }],
      rules: [
        { id: 'small', effect: 'allow', resources: ['refund'], when: 'args.amount < 50.0' },
        { id: 'never', effect: 'deny', resources: ['drop'] },
        { id: 'rich', effect: 'deny', resources: ['pay'], when: 'args.amount > 50.0' },
      ],
    },
    {
      name: 'secret',
      members: [{ claim: 'groups', value: 'secret' }],
      rules: [{ id: 'all', effect: 'allow', when: 'args.word == "sesame"' }],
    },
  ],
})
if (!read.ok) throw new Error('the policy of this test does not read')
const policy = compile(7, read.document)

const call = (resource: string, args: JsonObject, groups: string[]): Call => ({
  principal: { id: 'a', email: null, name: 'a', groups, claims: {}, kind: 'user' },
  client: { id: '', name: '', version: '' },
  connection: { id: '', name: 'shop', targetHash: '' },
  action: 'tools/call',
  resource: { type: 'tool', id: resource },
  ...{ args, tool: null, sql: null, http: null },
})

const cases: [what: string, call: Call, want: string][] = [
  [
    'a condition of their own that did not hold',
    call('refund', { amount: 90 }, ['support']),
    'rule `support/small` allows it only if `args.amount < 50.0`; policy version 7',
  ],
  [
    'one that could not be evaluated',
    call('refund', {}, ['support']),
    'rule `support/small` allows it only if `args.amount < 50.0` (there is no such field: `args.amount`); policy version 7',
  ],
  ['the rule that forbids it', call('drop', {}, ['support']), 'rule `support/never` forbids it; policy version 7'],
  [
    'a condition that forbids what it cannot be evaluated on',
    call('pay', {}, ['support']),
    'rule `support/rich` forbids it if `args.amount > 50.0` (there is no such field: `args.amount`); policy version 7',
  ],
  [
    'nothing of theirs speaks of it',
    call('wipe', {}, ['support']),
    'none of your roles (`support`) speaks of it; list what you may use, or ask an administrator; the same call will be denied again; policy version 7',
  ],
  [
    'no role at all',
    call('wipe', {}, []),
    'you have no role; list what you may use, or ask an administrator; the same call will be denied again; policy version 7',
  ],
]
for (const [what, denied, want] of cases)
  test(`promise 10: a denial says what to do, and nothing of roles that are not theirs: ${what}`, () => {
    const decision = decide(policy, denied, { grants: [], digest: null }, new Date('2026-11-23T12:00:00Z'))
    expect(adviceFor(policy, denied, decision)).toBe(want)
  })
