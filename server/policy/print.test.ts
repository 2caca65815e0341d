import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PolicyDocument, parsePolicy } from './document'
import { printPolicy, storedPolicy } from './print'

const odd = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }),
  fc.string({
    unit: fc.constantFrom(
      'a',
      'B',
      ' ',
      '\n',
      '\r',
      '\t',
      ':',
      '#',
      '-',
      '"',
      "'",
      '\\',
      '|',
      '>',
      '&',
      '*',
      '!',
      '%',
      '@',
      '`',
      '{',
      '[',
      ',',
      '0',
      '.',
      '~',
      '\u0085',
      '\u2028',
      '\ufeff',
    ),
    minLength: 1,
    maxLength: 30,
  }),
  fc.constantFrom(
    'null',
    'Yes',
    'on',
    '1e3',
    '0x1f',
    '2026-11-23',
    '.inf',
    '=',
    '<<',
    '---',
    '- a',
    'a: b',
    'a #b',
    ' a',
    'a ',
    '\n a',
    'a\n',
  ),
)

test('whatever a text holds, what is printed reads back as it was', () => {
  fc.assert(
    fc.property(odd, odd, odd, (description, glob, comment) => {
      const when = `true // ${comment.replaceAll(/[\r\n]/g, ' ')}\n|| true`
      const rule = { id: 'r', effect: 'allow', connections: [glob], resources: [glob], when }
      const members = ['everyone', { claim: glob, value: description }]
      const document = PolicyDocument.parse({
        roles: [{ name: 'a', description, members, rules: [rule] }],
        masks: [{ id: 'm', fields: [glob] }],
      })
      for (const text of [printPolicy(document), storedPolicy(document)]) {
        const read = parsePolicy(text)
        expect(read).toEqual({ ok: true, document })
      }
    }),
    { numRuns: 1_000, seed: 4 },
  )
})
