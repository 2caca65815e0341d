import { expect, test } from 'vitest'
import { compile } from '../policy/compile'
import { checkDocument, type PolicyDocumentInput } from '../policy/document'
import type { Effect, Mask } from '../types'
import { PreviewTally } from './preview-tally'
import type { RecordedCall } from './recorded-calls'

type Rules = NonNullable<NonNullable<PolicyDocumentInput['roles']>[number]['rules']>

const gives: Record<Effect, Rules> = {
  allow: [{ id: 'read', effect: 'allow' }],
  review: [{ id: 'read', effect: 'review', review: { approvers: [{ claim: 'groups', value: 'leads' }] } }],
  deny: [],
}
const masks: NonNullable<PolicyDocumentInput['masks']> = [{ id: 'pii', fields: ['ssn'], style: 'redact' }]

function policy(version: number, effect: Effect, hides = true, when?: string) {
  const rules = gives[effect].map((rule) => ({ ...rule, ...(when === undefined ? {} : { when }) }))
  const roles = [{ name: 'all', members: ['everyone' as const], rules }]
  const read = checkDocument({ roles, masks: hides ? masks : [] })
  if (!read.ok) throw new Error(read.problems[0]?.message)
  return compile(version, read.document)
}

function recorded(version: number, effect: Effect, hides = true): RecordedCall {
  const at = new Date('2026-11-01T10:00:00Z')
  return {
    ...{ entry: 'e', session: 's', at, person: { id: 'alice', name: 'alice@example.com' } },
    ...{ connection: 'shop', action: 'tools/call', resource: 'get', version },
    kept: {
      ...{
        before: effect,
        effect,
        reason: 'allowed',
        rules: [],
        errors: [],
        grantId: null,
        masks: hides ? ['pii'] : [],
      },
      recorded: {
        ...{ at, person: { id: 'alice', shown: 'alice@example.com', groups: [], kind: 'user' }, named: {}, absent: [] },
        ...{ connection: { id: 'c', name: 'shop' }, action: 'tools/call', resource: 'get', args: {}, isWhole: true },
        ...{ hasFacts: true, sql: null, http: null, tool: null, toolIsPinned: null },
      },
    },
  }
}

const hidden = (): ReadonlyMap<string, Mask> =>
  new Map(policy(1, 'allow').document.masks.map((mask) => [mask.id, mask]))

function judged(call: RecordedCall, draft: ReturnType<typeof policy>, inForce: ReturnType<typeof policy>) {
  const tally = new PreviewTally(draft, inForce, hidden)
  tally.take(call)
  const { same, groups, cannotTell } = tally.end()
  const [group] = groups
  if (group !== undefined) return [group.kind, group.before, group.inForce, group.after, group.isNew]
  return same === 1 ? 'same' : cannotTell.map(({ why }) => why).join()
}

type Told = ['denied' | 'reviewed' | 'allowed' | 'unmasked' | 'masked', Effect, Effect, Effect, boolean] | 'same'
const cases: [what: string, then: Effect, inForce: Effect, draft: Effect, want: Told][] = [
  ['as it went and goes', 'allow', 'allow', 'allow', 'same'],
  ['neither then nor now', 'allow', 'allow', 'deny', ['denied', 'allow', 'allow', 'deny', true]],
  ['already so', 'allow', 'deny', 'deny', ['denied', 'allow', 'deny', 'deny', false]],
  ['already so, and asked then', 'review', 'allow', 'allow', ['allowed', 'review', 'allow', 'allow', false]],
  ['opened again, as it went then', 'allow', 'deny', 'allow', ['allowed', 'allow', 'deny', 'allow', true]],
  ['closed again, as it went then', 'deny', 'allow', 'deny', ['denied', 'deny', 'allow', 'deny', true]],
  ['otherwise than either', 'allow', 'deny', 'review', ['reviewed', 'allow', 'deny', 'review', true]],
]
for (const [what, then, inForce, draft, want] of cases)
  test(`${what}: ${then} then, ${inForce} in force, ${draft} in the draft`, () =>
    expect(judged(recorded(1, then), policy(0, draft), policy(2, inForce))).toEqual(want))

test('what is hidden is told against the version in force too', () => {
  const [hides, shows] = [policy(2, 'allow'), policy(2, 'allow', false)]
  const draft = policy(0, 'allow', false)
  expect(judged(recorded(1, 'allow'), draft, hides)).toEqual(['unmasked', 'allow', 'allow', 'allow', true])
  expect(judged(recorded(1, 'allow'), draft, shows)).toEqual(['unmasked', 'allow', 'allow', 'allow', false])
  expect(judged(recorded(1, 'allow', false), draft, hides)).toEqual(['unmasked', 'allow', 'allow', 'allow', true])
  expect(judged(recorded(1, 'allow', false), draft, shows)).toBe('same')
})

test('what was decided by the version in force is not decided by it again, unless the draft differs', () => {
  const never = policy(2, 'allow')
  never.rolesFor = () => {
    throw new Error('decided again')
  }
  expect(judged(recorded(2, 'allow'), policy(0, 'allow'), never)).toBe('same')
  expect(() => judged(recorded(1, 'allow'), policy(0, 'allow'), never)).toThrow('decided again')
})

test('where the record does not hold what the version in force reads, nothing is called new or old', () => {
  const inForce = policy(2, 'allow', true, 'principal.name == "Alice"')
  expect(judged(recorded(1, 'allow'), policy(0, 'deny'), inForce)).toEqual(['denied', 'allow', null, 'deny', true])
  expect(judged(recorded(1, 'allow'), policy(0, 'allow'), inForce)).toMatch(
    /version 2 in force: .*name was not recorded/,
  )
})
