import { describe, expect, test } from 'vitest'
import type { Call, JsonObject } from '../types'
import { CelProblem, compileCondition, conditionProblem, seenBy } from './conditions'

const now = new Date('2026-11-23T08:30:00Z')
const call: Call = {
  principal: { id: 'i#alice', email: null, name: 'Alice', groups: ['support'], claims: { dept: 'x' }, kind: 'user' },
  client: { id: 'c', name: 'inspector', version: '1' },
  connection: { id: '1', name: 'shop', targetHash: 'h' },
  action: 'tools/call',
  resource: { type: 'tool', id: 'query' },
  args: { amount: 60, note: 'hello world', list: [1, 2, 3], nested: { deep: true }, none: null },
  tool: { readOnlyHint: true },
  sql: { readOnly: true, verbs: ['SELECT'], tables: ['public.orders'], columns: ['id'], functions: [], statements: 1 },
  http: { method: 'GET', path: '/orders/5' },
}
const answer = (text: string, args: JsonObject = call.args) =>
  compileCondition(text).answer(seenBy({ ...call, args }, now))
const listed = (text: string, change: Partial<Call> = {}) =>
  compileCondition(text).couldBe(seenBy({ ...call, ...change }, now))

const answers: [text: string, want: boolean][] = [
  ['args.amount > 50.0', true],
  ['args.amount > 50', true],
  ['args.amount == 60', true],
  ['args.amount in [59, 60]', true],
  ['args.none == null', true],
  ['args.nested.deep', true],
  ['args.list.all(i, i < 4)', true],
  ['args.list.exists(i, i == 4)', false],
  ['args.list.filter(i, i > 1).size() == 2', true],
  ['has(args.note) && !has(args.missing)', true],
  ['principal.claims.dept == "x" && "support" in principal.groups', true],
  ['client.name == "inspector"', true],
  ['tool.readOnlyHint', true],
  ['sql.readOnly && sql.tables.all(t, t in ["public.orders", "public.customers"])', true],
  ['"DELETE" in sql.verbs', false],
  ['http.method == "GET" && http.path.startsWith("/orders/")', true],
  ['connection.name == "shop"', true],
  ['now.getHours("Europe/Berlin") == 9', true],
  ['now.getDayOfWeek() in [1, 2, 3, 4, 5]', true],
  ['now < timestamp("2026-12-01T00:00:00Z")', true],
  ['args.note.matches("^hello")', true],
  ['args.note.matches("(?i)WORLD$")', true],
  ['!args.note.matches("^world")', true],
  ['args.list.map(i, string(i)).exists(s, s.matches("^3$"))', true],
]
test.each(answers)('%s is %s', (text, want) => expect(answer(text)).toBe(want))

const unanswerable: [text: string, why: string][] = [
  ['args.missing == 1', 'there is no such field: `args.missing`'],
  ['args.nested.x.y == 1', 'there is no such field: `args.nested.x`'],
  ['args.note > 5', 'the types do not fit: `args.note > 5`'],
  ['args.amount.matches("6")', 'the types do not fit: `args.amount`'],
  ['args.note', 'it is neither true nor false'],
  ['args.list[7] == 1', 'the list is shorter: `args.list[7]`'],
  ['bool(args.note)', 'it cannot be evaluated: `bool(args.note)`'],
  ['now.getHours(args.note) == 1', 'it cannot be evaluated'],
]
test.each(unanswerable)('%s cannot be evaluated, and the reason holds nothing of the call', (text, error) =>
  expect(answer(text)).toEqual({ error }),
)

test('what a call does not have cannot be evaluated', () => {
  for (const [name, text] of [
    ['tool', 'tool.readOnlyHint'],
    ['sql', 'sql.readOnly'],
    ['http', 'http.method == "GET"'],
  ] as const) {
    const seen = seenBy({ ...call, [name]: null }, now)
    expect(compileCondition(text).answer(seen)).toEqual({ error: `this is not known for the call: \`${name}\`` })
  }
})

describe('a condition cannot be made slow', () => {
  const many = Array.from({ length: 4_000 }, (_, i) => i)
  const slow: [what: string, text: string, args: JsonObject][] = [
    ['a loop in a loop', 'args.l.all(x, args.l.all(y, y >= 0))', { l: many }],
    ['a loop in a loop that swallows errors', 'args.l.exists(x, args.l.exists(y, y == "never"))', { l: many }],
    ['a filter in a map', 'args.l.map(x, args.l.filter(y, y >= x)).size() == 0', { l: many }],
    ['searching a list in a loop', 'args.l.all(x, !(x in args.m))', { l: many, m: many.map((i) => -1 - i) }],
    ['comparing lists in a loop', 'args.l.all(x, args.l == args.m)', { l: many, m: [...many] }],
    [
      'joining a long text many times',
      'args.l.map(x, args.s).join("").size() == 0',
      { l: many, s: 'x'.repeat(200_000) },
    ],
    [
      'one long text in another',
      'args.a.contains(args.b)',
      { a: 'a'.repeat(300_000), b: `${'a'.repeat(90_000)}b${'a'.repeat(90_000)}` },
    ],
    [
      'the last of one long text in another',
      'args.a.lastIndexOf(args.b) > 0',
      { a: 'a'.repeat(300_000), b: `${'a'.repeat(90_000)}b` },
    ],
    ['time zones in a loop', 'args.l.all(x, now.getHours("Europe/Berlin") != x)', { l: many.map((i) => i + 24) }],
    ['a duration of many digits', 'duration(args.d) > duration("1s")', { d: '1'.repeat(50_000) }],
    ['a pattern on a very long text', 'args.s.matches("(a|b)*a(a|b){200}[cd]")', { s: 'ab'.repeat(400_000) }],
    ['more than 10,000 values', 'args.a == 1', { a: 1, l: Array.from({ length: 10_001 }, () => 0) }],
  ]
  test.each(slow)('%s: not evaluable, and within the time of this test', (_, text, args) => {
    expect(answer(text, args)).toMatchObject({ error: expect.any(String) })
  })

  test('what a join would make is counted before it fills the memory', () => {
    const before = process.memoryUsage().rss
    expect(answer('args.l.join(args.s) == ""', { l: many.map(String), s: 'x'.repeat(100_000) })).toMatchObject({
      error: expect.stringContaining('too long'),
    })
    expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000)
  })

  test('29 characters that froze a native RegExp for seconds are nothing', () => {
    expect(answer('args.s.matches("^(a+)+$")', { s: `${'a'.repeat(50_000)}!` })).toBe(false)
  })

  test('one large text is still looked at', () => {
    expect(
      answer('args.s.contains("needle") && args.s.matches("needle$")', { s: `${'x'.repeat(1_000_000)}needle` }),
    ).toBe(true)
  })
})

