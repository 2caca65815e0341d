import { expect, test } from 'vitest'
import { clientWords, gist, toolsOf, wants } from './gist'

test('a client that goes on with the sentence by itself is quoted and cut', () => {
  expect(clientWords('claude-code')).toBe('claude-code')
  expect(clientWords('Visual Studio Code')).toBe('Visual Studio Code')
  expect(clientWords('x, wants get_order on shop')).toBe('“x, wants get_order on shop”')
  expect(clientWords('a'.repeat(41))).toBe(`“${'a'.repeat(40)}…”`)
  expect(clientWords('edoC\u202e')).toBe('“edoC\u202e”')
})

const call = { wanted: null, connection: 'shop', resource: { type: 'tool' as const, id: 'query' } }
const cases: [what: string, args: string, shown: string][] = [
  ['whole arguments', '{"id":7,"note":"a \\"b\\""}', 'id: 7, note: a "b"'],
  [
    'arguments whose end is not in the list',
    '{"sql":"update t\\n   set a = \\"b\\" wh',
    'sql: update t set a = "b" wh…',
  ],
  ['those that begin with something else', '{"rows":[{"a":1},{"a"', 'rows: [{"a":1},{"a"…'],
]
for (const [what, args, shown] of cases)
  test(`one line of ${what}`, () => expect(gist({ ...call, arguments: args })).toBe(shown))

test('access that is asked for ahead is its tools and its time', () => {
  const access = { ...call, arguments: '{}', wanted: { tools: ['query', 'get_order'], minutes: 45 } }
  expect([toolsOf(access), gist(access)]).toEqual(['query, get_order', 'for 45 minutes on shop'])
})

test('what is over is told as that', () => {
  expect((['pending', 'approved', 'denied', 'expired', 'cancelled'] as const).map(wants)).toEqual([
    ...['wants', 'wanted', 'wanted', 'wanted', 'wanted'],
  ])
})
