import { expect, test } from 'vitest'
import { folded, isLong, pretty } from './text'

test('indenting keeps every digit, escape and order', () => {
  const text = '{"a":12345678901234567890.10,"b":[1,{"c":"\\u202e, { \\" [","a":[]}],"__proto__":{}}'
  expect(pretty(text)).toBe(`{
  "a": 12345678901234567890.10,
  "b": [
    1,
    {
      "c": "\\u202e, { \\" [",
      "a": []
    }
  ],
  "__proto__": {}
}`)
  expect(pretty(text).replace(/\n */g, '').replaceAll(': ', ':')).toBe(text)
})

test('what is no JSON stays as it is', () => expect(pretty('not {json')).toBe('not {json'))

test('many lines and one endless line are folded alike', () => {
  expect(isLong('a\n'.repeat(12))).toBe(true)
  expect(isLong('a'.repeat(4_001))).toBe(true)
  expect(isLong('a\n'.repeat(11))).toBe(false)
  expect(folded('a'.repeat(9_000)).length).toBe(4_000)
})
