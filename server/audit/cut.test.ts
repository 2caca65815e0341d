import { hash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { JsonObject } from '../types'
import { bodyBytesMax, cutBody, cutOpening, partsCut } from './cut'

const decided = {
  ...{ era: 'modern', revision: '2026-07-28', requestId: 7 },
  decision: { effect: 'allow', rules: [{ role: 'support', rule: 'read', effect: 'allow' }], grantId: null },
  claims: { groups: ['support'], kind: 'user' },
}
const few = { sql: null, http: null, tool: null, toolIsPinned: false }
const bodyOf = (parts: JsonObject) => ({ ...decided, argumentsWhole: true, facts: few, ...parts })
const of = (chars: number, text = 'x') => ({ text: text.repeat(chars) })
const noticed = (value: object) => ({
  ...{ cut: true, bytes: Buffer.byteLength(JSON.stringify(value)), sha256: hash('sha256', JSON.stringify(value)) },
  start: expect.stringMatching(/^\{"text":"/),
})

test('a body that fits is kept as it is, to the byte', () => {
  const body = bodyOf({ arguments: {} })
  const rest = Buffer.byteLength(JSON.stringify(bodyOf({ arguments: of(0) })))
  for (const fits of [body, bodyOf({ arguments: of(bodyBytesMax - rest) })])
    expect(cutOpening(fits)).toBe(JSON.stringify(fits))
  const over = JSON.parse(cutOpening(bodyOf({ arguments: of(bodyBytesMax - rest + 1) }))) as JsonObject
  expect(partsCut(over)).toEqual(['arguments'])
})

const long = of(40_000)
const cases: [what: string, parts: JsonObject, cut: string[]][] = [
  ['arguments', { arguments: long }, ['arguments']],
  ['arguments of wide letters', { arguments: of(12_000, '漢') }, ['arguments']],
  ['answers, beside short arguments', { arguments: of(9), inputResponses: long }, ['inputResponses']],
  ['the longer of both, when that is enough', { arguments: of(9000), inputResponses: of(12_000) }, ['inputResponses']],
  ['both', { arguments: long, inputResponses: of(50_000) }, ['inputResponses', 'arguments']],
  ['facts that are long themselves', { arguments: long, facts: of(30_000) }, ['arguments', 'facts']],
  ['facts alone', { arguments: of(9), facts: of(30_000) }, ['facts']],
  ['all three', { arguments: long, inputResponses: long, facts: long }, ['arguments', 'inputResponses', 'facts']],
  [
    'less of all three, beside many groups',
    { arguments: of(40_000, '漢'), inputResponses: long, facts: long, claims: { groups: of(11_000), kind: 'user' } },
    ['arguments', 'inputResponses', 'facts'],
  ],
]
for (const [what, parts, cut] of cases)
  test(`what is too long is cut by itself: ${what}`, () => {
    const whole: JsonObject & { argumentsWhole: boolean } = bodyOf(parts)
    const text = cutOpening(whole)
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(bodyBytesMax)
    const { cut: named, ...body } = JSON.parse(text) as JsonObject
    expect(named).toEqual(cut)
    const replaced = Object.fromEntries(cut.map((name) => [name, noticed(whole[name] as object)]))
    expect(body).toEqual({ ...whole, ...replaced, argumentsWhole: !cut.includes('arguments') })
  })

test('arguments that were masked do not become whole by being kept', () => {
  const body = { ...bodyOf({ arguments: of(9), facts: long }), argumentsWhole: false }
  expect(JSON.parse(cutOpening(body))).toMatchObject({ argumentsWhole: false, cut: ['facts'] })
})

test('where what decided is too long itself, all of it is cut', () => {
  const body = bodyOf({ arguments: long, claims: { groups: of(20_000), kind: 'user' } })
  expect(cutOpening(body)).toBe(cutBody(JSON.stringify(body)))
  expect(JSON.parse(cutOpening(body))).toMatchObject({ cut: true, start: JSON.stringify(body).slice(0, 2048) })
})

test('arguments that look like a notice are none', () => {
  const body = bodyOf({ arguments: { cut: true, bytes: 1, sha256: '', start: '' } })
  expect(partsCut(JSON.parse(cutOpening(body)))).toEqual([])
  expect(partsCut(JSON.parse(cutBody(JSON.stringify(of(20_000)))))).toEqual([])
})

test('whatever the letters, it fits, and says how it was decided', () => {
  const letters = fc.constantFrom('x', '"', '\\', '\0', '漢', '😀', '\ud800', '\n')
  const part = fc.record({ letter: letters, n: fc.nat(60_000) }).map(({ letter, n }) => of(n, letter) as JsonObject)
  fc.assert(
    fc.property(part, part, part, (args, inputResponses, facts) => {
      const body = bodyOf({ arguments: args, inputResponses, facts })
      const text = cutOpening(body)
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(bodyBytesMax)
      expect(JSON.parse(text)).toMatchObject(decided)
    }),
    { numRuns: 60 },
  )
})
