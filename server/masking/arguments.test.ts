import { expect, test } from 'vitest'
import type { JsonObject } from '../types'
import { maskArguments, maskTogether } from './arguments'
import { compileMasks } from './fulfil'

const mask = {
  id: 'pii',
  connections: ['*'],
  resources: ['*'],
  fields: ['ssn'],
  detectors: ['email' as const, 'credit_card' as const],
  style: 'redact' as const,
  except: [],
}
const masker = compileMasks([mask], new Uint8Array(32), ['s3cr3t-value'])

const cases: [args: JsonObject, want: JsonObject][] = [
  [
    { ssn: '1-2-3', id: 5 },
    { ssn: '[masked]', id: 5 },
  ],
  [
    { to: 'a@b.example', token: 's3cr3t-value' },
    { to: '[masked]', token: '[masked]' },
  ],
  [{ sql: "select * from c where ssn = '1-2-3'" }, { sql: "select * from c where ssn = '[masked]'" }],
  [{ sql: 'update c set ssn = 5, city = 6' }, { sql: 'update c set ssn = [masked], city = 6' }],
  [{ card: 4111111111111111 }, { card: 0 }],
  [
    { type: 'a@b.example', method: 'x' },
    { type: '[masked]', method: 'x' },
  ],
  [{}, {}],
]
test.each(cases)('the record keeps of %j: %j', (args, want) => {
  expect(maskArguments(args, masker)).toEqual(want)
})

test('what is hidden in one part of a call is hidden in all of them', () => {
  const parts: JsonObject[] = [
    { n: 1, note: 'number 078-05-1120, as before' },
    { ssn: '078-05-1120' },
    { given: ['078-05-1120'] },
  ]
  expect(JSON.stringify(maskTogether(parts, masker))).not.toContain('078')
})

test('arguments that cannot be masked are not kept', () => {
  const deep = JSON.parse(`{"a":${'['.repeat(3000)}"a@b.example"${']'.repeat(3000)}}`) as JsonObject
  expect(maskArguments(deep, masker)).toEqual({ withheld: 'the arguments could not be masked' })
})
