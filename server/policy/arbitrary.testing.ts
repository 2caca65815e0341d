import fc from 'fast-check'
import type { Call, Effect, Grant, JsonObject, Mask, Member, PolicyDocument, Role, Rule } from '../types'
import { ruleContentHash } from './digest'

/** Random policies and calls over few names, so that they meet often. */

export const now = new Date('2026-11-23T12:00:00Z')
const past = new Date('2026-11-23T11:00:00Z')
const future = new Date('2026-11-23T13:00:00Z')

export type Truth = boolean | 'error'
const not = (truth: Truth): Truth => (truth === 'error' ? 'error' : !truth)
const and = (a: Truth, b: Truth): Truth =>
  a === false || b === false ? false : a === 'error' || b === 'error' ? 'error' : true
const or = (a: Truth, b: Truth): Truth => not(and(not(a), not(b)))

const amount = ({ args }: Call): Truth => (typeof args.n === 'number' ? args.n > 3 : 'error')
const readOnly = ({ sql }: Call): Truth => (sql === null ? 'error' : sql.readOnly)
const dept = ({ principal }: Call): Truth => ('dept' in principal.claims ? principal.claims.dept === 'x' : 'error')

/** Conditions beside what they mean, written out by hand. */
export const conditions: [text: string, truth: (call: Call) => Truth][] = [
  ['args.n > 3', amount],
  ['sql.readOnly', readOnly],
  ['principal.claims.dept == "x"', dept],
  ['"a" in principal.groups', ({ principal }) => principal.groups.includes('a')],
  ['now > timestamp("2026-01-01T00:00:00Z")', () => true],
  ['connection.name == "shop"', ({ connection }) => connection.name === 'shop'],
  ['args.n > 3 || sql.readOnly', (call) => or(amount(call), readOnly(call))],
  ['args.n > 3 && principal.claims.dept == "x"', (call) => and(amount(call), dept(call))],
  ['!(sql.readOnly)', (call) => not(readOnly(call))],
  ['has(args.n)', ({ args }) => args.n !== undefined],
  ['args.list.exists(i, i == "q")', ({ args }) => (Array.isArray(args.list) ? args.list.includes('q') : 'error')],
  [
    'args.list.all(i, i == "q")',
    ({ args }) => (Array.isArray(args.list) ? args.list.every((i) => i === 'q') : 'error'),
  ],
]

const connectionGlobs = ['*', 'shop', 'sh*', 'db', '*p', 's*o*']
const resourceGlobs = ['*', 'get_*', 'get_a', '*_a', 'query', 'g*t_*', '*e*', '**']
const memberArb: fc.Arbitrary<Member> = fc.constantFrom<Member>(
  'everyone',
  { claim: 'groups', value: 'a' },
  { claim: 'groups', value: 'b' },
  { claim: 'dept', value: 'x' },
  { claim: 'teams', value: 't' },
)
const someOf = (values: readonly string[]) => fc.array(fc.constantFrom(...values), { minLength: 1, maxLength: 2 })
const when = fc.oneof(fc.constant(null), fc.constantFrom(...conditions.map(([text]) => text)))

const ruleArb = (id: string): fc.Arbitrary<Rule> =>
  fc
    .record({
      effect: fc.constantFrom<Effect>('allow', 'allow', 'allow', 'review', 'review', 'deny'),
      connections: someOf(connectionGlobs),
      actions: fc.constantFrom<string[]>(['tools/call'], ['*'], ['tools/call', 'resources/read'], ['prompts/*']),
      resources: someOf(resourceGlobs),
      when,
      scope: fc.constantFrom<'call' | 'tool'>('call', 'tool', 'tool'),
      glass: fc.constantFrom<{ breakGlass?: true }>({}, { breakGlass: true }),
    })
    .map(({ scope, glass, ...rule }) => ({
      id,
      ...rule,
      review:
        rule.effect === 'review'
          ? {
              ...{ approvers: ['everyone'], approvals: 1, scope, maxMinutes: 60, expiresMinutes: 60 },
              ...{ reason: 'optional', ...glass },
            }
          : null,
    }))

