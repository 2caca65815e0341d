import { describe, expect, test } from 'vitest'
import type { Call, Effect, JsonObject } from '../types'
import { compile } from './compile'
import { compileCondition, seenBy } from './conditions'
import { decide } from './decide'
import { checkDocument, type PolicyDocumentInput } from './document'

const now = new Date('2026-11-01T10:00:00Z')
const callWith = (args: JsonObject): Call => ({
  principal: { id: 'i#alice', email: null, name: 'Alice', groups: [], claims: {}, kind: 'user' },
  client: { id: 'c', name: 'c', version: '1' },
  connection: { id: 'c', name: 'shop', targetHash: '' },
  ...{ action: 'tools/call', resource: { type: 'tool', id: 'x' }, args, tool: null, sql: null, http: null },
})

/** Processor time, which others on the machine do not change as they change the clock. */
function timed<T>(work: () => T): { ms: number; got: T } {
  const before = process.cpuUsage()
  const got = work()
  const { user, system } = process.cpuUsage(before)
  return { ms: (user + system) / 1_000, got }
}

const texts = (many: number) => Array.from({ length: many }, (_, n) => `item ${n}`)
const numbers = (many: number) => Array.from({ length: many }, (_, n) => n + 0.5)
const objects = (many: number) => Array.from({ length: many }, (_, n) => ({ n }))
const words = 'x'.repeat(9_000)

describe('arguments cannot make a condition hold the process', () => {
  const slow: [what: string, text: string, args: JsonObject][] = [
    [
      'fields that are not there, in a loop in a loop',
      'args.l.exists(a, args.l.exists(b, a.id == b.parent))',
      { l: objects(480) },
    ],
    ['types that do not fit', 'args.l.all(a, args.l.all(b, b > 1))', { l: texts(490) }],
    ['times that are none', 'args.l.exists(a, args.l.exists(b, timestamp(b) > now))', { l: texts(490) }],
    ['numbers that are none', 'args.l.exists(a, args.l.exists(b, int(b) == 1))', { l: texts(490) }],
    ['a list that is shorter', 'args.l.exists(a, args.l.exists(b, args.l[9999] == a))', { l: texts(490) }],
    [
      'errors in a long condition',
      `args.l.exists(a, args.l.exists(b, b.id == "${words}" || b.id == "${words}"))`,
      { l: objects(300) },
    ],
    [
      'a list in each item of a list in a list',
      'args.a.map(x, args.a.map(y, args.b)).size() > 3',
      { a: numbers(400), b: numbers(9_000) },
    ],
    [
      'much to do in each step',
      `args.l.all(a, args.l.all(b, [${Array(900).fill('a < b').join(', ')}].size() == 900))`,
      { l: numbers(490) },
    ],
  ]
  test.each(slow)('%s: not evaluable, and soon', (_, text, args) => {
    const condition = compileCondition(text)
    const { ms, got } = timed(() => condition.answer(seenBy(callWith(args), now)))
    expect(got).toMatchObject({ error: expect.any(String) })
    expect(ms).toBeLessThan(600)
  })

  const fine: [what: string, text: string, args: JsonObject, want: boolean][] = [
    ['each of many', 'args.l.all(x, x > 0.0)', { l: numbers(9_000) }, true],
    [
      'one that has a field which thousands have not',
      'args.l.exists(x, x.id == "z")',
      { l: [...objects(3_000), { id: 'z' }] },
      true,
    ],
    ['each with each of two hundred', 'args.l.all(x, args.l.exists(y, x == y))', { l: numbers(200) }, true],
    ['a large text', 'args.s.contains("needle")', { s: `${'x'.repeat(900_000)}needle` }, true],
  ]
  test.each(fine)('%s is still looked at', (_, text, args, want) =>
    expect(compileCondition(text).answer(seenBy(callWith(args), now))).toBe(want),
  )
})

describe('many conditions that are each too dear hold it no longer than a few', () => {
  const when = 'args.l.all(x, args.l.all(y, x != y + 0.25))'
  const rules = (effect: Effect) =>
    Array.from({ length: 60 }, (_, n) => ({
      ...{ id: `r${n}`, effect, when: `${when} || args.n == ${n}.0` },
      ...(effect === 'review' ? { review: { approvers: ['everyone' as const] } } : {}),
    }))
  const policy = (of: NonNullable<NonNullable<PolicyDocumentInput['roles']>[number]['rules']>) => {
    const read = checkDocument({ roles: [{ name: 'all', members: ['everyone'], rules: of }], masks: [] })
    if (!read.ok) throw new Error(read.problems[0]?.message)
    return compile(1, read.document)
  }
  const ask = (effect: Effect, last: Effect) => {
    const compiled = policy([
      ...rules(effect),
      { id: 'last', effect: last, ...(last === 'review' ? { review: { approvers: ['everyone'] } } : {}) },
    ])
    const call = callWith({ l: numbers(4_000), n: -1 })
    return timed(() => decide(compiled, call, { grants: [], digest: null }, now))
  }

  const cases: [effect: Effect, beside: Effect, want: Effect][] = [
    ['allow', 'deny', 'deny'],
    ['deny', 'allow', 'deny'],
    ['review', 'allow', 'review'],
  ]
  test.each(cases)('%s, beside one that says %s: %s', (effect, beside, want) => {
    const { ms, got } = ask(effect, beside)
    expect(got.effect).toBe(want)
    expect(got.errors.filter((error) => error.endsWith('it takes too long on these arguments'))).toHaveLength(60)
    expect(ms).toBeLessThan(1_000)
  })

  test('what nobody may be let through by lets nobody through', () => {
    const call = callWith({ l: numbers(4_000), n: 59 })
    const { effect, reason } = decide(policy(rules('allow')), call, { grants: [], digest: null }, now)
    expect({ effect, reason }).toEqual({ effect: 'deny', reason: 'no-matching-rule' })
  })

  test('what one call cost is not counted to the next', () => {
    const compiled = policy([{ id: 'r', effect: 'allow', when }])
    decide(compiled, callWith({ l: numbers(4_000) }), { grants: [], digest: null }, now)
    expect(decide(compiled, callWith({ l: numbers(20) }), { grants: [], digest: null }, now).effect).toBe('allow')
  })
})
