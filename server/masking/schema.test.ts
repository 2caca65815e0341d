import { expect, test } from 'vitest'
import type { Json, JsonObject } from '../types'
import { compileMasks, fulfil } from './fulfil'

/** Structured content `{ v: value }` with `v` masked by `null`, under a schema for `v`. */
function masked(value: Json, schema: Json, style: 'null' | 'redact' = 'null', more: JsonObject = {}): Json {
  const outputSchema = { type: 'object', properties: { v: schema }, ...more }
  const mask = { id: 'm', connections: ['*'], resources: ['*'], fields: ['v'], detectors: [], style, except: [] }
  const message = { jsonrpc: '2.0', id: 1, result: { content: [], structuredContent: { v: value } } }
  const answer = fulfil(message, compileMasks([mask], new Uint8Array(32), [], { outputSchema }))
  return (answer as unknown as { message: { result: { structuredContent: { v: Json } } } }).message.result
    .structuredContent.v
}

const cases: [guarantee: string, value: Json, schema: Json, want: Json][] = [
  ['null where the schema allows it', 'secret', { type: ['string', 'null'] }, null],
  ['null where an alternative allows it', 'secret', { anyOf: [{ type: 'string' }, { type: 'null' }] }, null],
  ['null where nothing is said', 'secret', {}, null],
  ['an empty text', 'secret', { type: 'string' }, ''],
  ['a text as long as it must be', 'secret', { type: 'string', minLength: 3 }, '***'],
  ['a date', '1980-02-03', { type: 'string', format: 'date' }, '1970-01-01'],
  ['an address that nobody has', 'a@b.example', { type: 'string', format: 'email' }, 'masked@masked.invalid'],
  ['what a pattern fixes', '123-45-6789', { type: 'string', pattern: '^\\d{3}-\\d{2}-\\d{4}$' }, '000-00-0000'],
  ['one of an enumeration, always the same', 'gold', { type: 'string', enum: ['basic', 'gold'] }, 'basic'],
  ['zero', 5, { type: 'integer' }, 0],
  ['the least number', 50, { type: 'number', minimum: 10 }, 10],
  ['more than a limit', 50, { type: 'integer', exclusiveMinimum: 10 }, 11],
  ['false', true, { type: 'boolean' }, false],
  ['what a reference says', 'secret', { $ref: '#/$defs/text' }, ''],
  ['each of a list', ['a', 'b'], { type: 'array', items: { type: 'string' } }, ['', '']],
  ['each member', { x: 'a', y: 5 }, { properties: { x: { type: 'string' }, y: { type: 'integer' } } }, { x: '', y: 0 }],
]
test.each(cases)('a hidden value becomes %s', (_guarantee, value, schema, want) => {
  expect(masked(value, schema, 'null', { $defs: { text: { type: 'string' } } })).toEqual(want)
})

test('what redact puts in its place also satisfies the schema', () => {
  expect(masked('a@b.example', { type: 'string', format: 'email' }, 'redact')).toBe('masked@masked.invalid')
  expect(masked('secret', { type: 'string', maxLength: 3 }, 'redact')).toBe('')
  expect(masked('secret', { type: 'string' }, 'redact')).toBe('[masked]')
})

test('a pattern made to be slow is answered, not tried forever', () => {
  expect(masked(`${'a'.repeat(40)}!`, { type: 'string', pattern: '^(a+)+$' }, 'redact')).not.toContain('aaa')
})