export const documentArb: fc.Arbitrary<PolicyDocument> = fc.record({
  roles: fc
    .array(fc.tuple(fc.array(memberArb, { maxLength: 2 }), fc.array(fc.constant(null), { maxLength: 4 })), {
      maxLength: 4,
    })
    .chain((roles) =>
      fc.tuple(
        ...roles.map(([members, rules], r) =>
          fc
            .tuple(...rules.map((_, n) => ruleArb(`rule-${n}`)))
            .map((made): Role => ({ name: `role-${r}`, description: '', members, rules: made })),
        ),
      ),
    ),
  masks: fc
    .array(
      fc.record({
        connections: someOf(connectionGlobs),
        resources: someOf(resourceGlobs),
        except: fc.array(fc.constantFrom('role-0', 'role-1'), { maxLength: 2 }),
      }),
      { maxLength: 3 },
    )
    .map((masks) =>
      masks.map((mask, m): Mask => ({ id: `mask-${m}`, fields: ['ssn'], detectors: [], style: 'redact', ...mask })),
    ),
})

export const callArb: fc.Arbitrary<Call> = fc.record({
  principal: fc.record({
    id: fc.constantFrom('i#ann', 'i#bob'),
    email: fc.constant(null),
    name: fc.constant('ann'),
    groups: fc.subarray(['a', 'b', 'c']),
    claims: fc.constantFrom<JsonObject>(
      {},
      { dept: 'x' },
      { dept: 'y', teams: ['t'] },
      { teams: ['u', 't'], dept: 'x' },
    ),
    kind: fc.constant('user' as const),
  }),
  client: fc.constant({ id: 'c', name: 'c', version: '1' }),
  connection: fc.constantFrom({ id: '1', name: 'shop', targetHash: 'h' }, { id: '2', name: 'db', targetHash: 'h' }),
  action: fc.constantFrom('tools/call', 'tools/call', 'resources/read', 'prompts/get'),
  resource: fc.constantFrom('get_a', 'get_b', 'query', 'set_a', '').map((id) => ({ type: 'tool' as const, id })),
  args: fc.constantFrom<JsonObject>(
    {},
    { n: 5 },
    { n: 1 },
    { n: 'many' },
    { list: ['q', 'r'] },
    { list: ['q'], n: 9 },
    { list: 'q' },
  ),
  tool: fc.constant(null),
  sql: fc.constantFrom(
    null,
    { readOnly: true, verbs: [], tables: [], columns: [], functions: [], statements: 1 },
    { readOnly: false, verbs: [], tables: [], columns: [], functions: [], statements: 1 },
  ),
  http: fc.constant(null),
})

const grantsArb = (hashes: string[]): fc.Arbitrary<Grant[]> =>
  fc
    .array(
      fc.record({
        reviewId: fc.constant('r'),
        principalId: fc.constantFrom('i#ann', 'i#bob'),
        connectionId: fc.constantFrom('1', '2'),
        digest: fc.constantFrom(null, 'this', 'other'),
        action: fc.constantFrom('tools/call', 'resources/read'),
        resource: fc.constantFrom('get_a', 'query').map((id) => ({ type: 'tool' as const, id })),
        when,
        rules: fc.oneof(fc.constant(hashes), fc.subarray(hashes)),
        maxUses: fc.constantFrom(null, 1, 2),
        used: fc.constantFrom(0, 1, 2),
        endsAt: fc.constantFrom(past, now, future, new Date(+future + 1)),
        revokedAt: fc.constantFrom(null, null, past),
      }),
      { maxLength: 4 },
    )
    .map((grants) => grants.map((grant, at) => ({ id: `grant-${at}`, ...grant })))

const hashesIn = ({ roles }: PolicyDocument) =>
  roles.flatMap((role) =>
    role.rules.filter((rule) => rule.effect === 'review').map((rule) => ruleContentHash(role.name, rule)),
  )
export const caseArb = documentArb.chain((document) =>
  fc.record({
    document: fc.constant(document),
    call: callArb,
    grants: grantsArb(hashesIn(document)),
    digest: fc.constantFrom(null, 'this'),
  }),
)
