import { describe, expect, test } from 'vitest'
import type { Effect } from '../types'
import { checkDocument } from './document'
import { findProblems } from './problems'

const tool = (name: string) => ({ name, inputSchema: { type: 'object', properties: { id: { type: 'string' } } } })
const connections = [
  {
    ...{ name: 'api', pinned: true, sql: [], tools: [tool('get_order'), tool('cancel_order'), tool('chat')] },
    http: [
      { tool: 'get_order', method: 'get', path: '/orders/{id}' },
      { tool: 'cancel_order', method: 'POST', path: '/orders/{id}:cancel' },
    ],
  },
  {
    ...{ name: 'db', pinned: true, http: [], tools: [tool('query')] },
    sql: [{ tool: 'query', argument: 'sql', dialect: 'postgres' as const }],
  },
  { name: 'empty', pinned: true, http: [], sql: [], tools: [] },
]

function problems(when: string, { effect = 'allow', on = ['api'], resources = ['*'], actions = ['tools/call'] } = {}) {
  const review = effect === 'review' ? { review: { approvers: ['everyone' as const] } } : {}
  const rule = { id: 'r', effect: effect as Effect, connections: on, actions, resources, when, ...review }
  const read = checkDocument({ roles: [{ name: 'a', members: ['everyone'], rules: [rule] }], masks: [] })
  if (!read.ok) return read.problems.map(({ message }) => message)
  return findProblems(read.document, { connections }).map(({ message }) => message)
}

describe('a rule that reads what no connection maps is told of before publishing', () => {
  const cases: [what: string, got: string[], want: RegExp | null][] = [
    ['every tool is mapped', problems('http.method == "GET"', { resources: ['*_order'] }), null],
    [
      'none is',
      problems('http.method == "GET"', { resources: ['chat'] }),
      /`api\/chat`.*an allow rule then never matches/,
    ],
    ['one is not', problems('http.method == "GET"'), /`api\/chat`/],
    ['a deny rule', problems('http.method == "GET"', { effect: 'deny' }), /a deny rule then always matches/],
    ['a review rule', problems('http.method == "GET"', { effect: 'review' }), /a review rule then always matches/],
    ['SQL that is mapped', problems('sql.readOnly', { on: ['db'] }), null],
    ['SQL that is not', problems('sql.readOnly', { resources: ['chat'] }), /`sql` is not known for `api\/chat`/],
    ['another connection', problems('http.method == "GET"', { on: ['*'], resources: ['query'] }), /`db\/query`/],
    ['a catalog that is not known', problems('http.method == "GET"', { on: ['empty'] }), null],
    ['no tool at all', problems('http.method == "GET"', { actions: ['resources/read'] }), null],
    ['another word', problems('args.id == "http"'), null],
  ]
  test.each(cases)('%s', (_, got, want) => {
    if (want === null) expect(got).toEqual([])
    else expect(got).toEqual([expect.stringMatching(want)])
  })
})

describe('methods are in capitals, so what compares them with others is told', () => {
  const at = { resources: ['*_order'] }
  const wrong = [
    'http.method == "get"',
    '"Get" != http.method',
    'http.method in ["GET", "post"]',
    '!(http["method"] == "get")',
  ]
  test.each(wrong)('%s', (when) =>
    expect(problems(when, at)).toEqual([expect.stringMatching(/methods are in capitals: `[A-Za-z]+` is none/)]),
  )
  const right = ['http.method == "GET"', 'http.method in ["GET", "POST"]', 'http.path == "get"', 'args.id == "get"']
  test.each(right)('%s', (when) => expect(problems(when, at)).toEqual([]))
})
