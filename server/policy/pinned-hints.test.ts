import { describe, expect, test } from 'vitest'
import type { Call, Effect } from '../types'
import { toolAccess } from './ahead'
import { compile } from './compile'
import { couldMatch, decide } from './decide'
import { checkDocument } from './document'
import { decideRecorded, type Recorded } from './recorded'
import { toolReaders } from './tool-readers'

const policyOf = (effect: Effect, when: string) => {
  const read = checkDocument({
    roles: [
      {
        ...{ name: 'all', members: ['everyone'] },
        rules: [
          {
            ...{ id: 'hinted', effect, connections: ['shop'], when },
            ...(effect === 'review' ? { review: { approvers: ['everyone'] } } : {}),
          },
          ...(effect === 'deny' ? [{ id: 'rest', effect: 'allow', connections: ['shop'] }] : []),
        ],
      },
    ],
    masks: [],
  })
  if (!read.ok) throw new Error(JSON.stringify(read.problems))
  return compile(1, read.document)
}
const principal = { id: 'a', email: null, name: 'alice', groups: [], claims: {}, kind: 'user' as const }
const callOf = (toolIsPinned: boolean | undefined): Call => ({
  principal,
  client: { id: '', name: '', version: '' },
  connection: { id: 's', name: 'shop', targetHash: '' },
  ...{ action: 'tools/call', resource: { type: 'tool', id: 'read' }, args: {}, sql: null, http: null },
  tool: { readOnlyHint: true },
  ...(toolIsPinned === undefined ? {} : { toolIsPinned }),
})
const nothing = { grants: [], digest: null }
const now = new Date()

const hinted = 'tool.readOnlyHint'
const cases: [guarantee: string, effect: Effect, when: string, pinned: boolean | undefined, want: Effect][] = [
  ['an allow rule goes by pinned hints', 'allow', hinted, true, 'allow'],
  ['by no others', 'allow', hinted, false, 'deny'],
  ['nor where it is not said', 'allow', hinted, undefined, 'deny'],
  ['a part of a condition is enough', 'allow', `principal.name == "alice" || ${hinted}`, false, 'deny'],
  ['in whatever way it reads them', 'allow', '!has(tool.destructiveHint)', false, 'deny'],
  ['a deny rule may go by any', 'deny', hinted, false, 'deny'],
  ['and is no stricter than it says', 'deny', `!${hinted}`, false, 'allow'],
  ['a review rule may, too', 'review', hinted, false, 'review'],
]
describe('what a target says of its tools widens access only as it was accepted', () => {
  for (const [guarantee, effect, when, pinned, want] of cases)
    test(guarantee, () => {
      const policy = policyOf(effect, when)
      expect(decide(policy, callOf(pinned), nothing, now).effect).toBe(want)
      expect(couldMatch(policy, callOf(pinned), now), 'a list says the same').toBe(want !== 'deny')
      const { tool = null, toolIsPinned = false } = callOf(pinned)
      const shop = { id: 's', name: 'shop', targetHash: '' }
      const ahead = toolAccess(policy, principal, shop, { name: 'read', tool, toolIsPinned }, now)
      expect(ahead.access === 'denied', 'and so does what is told ahead').toBe(want === 'deny')
    })

  test('the decision says why', () => {
    expect(decide(policyOf('allow', hinted), callOf(false), nothing, now).errors).toEqual([
      'all/hinted: `tool` may let nothing through here: the tools of this connection are not pinned strictly',
    ])
  })

  test('an administrator sees which rules it touches', () => {
    expect(toolReaders(policyOf('allow', hinted), 'shop')).toEqual(['all/hinted'])
    expect(toolReaders(policyOf('allow', hinted), 'other')).toEqual([])
    expect(toolReaders(policyOf('deny', hinted), 'shop')).toEqual([])
  })
})

const recorded = (toolIsPinned: boolean | null): Recorded => ({
  at: now,
  person: { id: 'a', shown: 'alice', groups: [], kind: 'user' },
  ...{ named: {}, absent: [], connection: { id: 's', name: 'shop' }, action: 'tools/call', resource: 'read' },
  ...{ args: {}, isWhole: true, hasFacts: true, sql: null, http: null, tool: { readOnlyHint: true }, toolIsPinned },
})
const retold: [what: string, pinned: boolean | null, want: object][] = [
  ['with pinned hints', true, { decision: { effect: 'allow' } }],
  ['with others', false, { decision: { effect: 'deny' } }],
  ['of which that was not recorded', null, { cannotTell: 'whether its tools were pinned was not recorded' }],
]
for (const [what, pinned, want] of retold)
  test(`a call ${what} is decided again as it would have been, or not at all`, () =>
    expect(decideRecorded(policyOf('allow', hinted), recorded(pinned))).toMatchObject(want))
