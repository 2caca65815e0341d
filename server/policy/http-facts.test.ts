import { expect, test } from 'vitest'
import type { JsonObject } from '../types'
import { httpFacts } from './http-facts'

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
  ['slashes stay in their segment', 'get_order', { id: '../admin' }, 'GET /orders/..%2Fadmin'],
  ['encoded dots are data', 'get_order', { id: '%2e%2e' }, 'GET /orders/%252e%252e'],
  ['dots that would leave the folder', 'get_order', { id: '..' }, null],
  ['a dot that would be dropped', 'get_order', { id: '.' }, null],
  ['half a surrogate pair', 'get_order', { id: '\ud800' }, null],
  ['a query is data', 'get_order', { id: '1?all=true#x' }, 'GET /orders/1%3Fall%3Dtrue%23x'],
]
for (const [what, tool, args, want] of cases)
  test(`${what}: ${want}`, () => {
    const facts = httpFacts(connection, tool, args)
    expect(facts === null ? null : `${facts.method} ${facts.path}`).toBe(want)
  })
