import { fromJsonSchema } from '@modelcontextprotocol/server'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { DetectorName, Json, JsonObject, MaskStyle } from '../types'
import { compileMasks, fulfil } from './fulfil'

type Fitting = { schema: JsonObject; value: Json }
const fits = (schema: JsonObject, value: fc.Arbitrary<Json>): fc.Arbitrary<Fitting> =>
  value.map((one) => ({ schema, value: one }))

const mail = fc.stringMatching(/^[a-z]{3,8}@[a-z]{3,8}\.example$/)
const leaf: fc.Arbitrary<Fitting> = fc.oneof(
  fits({ type: 'string' }, fc.oneof(fc.string(), mail)),
  fits({ type: 'string', minLength: 3, maxLength: 40 }, fc.oneof(mail, fc.stringMatching(/^[a-z]{3,40}$/))),
  fits({ type: 'string', format: 'email' }, mail),
  fits({ type: 'string', format: 'date' }, fc.constant('1980-02-03')),
  fits({ type: 'string', format: 'date-time' }, fc.constant('1980-02-03T04:05:06Z')),
  fits({ type: 'string', format: 'uri' }, fc.constant('https://example.test/ada')),
  fits({ type: 'string', format: 'uuid' }, fc.uuid()),
  fits({ type: 'string', pattern: '^\\d{3}-\\d{2}-\\d{4}$' }, fc.stringMatching(/^\d{3}-\d{2}-\d{4}$/)),
  fits({ type: 'string', enum: ['basic', 'gold'] }, fc.constantFrom('basic', 'gold')),
  fits({ const: 'gold' }, fc.constant('gold')),
  fits({ type: ['string', 'null'] }, fc.oneof(mail, fc.constant(null))),
  fits({ type: 'integer' }, fc.integer()),
  fits({ type: 'integer', minimum: 10, maximum: 20 }, fc.integer({ min: 10, max: 20 })),
  fits({ type: 'number', exclusiveMinimum: 0 }, fc.double({ min: 0.5, max: 1e9, noNaN: true })),
  fits(
    { type: 'integer', multipleOf: 5, minimum: 1 },
    fc.integer({ min: 1, max: 100 }).map((n) => n * 5),
  ),
  fits({ type: 'boolean' }, fc.boolean()),
  fits({ $ref: '#/$defs/name' }, mail),
  fits({ anyOf: [{ type: 'integer' }, { type: 'string', minLength: 1 }] }, fc.oneof(mail, fc.integer())),
  fits({ oneOf: [{ type: 'null' }, { type: 'boolean' }] }, fc.oneof(fc.boolean(), fc.constant(null))),
)

const keys = ['ssn', 'email', 'name', 'note'] as const
const objectOf = (inner: fc.Arbitrary<Fitting>): fc.Arbitrary<Fitting> =>
  fc
    .tuple(
      fc.uniqueArray(fc.tuple(fc.constantFrom(...keys), inner), { selector: ([key]) => key, minLength: 1 }),
      fc.boolean(),
    )
    .map(([members, closed]) => ({
      schema: {
        type: 'object',
        properties: Object.fromEntries(members.map(([key, { schema }]) => [key, schema])),
        required: members.map(([key]) => key),
        ...(closed ? { additionalProperties: false } : {}),
      },
      value: Object.fromEntries(members.map(([key, { value }]) => [key, value])),
    }))
const listOf = (inner: fc.Arbitrary<Fitting>): fc.Arbitrary<Fitting> =>
  fc.tuple(inner, fc.integer({ min: 1, max: 3 })).map(([{ schema, value }, length]) => ({
    schema: { type: 'array', items: schema, minItems: 1 },
    value: Array.from({ length }, () => value),
  }))
const mapOf = (inner: fc.Arbitrary<Fitting>): fc.Arbitrary<Fitting> =>
  inner.map(({ schema, value }) => ({
    schema: { type: 'object', additionalProperties: schema },
    value: { ssn: value, x: value },
  }))

const inner = fc.oneof({ weight: 3, arbitrary: leaf }, objectOf(leaf), listOf(leaf), mapOf(leaf))
const content = objectOf(fc.oneof(inner, objectOf(inner), listOf(objectOf(leaf))))

const styles: MaskStyle[] = ['null', 'redact', 'hash', 'partial']
const detectors: DetectorName[] = ['email']

const soak = process.env.SOAK === '1'

test('masked structured content satisfies the output schema of its tool, as the official SDK checks it, in a result and in a task’s', {
  timeout: soak ? 1_800_000 : 60_000,
}, () => {
  const property = fc.property(
    content,
    fc.subarray([...keys]),
    fc.constantFrom(...styles),
    fc.boolean(),
    (made, fields, style, inTask) => {
      const outputSchema: JsonObject = { ...made.schema, $defs: { name: { type: 'string' } } }
      const validate = fromJsonSchema(outputSchema as never)['~standard'].validate
      const isValid = (value: Json) => (validate(value) as { issues?: unknown[] }).issues === undefined
      fc.pre(isValid(made.value))
      const mask = { id: 'm', connections: ['*'], resources: ['*'], fields, detectors, style, except: [] }
      const result: JsonObject = { content: [], structuredContent: made.value }
      const message = { jsonrpc: '2.0', id: 1, result: inTask ? { taskId: 't', status: 'completed', result } : result }
      const answer = fulfil(message, compileMasks([mask], new Uint8Array(32), [], { outputSchema }))
      if ('failed' in answer) return
      const outer = answer.message.result as JsonObject
      const { structuredContent } = (inTask ? outer.result : outer) as { structuredContent: Json }
      expect(isValid(structuredContent), JSON.stringify({ outputSchema, before: made.value, structuredContent })).toBe(
        true,
      )
      for (const field of fields)
        if (
          typeof (made.value as JsonObject)[field] === 'string' &&
          String((made.value as JsonObject)[field]).includes('@')
        )
          expect(JSON.stringify(structuredContent)).not.toContain((made.value as JsonObject)[field])
    },
  )
  fc.assert(property, { numRuns: soak ? 20_000 : 400 })
})