const refused: [text: string, why: string, offset: number][] = [
  [
    'args.l.all(x, args.l.exists(y, args.l.exists(z, true)))',
    'more than 2 of all, exists, map, filter inside each other',
    31,
  ],
  [
    'cel.bind(a, 1, cel.bind(b, 2, cel.bind(c, 3, true)))',
    'more than 2 of all, exists, map, filter inside each other',
    30,
  ],
  ['args.s.matches(args.pattern)', 'the pattern of `matches` must be written out as a text', 15],
  ['args.s.matches("(")', 'the pattern is not RE2: error parsing regexp: missing closing ): `(`', 15],
  [
    'args.s.matches("(?=x)")',
    'the pattern is not RE2: error parsing regexp: invalid or unsupported Perl syntax: `(?=`',
    15,
  ],
  ['"x".size().matches("a")', '`matches` needs a text, not an int', 0],
  ['size(args)', 'the condition is an int, not true or false', 0],
  ['args.n == 1 &&', 'the condition is not complete', 14],
  ['user.id == "x"', 'unknown variable: user', 0],
  ['true && who', 'unknown variable: who', 8],
  ['resource.id == "x"', 'unknown variable: resource', 0],
  ['1 + "a" == 2', 'no such overload: int + string', 0],
  [`${'('.repeat(500)}true${')'.repeat(500)}`, 'exceeded maxDepth (100)', 100],
  [`${'!'.repeat(15_000)}true`, 'the condition is nested too deep', 0],
  [`true${' || false'.repeat(300)}`, 'the condition is nested too deep', 0],
  [`args.s == "${'x'.repeat(20_000)}"`, 'the condition is longer than 20000 characters', 0],
]
test.each(refused)('refused: %.60s', (text, message, offset) => {
  expect(conditionProblem(text)).toMatchObject({ message, offset })
  expect(() => compileCondition(text)).toThrow(CelProblem)
})

describe('in a list, where arguments are not known, a condition has three answers', () => {
  const cases: [text: string, want: boolean | 'unknown'][] = [
    ['args.amount > 50', 'unknown'],
    ['args.missing == 1', 'unknown'],
    ['sql.readOnly', 'unknown'],
    ['http.method == "GET"', 'unknown'],
    ['principal.claims.dept == "x"', true],
    ['principal.claims.dept == "y"', false],
    ['principal.claims.dept == "y" && args.amount > 50', false],
    ['args.amount > 50 && principal.claims.dept == "y"', false],
    ['principal.claims.dept == "x" && args.amount > 50', 'unknown'],
    ['principal.claims.dept == "x" || args.amount > 50', true],
    ['args.amount > 50 || principal.claims.dept == "x"', true],
    ['args.amount > 50 || principal.claims.dept == "y"', 'unknown'],
    ['!(args.amount > 50)', 'unknown'],
    ['args.amount > 50 ? true : true', 'unknown'],
    ['has(args.amount)', 'unknown'],
    ['args.list.all(i, i > 0)', 'unknown'],
    ['tool.readOnlyHint', true],
    ['args.x == 1 || principal.claims.absent == "y"', 'unknown'],
  ]
  test.each(cases)('%s: %s', (text, want) => expect(listed(text)).toBe(want))

  test('what cannot be evaluated whatever the arguments is not unknown', () => {
    expect(listed('principal.claims.absent == "y"')).toEqual({
      error: 'there is no such field: `principal.claims.absent`',
    })
    expect(listed('tool.readOnlyHint', { tool: null })).toMatchObject({ error: expect.any(String) })
  })
})

const readings: [text: string, reads: boolean][] = [
  ['client.name == "x"', true],
  ['has(client.name)', true],
  ['[client].size() == 1', true],
  ['{"a": client}.size() == 1', true],
  ['args.l.all(x, x == client.name)', true],
  ['client["name"].matches("x")', true],
  ['args.client == "x"', false],
  ['args.x == "client"', false],
]
test.each(readings)('`%s` reads the client: %s', (text, reads) =>
  expect(compileCondition(text).reads('client')).toBe(reads),
)

const hostile: JsonObject[] = [
  JSON.parse('{"constructor": {"a": 1}, "a": 1}') as JsonObject,
  JSON.parse('{"__proto__": {"a": 1}}') as JsonObject,
  JSON.parse('{"a": {"constructor": "x"}}') as JsonObject,
  JSON.parse('{"toString": 1, "hasOwnProperty": 1}') as JsonObject,
]
test.each(hostile)('arguments with the names of what objects inherit widen nothing: %j', (args) => {
  expect(answer('args.a == 2', args)).not.toBe(true)
  expect(answer('args.toString == "x"', args)).not.toBe(true)
  expect(answer('has(args.valueOf)', args)).not.toBe(true)
})
