import fc from 'fast-check'
import type { Mask, Member, PolicyDocument, ReviewSettings, Role, Rule } from '../../../server/types'

/** Random documents that use every key a file may have, with the texts that people really write and the ones they should not. */

const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,20}$/)
const storable = (text: string) => !/[\0\p{Cs}]/u.test(text)
const text = fc
  .oneof(
    fc.string({ maxLength: 20 }),
    fc.string({ unit: 'grapheme', maxLength: 12 }),
    fc.constantFrom(
      'two\nlines',
      ' spaces around ',
      '["groups","support"]',
      'everyone',
      'Ünïcode 漢字',
      'a, b',
      '"',
      '\t',
    ),
  )
  .filter(storable)
const filled = text.filter((value) => value !== '')

const member: fc.Arbitrary<Member> = fc.oneof(
  { weight: 1, arbitrary: fc.constant('everyone' as const) },
  { weight: 3, arbitrary: fc.record({ claim: fc.constantFrom('groups', 'dept', 'urn:x/y'), value: filled }) },
)
const globs = fc.uniqueArray(
  fc.oneof(fc.constantFrom('*', 'shop', 'get_*', 'query', 'file:///a b/*', 'refund_order', '**', 's*p'), filled),
  { minLength: 1, maxLength: 4 },
)
const action = fc.constantFrom('tools/call', 'resources/read', 'prompts/get', '*', 'tools/*', 'acme/reindex')

const part = fc.constantFrom(
  'args.amount > 50.0',
  'args.amount > 50',
  'args.status in ["open", "a, b"]',
  'args.flag in [true]',
  '!(args.n in [1.0, 2.5e30])',
  'args["order id"] != "x\\ny"',
  'has(args.reason)',
  'sql.readOnly',
  '!sql.readOnly',
  'sql.tables.all(t, t in ["public.customers"])',
  'sql.tables.all(table, table.startsWith("public."))',
  '!sql.verbs.exists(v, v in ["DELETE", "DROP"])',
  'http.method in ["GET"]',
  'http.path.startsWith("/v1/")',
  '(now.getHours("Europe/Berlin") >= 22 || now.getHours("Europe/Berlin") < 6)',
  'now.getDayOfWeek("UTC") in [5, 1]',
  '!("on call" in principal.groups)',
  'principal.claims.dept == "x"',
  "args.a == 'x && y'",
  '(args.a == 1.0 || args.b == 2.0)',
  'args.a == 1.0 ? sql.readOnly : args.b',
  'args.a == 1.0 // a note\n',
  'args.a == """three\nlines"""',
  '  args.a\n    == 1.0  ',
)
const when = fc.oneof(
  fc.constant(null),
  part,
  fc
    .tuple(fc.array(part, { minLength: 2, maxLength: 4 }), fc.constantFrom(' && ', ' || ', '\n&& '))
    .map(([all, join]) => all.join(join)),
)
const minutes = (max: number) => fc.integer({ min: 1, max })
const review: fc.Arbitrary<ReviewSettings> = fc
  .record({
    approvers: fc.array(member, { minLength: 1, maxLength: 3 }),
    approvals: minutes(20),
    scope: fc.constantFrom('call' as const, 'tool' as const),
    maxMinutes: minutes(43_200),
    expiresMinutes: minutes(10_080),
    reason: fc.constantFrom('optional' as const, 'required' as const),
    glass: fc.constantFrom<{ breakGlass?: true }>({}, { breakGlass: true }),
  })
  .map(({ glass, ...rest }) => ({ ...rest, ...glass }))

const rule: fc.Arbitrary<Rule> = fc
  .record({
    id: name,
    effect: fc.constantFrom('allow' as const, 'review' as const, 'deny' as const),
    connections: globs,
    actions: fc.uniqueArray(action, { minLength: 1, maxLength: 3 }),
    resources: globs,
    when,
    review,
  })
  .map((made) => ({ ...made, review: made.effect === 'review' ? made.review : null }))
const role: fc.Arbitrary<Role> = fc.record({
  name,
  description: text,
  members: fc.array(member, { maxLength: 4 }),
  rules: fc.uniqueArray(rule, { selector: ({ id }) => id, maxLength: 5 }),
})
const detectors = ['email', 'credit_card', 'iban', 'jwt', 'private_key', 'aws_key'] as const

/** Right in form, and in every order; what its conditions mean is nobody's matter here. */
export const anyDocumentArb: fc.Arbitrary<PolicyDocument> = fc
  .uniqueArray(role, { selector: (made) => made.name, minLength: 1, maxLength: 4 })
  .chain((roles) =>
    fc.record({
      roles: fc.constant(roles),
      masks: fc.uniqueArray(
        fc.record<Mask>({
          id: name,
          connections: globs,
          resources: globs,
          fields: fc.uniqueArray(filled, { maxLength: 4 }),
          detectors: fc.shuffledSubarray([...detectors]),
          style: fc.constantFrom('null', 'redact', 'hash', 'partial'),
          except: fc.shuffledSubarray(roles.map((made) => made.name)),
        }),
        { selector: ({ id }) => id, maxLength: 4 },
      ),
    }),
  )
