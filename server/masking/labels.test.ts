import { describe, expect, test } from 'vitest'
import type { JsonObject, Mask } from '../types'
import { compileMasks, fulfil } from './fulfil'

const mask: Mask = {
  id: 'fields',
  connections: ['*'],
  resources: ['*'],
  fields: ['ssn', 'password'],
  detectors: [],
  style: 'redact',
  except: [],
}
const masker = compileMasks([mask], new Uint8Array(32).fill(7), [])

/** The text as the caller gets it, beside data. */
function shown(text: string, data: JsonObject = {}): string {
  const message = { jsonrpc: '2.0', id: 1, result: { content: [{ type: 'text', text }], structuredContent: data } }
  const answer = fulfil(message, masker)
  if ('failed' in answer) throw new Error(answer.failed)
  return (answer.message as { result: { content: { text: string }[] } }).result.content[0]!.text
}

const hides = (cases: [said: string, want: string][]) =>
  test.each(cases)('%j', (said, want) => {
    expect(shown(said)).toBe(want)
  })

const words = (from: number, to: number): string =>
  Array.from({ length: to - from + 1 }, (_, i) => `w${from + i}`).join(' ')

describe('a value without quotes ends with its line or before the next label', () => {
  hides([
    ['password=correct horse battery', 'password=[masked]'],
    ['user=bob password=correct horse battery port=5', 'user=bob password=[masked] port=5'],
    ['password = correct horse battery\nport = 5', 'password = [masked]\nport = 5'],
    ['password=correct horse, then more', 'password=[masked], then more'],
    ['Customer(ssn=Adele Moreau, id=1)', 'Customer(ssn=[masked], id=1)'],
    ['{id=1, ssn=Adele Moreau}', '{id=1, ssn=[masked]}'],
    ['password=correct horse user: bob', 'password=[masked] user: bob'],
  ])
})

describe('but not with what is plainly something else', () => {
  hides([
    ['where ssn = abc and id = 5 order by id', 'where ssn = [masked] and id = 5 order by id'],
    ['where ssn = $1 or (id = 5)', 'where ssn = [masked] or (id = 5)'],
    ['update c set ssn = x where id = 1', 'update c set ssn = [masked] where id = 1'],
    ['delete from c where ssn = x returning id', 'delete from c where ssn = [masked] returning id'],
    ['ssn=123-45-6789 was found twice', 'ssn=[masked] was found twice'],
    ['GET /?ssn=abc HTTP/1.1', 'GET /?ssn=[masked] HTTP/1.1'],
    ['if (password == other) return', 'if (password == [masked]) return'],
    ['Use password=hunter. Then open the door.', 'Use password=[masked] Then open the door.'],
    [`password=${words(1, 60)}`, `password=[masked] ${words(25, 60)}`],
  ])
})

describe('a value of YAML over several lines is hidden whole', () => {
  hides([
    ['ssn: |-\n  one\n\n  two\nname: Bob', 'ssn: |-\n  [masked]\nname: Bob'],
    ['ssn: |\n\n  one\nname: Bob', 'ssn: |\n\n  [masked]\nname: Bob'],
    ['ssn: |2\n   one\n  two\nname: Bob', 'ssn: |[masked]\n   [masked]\nname: Bob'],
    ['ssn: >+ # folded\n  one\n  two\nname: Bob', 'ssn: >+ # folded\n  [masked]\nname: Bob'],
    ['ssn: !!str |\n  one\nname: Bob', 'ssn: !!str |\n  [masked]\nname: Bob'],
    ['ssn: one\n  two\n  three\nname: Bob', 'ssn: [masked]\nname: Bob'],
    ['ssn: one\n\n  two\nname: Bob', 'ssn: [masked]\nname: Bob'],
    ['a:\n  ssn: one\n    two\n  name: Bob', 'a:\n  ssn: [masked]\n  name: Bob'],
    ['- ssn: one\n    two\n  name: Bob', '- ssn: [masked]\n  name: Bob'],
    ['- ssn: one\n  name: Bob\n  city: Rome', '- ssn: [masked]\n  name: Bob\n  city: Rome'],
    ['ssn: 123-45-6789\n    at read (a.js:1)', 'ssn: [masked]\n    at read (a.js:1)'],
    ['SSN: one\nThey live in Rome.', 'SSN: [masked]\nThey live in Rome.'],
    ['ssn: one\n  - two', 'ssn: [masked]\n  - two'],
  ])
})

describe('a value below its label and an empty line is hidden', () => {
  hides([
    ['SSN:\n\n123-45-6789\n\nName: Bob', 'SSN:\n\n[masked]\n\nName: Bob'],
    ['SSN:\r\n\r\nx y z\r\nName: Bob', 'SSN:\r\n\r\n[masked]\r\nName: Bob'],
    ['**SSN:**\n\nAdele Moreau', '**SSN:**\n\n[masked]'],
    ['1. SSN:\n\n   abc\n2. Name:\n\n   Bob', '1. SSN:\n\n   [masked]\n2. Name:\n\n   Bob'],
    ['SSN:   \n   \nabc', 'SSN:   \n   \n[masked]'],
    ['Here is the SSN:\n\n123-45-6789', 'Here is the SSN:\n\n[masked]'],
    ['SSN:\n\n```\nabc\n```\nBob', 'SSN:\n\n```\n[masked]\n```\nBob'],
    ['## SSN\n\n123-45-6789\n\n## Name\n\nBob', '## SSN\n\n[masked]\n\n## Name\n\nBob'],
    ['**SSN**\n\nAdele Moreau\n\n**Name**\n\nBob', '**SSN**\n\n[masked]\n\n**Name**\n\nBob'],
    ['SSN\n\n123-45-6789', 'SSN\n\n[masked]'],
  ])
})

