import { expect, test } from 'vitest'
import type { Principal } from '../types'
import { toolAccess } from './ahead'
import { compile } from './compile'
import { checkDocument } from './document'

const review = (id: string, resources: string[], scope: 'call' | 'tool', when?: string) => ({
  ...{ id, effect: 'review', connections: ['shop'], resources },
  ...(when === undefined ? {} : { when }),
  review: { approvers: ['everyone'], scope },
})
const rules = [
  { id: 'read', effect: 'allow', connections: ['shop'], resources: ['get', 'refund', 'some', 'gone', 'broken'] },
  { id: 'few', effect: 'allow', connections: ['shop'], resources: ['maybe'], when: 'args.n < 3.0' },
  { id: 'no', effect: 'deny', connections: ['shop'], resources: ['gone'] },
  { id: 'some-no', effect: 'deny', connections: ['shop'], resources: ['some'], when: 'args.n > 3.0' },
  { id: 'odd', effect: 'deny', connections: ['shop'], resources: ['broken'], when: 'principal.claims.nobody == 1' },
  review('big', ['refund'], 'tool', 'args.amount > 50.0'),
  review('each', ['drop'], 'call'),
  review('mine', ['other'], 'tool', 'principal.name == "bob"'),
]
const read = checkDocument({ roles: [{ name: 'support', members: ['everyone'], rules }], masks: [] })
if (!read.ok) throw new Error(JSON.stringify(read.problems))
const policy = compile(1, read.document)
const alice: Principal = { id: 'a', email: null, name: 'alice', groups: [], claims: {}, kind: 'user' }

const cases: [tool: string, access: string, depends: boolean, asked: string[]][] = [
  ['get', 'allowed', false, []],
  ['maybe', 'allowed', true, []],
  ['refund', 'asks', true, ['big']],
  ['drop', 'asks-each', false, ['each']],
  ['gone', 'denied', false, []],
  ['some', 'allowed', true, []],
  ['broken', 'denied', false, []],
  ['other', 'denied', false, []],
  ['unheard-of', 'denied', false, []],
]
for (const [tool, access, depends, asked] of cases)
  test(`what alice may do with \`${tool}\`: ${access}`, () => {
    const shop = { id: 's', name: 'shop', targetHash: '' }
    const found = toolAccess(policy, alice, shop, { name: tool, tool: null }, new Date())
    expect(found).toMatchObject({ access, depends })
    expect(found.asked.map(({ rule }) => rule)).toEqual(asked)
  })
