import { createSecretKey } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { redact, redactNumber } from './redact'
import { merge, stricter } from './spans'

const key = createSecretKey(Buffer.alloc(32, 1))

describe('partial', () => {
  const shown: [value: string, want: string][] = [
    ['1234567', '****'],
    ['12345678', '****78'],
    ['4111 1111 1111 1234', '****1234'],
    ['   123456   ', '****'],
    ['1\u200b2\u200b3\u200b4\u200b5', '****'],
    ['a\\u0041\\u0041\\u0041\\u0041', '****'],
    ['😀😀😀😀😀😀😀😀', '****😀😀'],
    ['', '****'],
  ]
  test.each(shown)('of %j shows %s', (value, want) => expect(redact(value, 'partial', key)).toBe(want))

  test('shows at most a quarter of what a person sees, and at most four characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const end = [...redact(value, 'partial', key).slice(4)]
        expect(end.length).toBeLessThanOrEqual(Math.min(4, [...value].length / 4))
      }),
    )
  })
})

test('a hash is one for every way to print a value, and none for its neighbours', () => {
  const same = ['123-45-6789', '123 45 6789', ' 123456789 ', '\uff11\uff12\uff13456789', '123\u200b456789']
  expect(new Set(same.map((value) => redact(value, 'hash', key))).size).toBe(1)
  const others = ['123456788', 'abc', 'ABC', 'a b', 'ab']
  expect(new Set([...same, ...others].map((value) => redact(value, 'hash', key))).size).toBe(6)
})

test('the hash of a number is a whole number that a double holds', () => {
  for (const text of ['5', '12345678901234567890', '1e400', '-0.5'])
    expect(Number.isSafeInteger(redactNumber(text, 'hash', key))).toBe(true)
  for (const style of ['null', 'redact', 'partial'] as const) expect(redactNumber('5', style, key)).toBe(0)
})

test('an unknown style is refused', () => {
  expect(() => redact('a', 'loud' as 'hash', key)).toThrow('the mask style `loud` is unknown')
})

test('styles in order of strictness: null, redact, hash, partial', () => {
  const styles = ['partial', 'hash', 'redact', 'null'] as const
  for (const [i, weak] of styles.entries())
    for (const strict of styles.slice(i + 1)) {
      const [a, b] = [
        { style: weak, mask: 'a' },
        { style: strict, mask: 'b' },
      ]
      expect([stricter(a, b), stricter(b, a)]).toEqual([b, b])
    }
})

test('spans that overlap are hidden as one, and a re-encoded text inside is hidden with them', () => {
  const soft = { style: 'partial', mask: 'a' } as const
  const hard = { style: 'redact', mask: 'b' } as const
  const merged = merge([
    { start: 5, end: 9, cover: hard },
    { start: 0, end: 6, cover: soft, insert: 'x' },
    { start: 12, end: 13, cover: soft, insert: 'y' },
  ])
  expect(merged).toMatchObject([
    { start: 0, end: 9, cover: hard },
    { start: 12, end: 13, cover: soft, insert: 'y' },
  ])
  expect(merged[0]!.insert).toBeUndefined()
})