describe('but not another label, a heading or prose', () => {
  hides([
    ['SSN:\n\nName: Bob', 'SSN:\n\nName: Bob'],
    ['SSN:\n\n## Name\n\nBob', 'SSN:\n\n## Name\n\nBob'],
    ['SSN:\n\n| a | b |\n|---|---|', 'SSN:\n\n| a | b |\n|---|---|'],
    ['Please send your SSN:\n\nThanks,\nBob', 'Please send your SSN:\n\nThanks,\nBob'],
    ['Please enter the ssn.\n\nThen go on.', 'Please enter the ssn.\n\nThen go on.'],
    ['The columns are:\n\nssn\n\nand more', 'The columns are:\n\nssn\n\nand more'],
    [
      '## SSN\n\nIt is nine digits long, and nobody may see it.',
      '## SSN\n\nIt is nine digits long, and nobody may see it.',
    ],
  ])
})

describe('a name in quotes or lines of print is a name', () => {
  hides([
    ['\u201cSSN\u201d: \u201cabc-d\u201d', '\u201cSSN\u201d: [masked]'],
    ['\u00abSSN\u00bb: abc-d', '\u00abSSN\u00bb: [masked]'],
    ['│id│ssn│\n│1│abc-d│', '│id│ssn│\n│1│[masked]│'],
  ])
})

describe('a hidden value is hidden in its other composition too', () => {
  const cases: [hidden: string, said: string][] = [
    ['Zo\u00eb M\u00fcller', 'it is Zoe\u0308 Mu\u0308ller now'],
    ['Zoe\u0308 Mu\u0308ller', 'it is Zo\u00eb M\u00fcller now'],
    ['Zoe\u0308 Mu\u0308ller', 'it is Zoe\u0308 Mu\u0308ller now'],
    ['\ud55c\uad6d\uc5b4', `it is ${'\ud55c\uad6d\uc5b4'.normalize('NFD')} now`],
    ['\u304c\u304e\u3050', 'it is \u304b\u3099\u304d\u3099\u304f\u3099 now'],
    ['Nguy\u1ec5n V\u0103n', `it is ${'Nguy\u1ec5n V\u0103n'.normalize('NFD')} now`],
  ]
  test.each(cases)('%j in %j', (ssn, said) => {
    expect(shown(said, { ssn })).toBe('it is [masked] now')
  })
})

describe('a value that follows its name with no sign', () => {
  hides([
    ["ALTER USER app WITH PASSWORD 'x y';", "ALTER USER app WITH PASSWORD '[masked]';"],
    ['app --password hunter --port 5', 'app --password [masked] --port 5'],
    ['app --password --port 5', 'app --password --port 5'],
    ['ENV PASSWORD hunter two\nRUN x', 'ENV PASSWORD [masked]\nRUN x'],
    ['machine a.example login bob password hunter\n', 'machine a.example login bob password [masked]\n'],
    ['machine a.example\n  login bob\n  password hunter\n', 'machine a.example\n  login bob\n  password [masked]\n'],
    [
      'Content-Disposition: form-data; name="password"\r\nContent-Type: text/plain\r\n\r\nhunter\r\n--x',
      'Content-Disposition: form-data; name="password"\r\nContent-Type: text/plain\r\n\r\n[masked]\r\n--x',
    ],
    ['your password is: hunter', 'your password is: [masked]'],
    ['the password was changed', 'the password was changed'],
  ])
})

describe('what a function is given is part of the value', () => {
  hides([
    ['password = decode("hunter")\nx = 1', 'password = [masked]\nx = 1'],
    ['password = env.get("PW", "hunter (two)").strip(), x', 'password = [masked].strip(), x'],
    ['password = decode(\n  "hunter")\nx = 1', 'password = [masked]\nx = 1'],
    ['password = a(b c\nport = 5', 'password = [masked]\nport = 5'],
  ])
})

describe('a truth is a value, and so is a default', () => {
  hides([
    ['ssn: true', 'ssn: [masked]'],
    [`password: \${PASSWORD:-hunter}`, 'password: [masked]'],
    ['password={{ .Values.pw | default "hunter" }}', 'password=[masked]'],
    [`password: \${A}hunter`, 'password: [masked]'],
    ['password: " hunter"', 'password: " [masked]"'],
  ])
})

describe('in a table about fields, what is not said to describe may be the value', () => {
  hides([
    [
      '| Name | Current | Description |\n|---|---|---|\n| password | hunter | a |',
      '| Name | Current | Description |\n|---|---|---|\n| password | [masked] | a |',
    ],
    [
      '| Option | Now | Default |\n|---|---|---|\n| password | hunter | a |',
      '| Option | Now | Default |\n|---|---|---|\n| password | [masked] | a |',
    ],
    ['columns: [id, password]\nrows:\n- [1, hunter]', 'columns: [id, password]\nrows:\n- [1, [masked]'],
  ])
})

describe('an element without an end', () => {
  hides([
    ['<PASSWORD>hunter\n<DATE>2026', '<PASSWORD>[masked]\n<DATE>2026'],
    ['<user><password>hunter two', '<user><password>[masked]'],
  ])
})

test('of a value that seems to go on, the first line is hidden elsewhere too', () => {
  const said = 'ssn: adele moreau\n  of rome\n\nShe is Adele Moreau.'
  expect(shown(said)).toBe('ssn: [masked]\n\nShe is [masked].')
  expect(shown('ssn: adele moreau\n {\n  "note": "[\\"adele moreau\\"]"\n}')).toBe(
    'ssn: [masked]\n {\n  "note": "[\\"[masked]\\"]"\n}',
  )
})
