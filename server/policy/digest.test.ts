import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { JsonObject, Rule } from '../types'
import { callDigest, canonical, type DigestParts, ruleContentHash } from './digest'

const key = Buffer.from('a key of the installation, 32 B..')
const parts: DigestParts = {
  principal: 'https://issuer#alice',
  connectionId: '6a9f4d6e-0000-4000-8000-000000000000',
  targetHash: 'aa',
  action: 'tools/call',
  resource: { type: 'tool', id: 'refund_order' },
  toolHash: 'bb',
  rules: ['r1', 'r2'],
  args: { order: 'A-1', amount: 60 },
}
const digest = callDigest(key, parts)

describe('promise 4: what was approved is exactly what the caller sent', () => {
  const changes: [what: string, change: Partial<DigestParts>][] = [
    ['another person', { principal: 'https://issuer#bob' }],
    ['another connection', { connectionId: '6a9f4d6e-0000-4000-8000-000000000001' }],
    ['the connection points elsewhere', { targetHash: 'ab' }],
    ['another method', { action: 'prompts/get' }],
    ['another tool', { resource: { type: 'tool', id: 'refund_orders' } }],
    ['another kind of thing with that name', { resource: { type: 'prompt', id: 'refund_order' } }],
    ['the tool was redefined', { toolHash: 'bc' }],
    ['a rule was edited', { rules: ['r1', 'r3'] }],
    ['one more rule asks', { rules: ['r1', 'r2', 'r3'] }],
    ['another amount', { args: { order: 'A-1', amount: 61 } }],
    ['a number became a text', { args: { order: 'A-1', amount: '60' } }],
    ['one more argument', { args: { order: 'A-1', amount: 60, force: false } }],
    ['an argument became null', { args: { order: 'A-1', amount: null } }],
  ]
  test.each(changes)('another digest: %s', (_, change) => {
    expect(callDigest(key, { ...parts, ...change })).not.toBe(digest)
  })

  test('the digest is keyed, so that nobody can guess arguments from it', () => {
    expect(callDigest(Buffer.from('another key'), parts)).not.toBe(digest)
    expect(digest).toMatch(/^[0-9a-f]{64}$/)
  })

  test('the order of keys and of rules means nothing, nor how a number was written', () => {
    const args = JSON.parse('{"amount":6e1,"order":"\\u0041-1"}') as JsonObject
    expect(callDigest(key, { ...parts, rules: ['r2', 'r1'], args })).toBe(digest)
  })

  test('the digest stays what it is: approvals in the database depend on it', () => {
    expect(digest).toBe('6b2131d66795b86ecad6fdb0b6c85b5530fc1b8d27499a08bb1461928c422db3')
  })
})

describe('canonical form', () => {
  const odd: [value: unknown, other: unknown][] = [
    [{ a: '\ud800' }, { a: '\ud801' }],
    [{ a: '\ud800' }, { a: '\\ud800' }],
    [{ a: '\ud800' }, { a: '"\\ud800"' }],
    [{ '\udc00': 1 }, { '\\udc00': 1 }],
    [['\ud800', 'x'], ['\ud800x']],
    [
      { a: 1, b: '\ud800' },
      { a: '1', b: '\ud800' },
    ],
  ]
  test.each(odd)('half a surrogate pair has a form of its own: %j', (value, other) => {
    expect(canonical(value)).not.toBe(canonical(other))
  })

  test('different values have different forms, equal values the same', () => {
    const json = fc.jsonValue({
      stringUnit: fc.constantFrom('a', '"', '\\', '\ud800', '\udc00', 'é') as never,
      maxDepth: 3,
    })
    fc.assert(
      fc.property(json, json, (a, b) => {
        const same = JSON.stringify(sorted(a)) === JSON.stringify(sorted(b))
        expect(canonical(a) === canonical(b)).toBe(same)
      }),
      { numRuns: 1_000, seed: 5 },
    )
  })
})

const sorted = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(sorted)
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, inner]) => ({ [`k${key}`]: sorted(inner) }))
    .concat({ object: true } as never)
}

test('a rule keeps its hash whatever happens around it, and loses it with any change of its own', () => {
  const rule: Rule = {
    id: 'big-refund',
    effect: 'review',
    connections: ['shop'],
    actions: ['tools/call'],
    resources: ['refund_order'],
    when: 'args.amount > 50.0',
    review: {
      approvers: ['everyone'],
      approvals: 1,
      scope: 'call',
      maxMinutes: 60,
      expiresMinutes: 60,
      reason: 'optional',
    },
  }
  const hash = ruleContentHash('support', rule)
  expect(ruleContentHash('support', { ...rule, connections: [...rule.connections] })).toBe(hash)
  expect(ruleContentHash('sales', rule)).not.toBe(hash)
  expect(ruleContentHash('support', { ...rule, when: 'args.amount > 500.0' })).not.toBe(hash)
  expect(ruleContentHash('support', { ...rule, review: { ...rule.review!, approvals: 2 } })).not.toBe(hash)
})
