import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compact, hasInexact, parseReply, print, printReply } from './exact'

describe('a reply is printed as it came', () => {
  const kept = ['12345678901234567890', '-9007199254740993', '1e400', '0.12345678901234567890', '-0.1e-400', '1E+2000']
  test.each(kept)('with the number %s', (number) => {
    const text = `{"a":[${number},{"b":"${number}","c":1.5}]}`
    expect(printReply(parseReply(text))).toBe(text)
  })

  test('with any value that JSON can hold', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify({ value })
        expect(printReply(parseReply(text))).toBe(text)
      }),
    )
  })
})

test('numbers in texts and numbers that a double holds need no care', () => {
  for (const text of ['{"a":"12345678901234567890 \\" 1e999"}', '[1.5,100,0.1,1e5,123456789012345]', '{}'])
    expect(hasInexact(text)).toBe(false)
})

test('a number of sixteen characters is looked at wherever it stands', () => {
  for (let before = 0; before < 40; before += 1)
    for (const number of ['9007199254740993', '0.12345678901234567', '12345678901234567'])
      for (const after of ['', ' '.repeat(before)])
        expect(hasInexact(`${' '.repeat(before)}${number}${after}`)).toBe(true)
  expect(hasInexact(`${' '.repeat(20)}123456789012345`)).toBe(false)
})

test('an exact number passes for the nearest number elsewhere', () => {
  expect(JSON.stringify(parseReply('{"a":12345678901234567890}'))).toBe('{"a":12345678901234567000}')
})

test('of equal keys the last counts, and __proto__ is a key like others', () => {
  for (const big of ['1', '12345678901234567890']) {
    expect(printReply(parseReply(`{"a":1,"a":${big}}`))).toBe(`{"a":${big}}`)
    expect(printReply(parseReply(`{"__proto__":{"x":${big}}}`))).toBe(`{"__proto__":{"x":${big}}}`)
  }
})

test.each(['', 'null', '[]', '5', '"a"', '{"a":}', '12345678901234567890'])('%j is no message', (text) => {
  expect(() => parseReply(text)).toThrow(SyntaxError)
})

test('layouts print as JSON.stringify or json.dumps do', () => {
  const value = { a: [1, { b: 'é' }], c: {}, d: [] }
  expect(print(value, compact)).toBe(JSON.stringify(value))
  expect(print(value, { comma: ',', colon: ': ', indent: '\t', ascii: false })).toBe(JSON.stringify(value, null, '\t'))
  expect(print(value, { comma: ', ', colon: ': ', indent: '', ascii: true })).toBe(
    '{"a": [1, {"b": "\\u00e9"}], "c": {}, "d": []}',
  )
  const exact = parseReply('{"a":[12345678901234567890],"b":[],"c":{}}')
  expect(print(exact, { comma: ',', colon: ': ', indent: '  ', ascii: false })).toBe(
    '{\n  "a": [\n    12345678901234567890\n  ],\n  "b": [],\n  "c": {}\n}',
  )
})
