import { expect, test } from 'vitest'
import type { ConnectionView, ToolView } from '../../server/connections/schemas'
import { bodyOf, leadsElsewhere, movesAway, placeProblem, sqlCandidates, valuesOf } from './form-values'

const stored = valuesOf({
  name: 'crm',
  transport: 'http',
  url: 'https://crm.example.com/mcp',
  agent: null,
  target: null,
  credential: { kind: 'headers', setAt: null },
  sql: [],
  schema: 'public',
} as unknown as ConnectionView)

test('a stored credential stays untouched until it is replaced or removed', () => {
  expect(bodyOf(stored)).not.toHaveProperty('credential')
  expect(bodyOf({ ...stored, credential: 'none' })).toMatchObject({ credential: null })
  const headers = [{ key: '1', name: ' x-key ', value: ' v ' }]
  expect(bodyOf({ ...stored, credential: 'headers', headers })).toMatchObject({
    credential: { type: 'headers', headers: { 'x-key': ' v ' } },
  })
})

test('a credential never goes along to an agent', () => {
  const values = { ...stored, transport: 'agent' as const, agent: 'a', target: 't', credential: 'headers' as const }
  expect(bodyOf(values)).toMatchObject({ transport: 'agent', agent: 'a', target: 't' })
  expect(bodyOf(values)).not.toHaveProperty('credential')
  expect(JSON.stringify(bodyOf(values))).not.toContain('headers')
})

test('what the form does not show, or nobody touched, stays as it was', () => {
  const sql = [{ tool: 'run', argument: 'sql', dialect: 'mysql' as const }]
  const http = [{ tool: 'call', method: 'POST', path: '/x' }]
  const whole = {
    ...stored,
    ...valuesOf({
      credential: { kind: 'none' },
      sql,
      http,
      schema: 'app',
      clientRequests: ['roots'],
    } as unknown as ConnectionView),
  }
  expect(bodyOf(whole)).toMatchObject({ sql, http, schema: 'app', clientRequests: ['roots'] })
})

const moves: [url: string, elsewhere: boolean, away: boolean][] = [
  ['https://crm.example.com/mcp', false, false],
  ['https://crm.example.com/other', true, false],
  ['https://crm.example.com:444/mcp', true, true],
  ['http://crm.example.com/mcp', true, true],
  ['not a url', true, true],
]
for (const [url, elsewhere, away] of moves)
  test(`\`${url}\` ${away ? 'loses' : 'keeps'} the credential`, () => {
    expect(leadsElsewhere(stored, { ...stored, url })).toBe(elsewhere)
    expect(movesAway(stored, { ...stored, url })).toBe(away)
  })

test('arguments that look like SQL are proposed once', () => {
  const tool = (name: string, description: string, properties: object): ToolView => ({
    ...{ name, description, title: '', hints: {} },
    inputSchema: { type: 'object', properties },
  })
  const tools = [
    tool('run', 'Runs SQL', { query: { type: 'string' }, limit: { type: 'number' } }),
    tool('search', 'Finds pages', { query: { type: 'string' } }),
    tool('exec', '', { sql: { type: 'string' }, sqlMode: { type: 'boolean' } }),
  ]
  expect(sqlCandidates(tools, [{ tool: 'exec', argument: 'sql', dialect: 'mysql' }])).toEqual([
    { tool: 'run', argument: 'query' },
  ])
  expect(sqlCandidates(tools, [])).toHaveLength(2)
})

test('a mapped tool is told of before it is saved, where calls of it would have no path', () => {
  const inputSchema = { type: 'object', properties: { id: {}, part: {} }, required: ['id'] }
  const tools: ToolView[] = [{ ...{ name: 'get', title: '', description: '', hints: {} }, inputSchema }]
  const at = (path: string, tool = 'get') => placeProblem({ tool, method: 'GET', path }, tools)
  expect(at('/orders/{id}')).toBe(null)
  expect(at('/orders/{number}')).toBe('`number` is no argument of `get`')
  expect(at('/orders/{id}/{part}')).toMatch(/^`part` may be left out/)
  expect(at('/orders', 'gone')).toBe('the catalog has no tool `gone`')
  expect(placeProblem({ tool: 'gone', method: 'GET', path: '/' }, []), 'nothing is known').toBe(null)
})
