import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkCel } from '../../../server/policy/check-conditions'
import { parsePolicy } from '../../../server/policy/document'
import { type Clause, type Condition, printCondition, readCondition } from './condition'

const clauses: [cel: string, clause: Clause][] = [
  ['args.amount > 50.0', { kind: 'argument', name: 'amount', operator: '>', values: [50] }],
  ['args.amount <= 0.5', { kind: 'argument', name: 'amount', operator: '<=', values: [0.5] }],
  ['args.name == "a && b"', { kind: 'argument', name: 'name', operator: '==', values: ['a && b'] }],
  ['args["order id"] != "x"', { kind: 'argument', name: 'order id', operator: '!=', values: ['x'] }],
  ['args["in"] == true', { kind: 'argument', name: 'in', operator: '==', values: [true] }],
  ['args.status in ["open", "a, b"]', { kind: 'argument', name: 'status', operator: 'in', values: ['open', 'a, b'] }],
  ['!(args.n in [1.0, 2.0])', { kind: 'argument', name: 'n', operator: 'not in', values: [1, 2] }],
  ['args.path.startsWith("/tmp")', { kind: 'argument', name: 'path', operator: 'startsWith', values: ['/tmp'] }],
  ['args.id.matches("^[a-z]+$")', { kind: 'argument', name: 'id', operator: 'matches', values: ['^[a-z]+$'] }],
  ['has(args.reason)', { kind: 'argument', name: 'reason', operator: 'given', values: [] }],
  ['!has(args.reason)', { kind: 'argument', name: 'reason', operator: 'missing', values: [] }],
  ['sql.readOnly', { kind: 'read-only', is: true }],
  ['!sql.readOnly', { kind: 'read-only', is: false }],
  [
    'sql.tables.all(t, t in ["public.customers"])',
    { kind: 'sql', list: 'tables', only: true, values: ['public.customers'] },
  ],
  ['!sql.verbs.exists(v, v in ["DELETE"])', { kind: 'sql', list: 'verbs', only: false, values: ['DELETE'] }],
  ['http.method in ["GET", "HEAD"]', { kind: 'method', values: ['GET', 'HEAD'] }],
  ['http.path.startsWith("/v1/")', { kind: 'path', prefix: '/v1/' }],
  [
    '(now.getHours("Europe/Berlin") >= 9 && now.getHours("Europe/Berlin") < 17)',
    { kind: 'hours', from: 9, to: 17, zone: 'Europe/Berlin' },
  ],
  ['(now.getHours("UTC") >= 22 || now.getHours("UTC") < 6)', { kind: 'hours', from: 22, to: 6, zone: 'UTC' }],
  ['now.getDayOfWeek("UTC") in [1, 2, 3, 4, 5]', { kind: 'days', days: [1, 2, 3, 4, 5], zone: 'UTC' }],
  ['"oncall" in principal.groups', { kind: 'group', is: true, group: 'oncall' }],
  ['!("oncall" in principal.groups)', { kind: 'group', is: false, group: 'oncall' }],
]

describe('every clause of the builder is CEL that reads as itself', () => {
  for (const [cel, clause] of clauses)
    test(cel, () => {
      expect(printCondition({ join: 'all', clauses: [clause] })).toBe(cel)
      expect(readCondition(cel)).toEqual({ join: 'all', clauses: [clause] })
      expect(() => checkCel(cel)).not.toThrow()
    })
})

test('clauses joined in either way read as they were written', () => {
  const some = fc.subarray(
    clauses.map(([, clause]) => clause),
    { minLength: 2, maxLength: 5 },
  )
  fc.assert(
    fc.property(some, fc.constantFrom('all' as const, 'any' as const), (list, join) => {
      const condition: Condition = { join, clauses: list }
      expect(readCondition(printCondition(condition))).toEqual(condition)
    }),
  )
})

test('any text, names and values, survive the way to CEL and back', () => {
  const value = fc.oneof(
    fc.string({ unit: 'binary' }).filter((text) => !/\p{Cs}/u.test(text)),
    fc.integer(),
    fc.boolean(),
  )
  fc.assert(
    fc.property(fc.string(), value, (name, one) => {
      const clause: Clause = { kind: 'argument', name, operator: '==', values: [one] }
      const cel = printCondition({ join: 'all', clauses: [clause] }) as string
      expect(printCondition(readCondition(cel))).toBe(cel)
      expect(() => checkCel(cel)).not.toThrow()
    }),
  )
})

const unchanged: [what: string, cel: string][] = [
  ['something in parentheses', '(args.a == 1.0 || args.b == 2.0) && sql.readOnly'],
  ['both joins', 'args.a == 1.0 && args.b == 2.0 || sql.readOnly'],
  ['a choice', 'args.a == 1.0 ? sql.readOnly : args.b && args.c'],
  ['a single quote', "args.a == 'x && y' && sql.readOnly"],
  ['a raw string', 'args.a == r"\\" && sql.readOnly && args.b == "\\""'],
  ['a whole number', 'args.amount > 50'],
  ['other spaces', 'args.amount  >  50.0'],
  ['half a condition', 'args.a == 1.0 && '],
  ['no CEL at all', '&& ) "'],
]
for (const [what, cel] of unchanged)
  test(`looking at a condition with ${what} leaves it as it is`, () =>
    expect(printCondition(readCondition(cel))).toBe(cel.trim() === cel ? cel : cel.trim()))

test('a part that says two things is kept together when it is joined', () => {
  const clauses: Clause[] = [
    { kind: 'text', text: 'args.a == 1.0 || args.b == 2.0' },
    { kind: 'read-only', is: true },
  ]
  expect(printCondition({ join: 'all', clauses })).toBe('(args.a == 1.0 || args.b == 2.0) && sql.readOnly')
})

test('the conditions of the demo have forms', () => {
  const read = parsePolicy(readFileSync(join(import.meta.dirname, '../../../server/local/policy.yaml'), 'utf8'))
  if (!read.ok) throw new Error('the demo policy does not read')
  const conditions = read.document.roles.flatMap((role) => role.rules.flatMap(({ when }) => when ?? []))
  expect(conditions.length).toBeGreaterThan(2)
  for (const cel of conditions) {
    expect(readCondition(cel).clauses.map(({ kind }) => kind)).not.toContain('text')
    expect(printCondition(readCondition(cel))).toBe(cel)
  }
})
