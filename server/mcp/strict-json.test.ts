import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isExact, parseStrict } from './strict-json'

const refused: [why: string, text: string][] = [
  ['not JSON', '{'],
  ['empty', ''],
  ['a duplicate key', '{"a":1,"a":2}'],
  ['a duplicate key written with an escape', '{"a":1,"\\u0061":2}'],
  ['a duplicate key deep inside', '{"x":[{"y":{"a":1,"b":2,"a":3}}]}'],
  ['a duplicate key after a nested object', '{"a":{"b":1},"a":2}'],
  ['__proto__', '{"__proto__":{"x":1}}'],
  ['__proto__ written with an escape', '{"\\u005f_proto__":{}}'],
  ['an integer above 2^53', '{"n":9007199254740993}'],
  ['a long integer', '[12345678901234567890]'],
  ['a number that overflows', '{"n":1e400}'],
  ['a number that underflows', '{"n":1e-400}'],
  ['a decimal that rounds', '{"n":0.1000000000000000055}'],
  ['nesting without end', `${'['.repeat(5000)}${']'.repeat(5000)}`],
]
describe('parseStrict refuses', () => {
  for (const [why, text] of refused) test(why, () => expect(parseStrict(text).ok).toBe(false))
})

const accepted = [
  '{"a":1,"b":{"a":1}}',
  '[{"a":1},{"a":1}]',
  '{"a":"\\"a\\":1","b":"{\\"a\\":"}',
  '{"n":[0,-0,1.50,1e3,1E+2,-2.5e-7,9007199254740991,123456789.125,100000000000000000000]}',
  '"\\ud800"',
  '{"a":"\\u0000"}',
]
describe('parseStrict accepts', () => {
  for (const text of accepted)
    test(text, () => expect(parseStrict(text)).toEqual({ ok: true, value: JSON.parse(text) }))
})

test('whatever JSON.stringify writes is accepted and comes back the same', () => {
  const values = fc.jsonValue({ maxDepth: 6 }).filter((value) => !JSON.stringify(value).includes('__proto__'))
  fc.assert(
    fc.property(values, (value) => {
      const text = JSON.stringify(value)
      expect(parseStrict(text)).toEqual({ ok: true, value: JSON.parse(text) })
    }),
    { numRuns: 500 },
  )
})

test('two literals that become one double but differ in value are never both exact', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 25n }), (n) => {
      expect(isExact(String(n))).toBe(BigInt(Number(n)) === n || String(Number(n)) === String(n) || exactByPrint(n))
    }),
    { numRuns: 1000 },
  )
})

/** A double prints its shortest decimal; a literal equal to that print names the double unambiguously. */
const exactByPrint = (n: bigint) => {
  const printed = String(Number(n))
  if (!printed.includes('e')) return BigInt(printed) === n
  const [mantissa = '', exponent = '0'] = printed.split('e+')
  const [whole = '', fraction = ''] = mantissa.split('.')
  return BigInt(whole + fraction) * 10n ** BigInt(Number(exponent) - fraction.length) === n
}
