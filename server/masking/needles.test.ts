import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { look } from './look'
import { compileNeedles } from './needles'
import { merge, type Span } from './spans'
import { TooMuch } from './too-much'

const cover = { style: 'redact', mask: 'm' } as const
const budget = () => ({ left: 1e9 })

function found(values: string[], text: string, longOnly = false): string[] {
  const spans: Span[] = []
  compileNeedles(
    values.map((value) => [value, cover]),
    budget(),
  )?.find(text, look(text), spans, longOnly)
  return merge(spans).map(({ start, end }) => text.slice(start, end))
}

describe('values are found', () => {
  const cases: [values: string[], text: string, want: string[]][] = [
    [['Adele Moreau'], 'to ADELE MOREAU, adele moreau', ['ADELE MOREAU', 'adele moreau']],
    [['12345678'], 'x12345678y', ['12345678']],
    [['1234'], 'a 1234, 12345, x1234, 1234', ['1234', '1234']],
    [['Bob'], "Bob's bobbin, BOB", ['Bob', 'BOB']],
    [['123-45-6789'], '123456789 or 123.45.6789, not 9123456789', ['123456789', '123.45.6789']],
    [['straße 5 b'], 'STRASSE, Straße 5 B', ['Straße 5 B']],
    [['a'], 'a a a', []],
  ]
  test.each(cases)('%j in %j', (values, text, want) => expect(found(values, text)).toEqual(want))

  test('but short ones not where only long ones count', () => {
    expect(found(['Bob', 'abcdefgh'], 'Bob abcdefgh', true)).toEqual(['abcdefgh'])
  })

  test('wherever they stand, however many there are', () => {
    const value = fc.stringMatching(/^[a-z0-9 @.]{6}[a-z0-9]{2,20}$/)
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1, maxLength: 40 }),
        fc.string(),
        fc.string(),
        (values, before, after) => {
          for (const each of values.slice(0, 3)) expect(found(values, before + each + after).join('|')).toContain(each)
        },
      ),
    )
  })
})

test('exactly a value, as it is or by its digits', () => {
  const needles = compileNeedles([['123-45-6789', cover]], budget())!
  expect([needles.exact('123456789'), needles.exact('123-45-6789'), needles.exact('12345678')]).toEqual([
    cover,
    cover,
    null,
  ])
})

test('when the work is used up, it is given up', () => {
  const values = Array.from({ length: 500 }, (_, i): [string, typeof cover] => ['a'.repeat(8 + i), cover])
  const needles = compileNeedles(values, { left: 100_000 })!
  expect(() => needles.find('a'.repeat(100_000), 0, [], false)).toThrow(TooMuch)
})

test('nothing to look for is null', () => expect(compileNeedles([['a', cover]], budget())).toBeNull())
