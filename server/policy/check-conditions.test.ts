import { describe, expect, test } from 'vitest'
import type { Effect, JsonObject, PolicyDocument, Rule } from '../types'
import { checkCel, checkConditions, checkRule } from './check-conditions'

const rule = (when: string, change: Partial<Rule> = {}): Rule => ({
  id: 'r',
  effect: 'allow',
  connections: ['shop'],
  actions: ['tools/call'],
  resources: ['*'],
  when,
  review: null,
  ...change,
})
const document = (...rules: Rule[]): PolicyDocument => ({
  roles: [{ name: 'a', description: '', members: ['everyone'], rules }],
  masks: [],
})

const refund: JsonObject = {
  type: 'object',
  required: ['order'],
  properties: {
    order: { type: 'string' },
    amount: { type: 'number' },
    count: { type: 'integer' },
    force: { type: 'boolean' },
    tags: { type: 'array', items: { type: 'string' } },
    lines: { type: 'array', items: { type: 'object', properties: { sku: { type: 'string' } } } },
    to: { type: 'object', properties: { iban: { type: 'string' }, name: { type: ['string', 'null'] } } },
    extra: { anyOf: [{ type: 'string' }, { type: 'number' }] },
    free: { type: 'object' },
  },
}
const tools = {
  shop: [{ name: 'refund_order', inputSchema: refund }],
  other: [{ name: 'anything', inputSchema: null }],
}
const problems = (when: string, change: Partial<Rule> = {}) =>
  checkConditions(document(rule(when, change)), tools).map(({ severity, message }) => `${severity}: ${message}`)

const fits = [
  'args.amount > 50.0',
  'args.amount > 50',
  'args.amount == 50',
  'args.amount != 50',
  '50 == args.amount',
  'args.count in [1, 2, 3]',
  'args.order.startsWith("A-")',
  'args.force',
  '!args.force && has(args.amount)',
  'args.tags.exists(t, t == "vip")',
  '"vip" in args.tags',
  'args.tags.size() > 1',
  'args.lines.all(l, l.sku.startsWith("x"))',
  'args.to.iban.matches("^DE")',
  'args.to.name == null || args.to.name == "x"',
  'args.extra == "x" || args.extra == 5',
  'args.free.whatever == 1',
  'args["order"] == "x"',
  'args.amount * 2.0 > 100.0',
]
test.each(fits)('fits the tool: %s', (when) => expect(problems(when)).toEqual([]))

const misfits: [when: string, message: string][] = [
  ['args.amout > 50.0', 'there is no argument: amout (`shop/refund_order`): the rule never matches there'],
  ['args.to.bic == "x"', 'there is no argument: bic (`shop/refund_order`): the rule never matches there'],
  ['args.amount > "50"', 'no such overload: double > string (`shop/refund_order`): the rule never matches there'],
  ['args.order > 5', 'no such overload: string > int (`shop/refund_order`): the rule never matches there'],
  ['args.amount == "50"', 'no such overload: double == string (`shop/refund_order`): the rule never matches there'],
  [
    'args.count + 1 > 5',
    'no such overload: double + int; numbers in arguments are decimal: write `1.0` for 1 (`shop/refund_order`): the rule never matches there',
  ],
  [
    'args.tags == "vip"',
    'no such overload: list<string> == string (`shop/refund_order`): the rule never matches there',
  ],
  ['args.order', 'the condition is a string, not true or false (`shop/refund_order`): the rule never matches there'],
  ['args.force == 1', 'no such overload: bool == int (`shop/refund_order`): the rule never matches there'],
]
test.each(misfits)('does not fit: %s', (when, message) => expect(problems(when)).toEqual([`error: ${message}`]))

test('a rule that does not allow always matches where it cannot be evaluated, and the admin is told so', () => {
  expect(problems('args.amout > 50.0', { effect: 'deny' })).toEqual([
    'error: there is no argument: amout (`shop/refund_order`): the rule always matches there',
  ])
})

test('what fits some of the tools is a warning', () => {
  const two = {
    shop: [
      ...tools.shop,
      { name: 'get_order', inputSchema: { type: 'object', properties: { id: { type: 'string' } } } },
    ],
  }
  expect(checkConditions(document(rule('args.amount > 5.0')), two)).toMatchObject([
    {
      severity: 'warning',
      path: 'roles.0.rules.0.when',
      message: 'there is no argument: amount (`shop/get_order`): the rule never matches there',
    },
  ])
  expect(checkConditions(document(rule('args.amount > 5.0', { resources: ['refund_*'] })), two)).toEqual([])
})

test('tools without a schema, other connections and other methods are left alone', () => {
  expect(problems('args.amout > 5.0', { connections: ['other'] })).toEqual([])
  expect(problems('args.amout > 5.0', { connections: ['nowhere'] })).toEqual([])
  expect(problems('args.amout > 5.0', { actions: ['prompts/get'] })).toEqual([])
})

const fields: [text: string, message: string][] = [
  ['principal.grups.exists(g, g == "a")', 'no such key: grups'],
  ['sql.readonly', 'no such key: readonly'],
  ['sql.tables == "a"', 'no such overload: list<string> == string'],
  ['sql.readOnly == "true"', 'no such overload: bool == string'],
  ['tool.readOnly', 'no such key: readOnly'],
  ['http.verb == "GET"', 'no such key: verb'],
  ['connection == "shop"', 'no such overload: $connection == string'],
  ['now > "2026"', 'no such overload: google.protobuf.Timestamp > string'],
]
test.each(fields)('a field that does not exist, or is of another type, is refused: %s', (text, message) => {
  expect(() => checkCel(text)).toThrow(message)
})

describe('what the other side claims about itself must not widen access', () => {
  const connections = [
    { name: 'shop', pinned: false },
    { name: 'safe', pinned: true },
  ]
  const cases: [when: string, effect: Effect, connection: string, want: string[]][] = [
    ['client.name == "x"', 'allow', 'safe', ['error']],
    ['client.name == "x"', 'deny', 'safe', ['warning']],
    ['client.name == "x"', 'review', 'safe', ['warning']],
    ['tool.readOnlyHint', 'allow', 'shop', ['error']],
    ['tool.readOnlyHint', 'allow', '*', ['error']],
    ['tool.readOnlyHint', 'allow', 'safe', []],
    ['tool.readOnlyHint', 'deny', 'shop', ['warning']],
    ['tool.readOnlyHint && client.id == "x"', 'allow', 'shop', ['error', 'error']],
    ['args.client == "x"', 'allow', 'shop', []],
  ]
  test.each(cases)('%s, %s, on %s', (when, effect, connection, want) => {
    const found = checkRule(rule(when, { effect, connections: [connection] }), connections)
    expect(found.map(({ severity }) => severity)).toEqual(want)
  })

  test('the words say how it is avoided', () => {
    const [first] = checkRule(rule('client.name == "x"', { effect: 'deny' }), connections)
    expect(first?.message).toBe('this reads `client`: a caller avoids this by naming another client')
  })
})
