import { expect, test } from 'vitest'
import { folded, isLong, pretty, sentence } from './text'

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

test('a message begins as a sentence does, and a name stays as it is', () => {
  expect(sentence('nobody with this id was seen')).toBe('Nobody with this id was seen')
  expect(sentence('`shop` is taken')).toBe('`shop` is taken')
  expect(sentence('roles[0]: no rule')).toBe('roles[0]: no rule')
  expect(sentence('eu-office is not online')).toBe('eu-office is not online')
})

test('many lines and one endless line are folded alike', () => {
  expect(isLong('a\n'.repeat(12))).toBe(true)
  expect(isLong('a'.repeat(4_001))).toBe(true)
  expect(isLong('a\n'.repeat(11))).toBe(false)
  expect(folded('a'.repeat(9_000)).length).toBe(4_000)
})
