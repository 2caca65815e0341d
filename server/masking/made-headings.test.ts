import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { JsonObject, Mask } from '../types'
import { compileMasks, fulfil } from './fulfil'

const mask: Mask = {
  ...{ id: 'fields', connections: ['*'], resources: ['*'], style: 'redact', except: [] },
  ...{ fields: ['ssn'], detectors: [] },
}
const masker = compileMasks([mask], new Uint8Array(32).fill(7), [])
const secret = 'Xq7-secret'

const isHidden = (text: string): boolean => {
  const message = { jsonrpc: '2.0', id: 1, result: { content: [{ type: 'text', text }] } }
  return !JSON.stringify(fulfil(message as JsonObject, masker)).includes(secret)
}

// What a caller may call a column beside a masked one, and write into it: of letters and digits, at most five words.
const names = [
  ...'id select_x string int bool varchar float64 type nullable index extra unique purpose meaning table option flag'.split(
    ' ',
  ),
  ...'columns fields required schema keys name key value field variable default comment null size'.split(' '),
  ...[
    'select x',
    'insert into x',
    'const a',
    'def f',
    'password',
    'int x',
    'string json',
    'login bob',
    'env',
    'a is b',
    'x.y',
  ],
]
const separators = [',', ', ', '\t', ';', ' | ', '    ']

test('no name and no value of other columns keeps a masked one from being hidden, however the rows are printed', () => {
  const word = fc.constantFrom(...names)
  const made = fc.record({
    before: fc.array(word, { minLength: 1, maxLength: 3 }),
    after: fc.array(word, { maxLength: 2 }),
    rows: fc.array(fc.array(word, { minLength: 5, maxLength: 5 }), { minLength: 1, maxLength: 3 }),
    separator: fc.constantFrom(...separators),
  })
  const property = fc.property(made, ({ before, after, rows, separator }) => {
    const lines = [
      [...before, 'ssn', ...after],
      ...rows.map((cells) => [
        ...cells.slice(0, before.length),
        secret,
        ...cells.slice(before.length, before.length + after.length),
      ]),
    ]
    const widths = lines[0]!.map((_, column) => Math.max(...lines.map((cells) => cells[column]!.length)))
    const pad = (cells: string[]) =>
      separator === '    ' ? cells.map((cell, column) => cell.padEnd(widths[column]!)) : cells
    const text = lines.map((cells) => pad(cells).join(separator)).join('\n')
    expect(isHidden(text), text).toBe(true)
  })
  fc.assert(property, { numRuns: process.env.SOAK === '1' ? 50_000 : 3_000 })
})

// Not by a caller of SQL, who may name no column so, but by whoever else has a say in a heading.
test.each([
  'a = b,ssn\n1,Xq7-secret',
  '"a = b",ssn\n1,Xq7-secret',
  'x := y\tssn\n1\tXq7-secret',
  'Name:      ssn\nweb       Xq7-secret',
  'required: [id, ssn]\n\n1, Xq7-secret',
  'columns: [id, ssn]\na: 1, Xq7-secret',
  'fields: [id, ssn]\n```\n1, Xq7-secret',
  `password=1, ssn: \${a} Xq7-secret`,
  "it's ssn: ' Xq7-secret'",
  "don't; ssn: '\nXq7-secret'",
])('what looks like a line of settings hides what stands below it all the same: %j', (text) =>
  expect(isHidden(text)).toBe(true),
)
