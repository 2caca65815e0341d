import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../server/types'
import { argumentsOf, fieldsOf } from './argument-fields'

const schema: JsonObject = {
  type: 'object',
  properties: {
    order_id: { type: 'integer', description: 'Which order' },
    amount: { type: 'number' },
    reason: { type: 'string' },
    fast: { type: 'boolean' },
    way: { enum: ['card', 'cash'] },
    items: { type: 'array' },
  },
  required: ['order_id'],
}
const args: JsonObject = { order_id: 7, amount: 90.5, items: [{ n: 1 }], extra: { a: null } }
const change = (name: string, text: string) =>
  fieldsOf(args, schema).map((field) => (field.name === name ? { ...field, text } : field))

test('a form that nobody touched stands for exactly the same arguments', () => {
  expect(argumentsOf(fieldsOf(args, schema))).toEqual({ args })
  expect(argumentsOf(fieldsOf(args, null))).toEqual({ args })
  expect(argumentsOf(fieldsOf({ reason: '', flag: false, zero: 0 }, schema))).toMatchObject({
    problems: { order_id: 'this must be there' },
  })
})

const changed: [name: string, text: string, want: JsonObject][] = [
  ['amount', '40', { amount: 40 }],
  ['reason', 'broken', { reason: 'broken' }],
  ['fast', 'true', { fast: true }],
  ['way', 'cash', { way: 'cash' }],
  ['items', '[]', { items: [] }],
  ['extra', '"x"', { extra: 'x' }],
]
describe('what is changed becomes a value of its type', () => {
  for (const [name, text, want] of changed)
    test(`${name} = ${text}`, () => expect(argumentsOf(change(name, text))).toEqual({ args: { ...args, ...want } }))
})

test('what is emptied goes away, unless the tool needs it', () => {
  const { amount: _, ...rest } = args
  expect(argumentsOf(change('amount', ' '))).toEqual({ args: rest })
  expect(argumentsOf(change('order_id', ''))).toEqual({ problems: { order_id: 'this must be there' } })
})

for (const [name, text] of [
  ['order_id', '7.5'],
  ['amount', 'lots'],
  ['amount', 'Infinity'],
  ['fast', 'maybe'],
  ['items', '[1,'],
] as const)
  test(`${name} cannot be \`${text}\``, () =>
    expect(argumentsOf(change(name, text))).toHaveProperty(`problems.${name}`))
