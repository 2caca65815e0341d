import fc from 'fast-check'
import { expect, test } from 'vitest'
import { jsonEnds } from './json-ends'

const opens = (text: string): number[] => [...text].flatMap((char, at) => (char === '[' || char === '{' ? [at] : []))

/** What the engine says: the only end at which the text from `start` is JSON. */
function parsedEnd(text: string, start: number): number {
  for (let end = start + 1; end <= text.length; end += 1)
    try {
      JSON.parse(text.slice(start, end))
      return end
    } catch {}
  return -1
}

const bits = [
  '{',
  '}',
  '[',
  ']',
  '"',
  ',',
  ':',
  '\\',
  '\\u00e9',
  ' ',
  '\n',
  '1',
  '-0.5e+3',
  '01',
  'true',
  'nul',
  'é',
  '\t"',
]

test('JSON ends where the engine says, asked for each bracket in turn', () => {
  const texts = fc.oneof(
    fc.array(fc.constantFrom(...bits), { maxLength: 30 }).map((parts) => parts.join('')),
    fc.tuple(fc.json({ maxDepth: 3 }), fc.string(), fc.json()).map((parts) => parts.join('')),
    fc.tuple(fc.json({ maxDepth: 3 }), fc.nat(60)).map(([json, cut]) => `[${json.slice(0, cut)} ${json}`),
  )
  fc.assert(
    fc.property(texts, (text) => {
      const endOf = jsonEnds(text)
      for (const start of opens(text))
        expect([text, start, endOf(start)]).toEqual([text, start, parsedEnd(text, start)])
    }),
    { numRuns: 1500 },
  )
})
