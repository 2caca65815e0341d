import { expect, test } from 'vitest'
import type { JsonObject } from '../types'
import { httpFacts, httpOf, shownHttp } from './http-facts'

const connection = {
  http: [
    { tool: 'get_order', method: 'get', path: '/orders/{id}' },
    { tool: 'get_file', method: 'GET', path: '/files/{dir}/{name}.json' },
    { tool: 'list', method: 'GET', path: '/orders' },
  ],
}

const cases: [what: string, tool: string, args: JsonObject, want: string | null][] = [
  ['a tool that is mapped', 'get_order', { id: 'a1' }, 'GET /orders/a1'],
  ['a number', 'get_order', { id: 7 }, 'GET /orders/7'],
  ['a path without places', 'list', { id: 7 }, 'GET /orders'],
  ['several places', 'get_file', { dir: 'a', name: 'b' }, 'GET /files/a/b.json'],
  ['a tool that is not mapped', 'drop', {}, null],
  ['a missing argument', 'get_order', {}, null],
  ['one that every object inherits', 'get_order', { toString: null }, null],
  ['an empty one, which would be the list', 'get_order', { id: '' }, null],
  ['a list', 'get_order', { id: ['a'] }, null],
  ['half a surrogate pair', 'get_order', { id: '\ud800' }, null],
  ['a text that needs no thought', 'get_order', { id: 'Ä b' }, 'GET /orders/%C3%84%20b'],
  [
    'what a segment may hold as it is',
    'get_order',
    { id: "a:b@c+d=e&f,g!h$i*(j)'" },
    "GET /orders/a:b@c+d=e&f,g!h$i*(j)'",
  ],
  ['true', 'get_order', { id: true }, null],
  ['nothing', 'get_order', { id: null }, null],
]
for (const [what, tool, args, want] of cases)
  test(`${what}: ${want}`, () => {
    const facts = httpFacts(connection, tool, args)
    expect(facts === null ? null : `${facts.method} ${facts.path}`).toBe(want)
  })

// Whether a target encodes what it puts into a path nobody can see from here: what would lead elsewhere in either way has no facts.
const elsewhere: [what: string, text: string][] = [
  ['dots that would leave the folder', '..'],
  ['a dot that would be dropped', '.'],
  ['dots of any number', '...'],
  ['a slash', '7/refund'],
  ['a way up', '../customers/7'],
  ['a way up, encoded', '%2e%2e%2fcustomers%2f7'],
  ['a way up, encoded twice', '%252e%252e%252f'],
  ['any other encoding', '%41'],
  ['a way up with backslashes', '..\\customers'],
  ['a query', '7?all=true'],
  ['a fragment, which cuts off what follows', '7#'],
  ['parameters, which some servers drop', '..;x=1'],
  ['a line break', '7\r\nhost: x'],
  ['NUL', '7\0'],
  ['a space that may be trimmed', ' 7'],
  ['dots with a space that may be trimmed', '.. '],
  ['a no-break space that may be trimmed', '7\u00a0'],
  ['a slash of full width', '7\uff0frefund'],
  ['dots of full width', '\uff0e\uff0e'],
  ['two dots that are one character', '\u2025'],
  ['a leader of dots', '\u2024\u2024'],
  ['a slash of a fraction', '7\u2044refund'],
  ['a percent sign of full width', '\uff052e'],
  ['a question mark that is Greek for a semicolon', '..\u037e'],
  ['dots with something between them that nobody sees', '.\u200b.'],
  ['text that is turned around', '7\u202e'],
]
for (const [what, id] of elsewhere)
  test(`no facts: ${what}`, () => {
    expect(httpFacts(connection, 'get_order', { id })).toBe(null)
    expect(httpFacts(connection, 'get_file', { dir: 'a', name: id })).toBe(null)
  })

test('a template that leads up by itself has no facts', () => {
  const up = { http: [{ tool: 't', method: 'GET', path: '/a/../{x}' }] }
  expect(httpFacts(up, 't', { x: '1' })).toBe(null)
})

test('promise 7: whoever sees the arguments masked sees the path so too', () => {
  const shown = (whole: JsonObject, masked: JsonObject) => shownHttp(httpOf(connection, 'get_order', whole), masked)
  expect(shown({ id: 'a1' }, { id: 'a1' })).toEqual({ method: 'GET', path: '/orders/a1' })
  expect(shown({ id: 'a1' }, { id: '[masked]' })).toEqual({ method: 'GET', path: '/orders/%5Bmasked%5D' })
  // Hidden as null, or withheld as a whole.
  const hidden: JsonObject[] = [{ id: null }, { withheld: 'the arguments could not be masked' }]
  for (const masked of hidden) expect(shown({ id: 'a1' }, masked)).toEqual({ method: 'GET', path: '/orders/{id}' })
  expect(shown({}, {})).toBe(null)
})
