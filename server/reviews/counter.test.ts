import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestDatabase, type TestDatabase } from '../db/testing'
import { compile } from '../policy/compile'
import { decide } from '../policy/decide'
import { callDigest, type DigestParts } from '../policy/digest'
import { checkDocument } from '../policy/document'
import type { JsonObject } from '../types'
import { callOf, connection, keys, openOne, viewer } from './asking.testing'
import { counterReview, type Deciding } from './counter'
import { getReview } from './get-review'
import { vote } from './vote'

let database: TestDatabase
beforeAll(async () => {
  database = await startTestDatabase()
})
afterAll(() => database.stop())

const review = (id: string, when: string, approvals: number, group = 'leads') => ({
  ...{ id, effect: 'review', connections: ['shop'], resources: ['refund_order'], when },
  review: { approvers: [{ claim: 'groups', value: group }], approvals, maxMinutes: 60, expiresMinutes: 60 },
})
const rules = [
  { id: 'small', effect: 'allow', connections: ['shop'], resources: ['*'], when: 'args.amount <= 50' },
  review('big', 'args.amount > 50', 1),
  review('huge', 'args.amount > 500', 2),
  review('foreign', 'args.amount > 900', 1, 'finance'),
  { id: 'never', effect: 'deny', connections: ['shop'], resources: ['*'], when: 'args.amount == 66' },
]
const read = checkDocument({
  roles: [{ name: 'support', members: ['everyone'], rules }],
  masks: [{ id: 'm', connections: ['*'], resources: ['*'], fields: ['secret'], style: 'redact' }],
})
if (!read.ok) throw new Error(JSON.stringify(read.problems))
const policy = compile(1, read.document)
const target = { ...connection, sql: [], http: [], schema: 'public', secrets: [], tools: new Map() }
const deciding = { keys, policy, connections: [target] } as unknown as Deciding

const askedFor = (args: JsonObject) =>
  decide(policy, callOf('alice', args), { grants: [], digest: null }, new Date()).asked
const asking = (args: JsonObject) => openOne(database, { asked: askedFor(args), args })
const as = (name: string, groups = ['leads']) => ({ viewer: viewer(name, groups), db: database.db })
const rows = async (text: string, id: string) => (await database.asOwner(text, [id])).rows
const digestOf = (args: JsonObject, meta?: JsonObject) =>
  callDigest(keys.digest, {
    ...{ principal: 'issuer#alice', connectionId: connection.id, targetHash: connection.targetHash, toolHash: '' },
    ...{ action: 'tools/call', resource: { type: 'tool', id: 'refund_order' }, args, meta },
    rules: askedFor(args).map((rule) => rule.contentHash),
  } satisfies DigestParts)

test('other arguments: nothing runs, the caller is offered them, and holds one use for exactly them', async () => {
  const id = await asking({ amount: 90 })
  const countered = await counterReview(as('bob'), deciding, { reviewId: id, arguments: { amount: 60, secret: 'x' } })
  expect(countered).toMatchObject({ state: 'approved' })
  const [before] = await rows('select state, offer_sealed, arguments_sealed from reviews where id = $1', id)
  expect(before).toMatchObject({ state: 'denied', arguments_sealed: null })
  expect(JSON.parse(keys.open(before.offer_sealed, `offer ${id}`))).toEqual({ amount: 60, secret: 'x' })
  expect(await rows('select digest, max_uses from grants where review_id = $1', id)).toEqual([])
  expect(await rows('select digest, max_uses from grants where review_id = $1', countered.waiting ?? '')).toEqual([
    { digest: digestOf({ amount: 60, secret: 'x' }), max_uses: 1 },
  ])
  const [after] = await rows('select arguments_masked, offer_of from reviews where id = $1', countered.waiting ?? '')
  expect(after).toMatchObject({ offer_of: id, arguments_masked: expect.not.stringContaining('"x"') })
})

test('other arguments are offered with the `_meta` that was asked with', async () => {
  const meta = { 'example.com/tenant': 'a', secret: 'x' }
  const id = await openOne(database, { asked: askedFor({ amount: 600 }), args: { amount: 600 }, meta })
  const { waiting } = await counterReview(as('bob'), deciding, { reviewId: id, arguments: { amount: 550 } })
  const next = await getReview(as('bea'), { keys, isAdmin: () => false }, waiting ?? '')
  expect([JSON.parse(next.arguments), JSON.parse(next.meta ?? '')]).toEqual([{ amount: 550 }, meta])
  const [row] = await rows('select digest, facts from reviews where id = $1', waiting ?? '')
  expect(row.digest).toBe(digestOf({ amount: 550 }, meta))
  expect(JSON.parse(row.facts.metaMasked)).toEqual({ 'example.com/tenant': 'a', secret: '[masked]' })
})

test('what was approved before is void: others who must approve are asked again, about the new arguments', async () => {
  const id = await asking({ amount: 600 })
  await vote(as('bea'), keys, { reviewId: id, verdict: 'approve' })
  const { waiting, state } = await counterReview(as('bob'), deciding, { reviewId: id, arguments: { amount: 550 } })
  expect(state).toBe('pending')
  await expect(vote(as('bob'), keys, { reviewId: waiting ?? '', verdict: 'approve' })).rejects.toMatchObject({
    code: 'conflict',
  })
  expect(await vote(as('bea'), keys, { reviewId: waiting ?? '', verdict: 'approve' })).toEqual({ state: 'approved' })
})

test('arguments that need no approval are offered, and nobody is asked', async () => {
  const id = await asking({ amount: 90 })
  expect(await counterReview(as('bob'), deciding, { reviewId: id, arguments: { amount: 10 } })).toEqual({
    ...{ waiting: null, state: 'approved' },
  })
})

const refused: [what: string, args: JsonObject, code: string][] = [
  ['the same arguments', { amount: 90 }, 'invalid'],
  ['what policy denies', { amount: 66 }, 'invalid'],
  ['what asks other approvers', { amount: 950 }, 'invalid'],
]
describe('what cannot be offered', () => {
  for (const [what, args, code] of refused)
    test(what, async () => {
      const id = await asking({ amount: 90 })
      await expect(counterReview(as('bob'), deciding, { reviewId: id, arguments: args })).rejects.toMatchObject({
        code,
      })
      expect(await rows('select state from reviews where id = $1', id)).toEqual([{ state: 'pending' }])
    })

  test('anything, on one’s own question', async () => {
    const id = await asking({ amount: 90 })
    const own = counterReview(as('alice'), deciding, { reviewId: id, arguments: { amount: 60 } })
    await expect(own).rejects.toMatchObject({ code: 'forbidden' })
  })

  test('anything, on a connection that leads elsewhere by now', async () => {
    const id = await asking({ amount: 90 })
    const moved = { ...deciding, connections: [{ ...target, targetHash: 'elsewhere' }] } as unknown as Deciding
    const late = counterReview(as('bob'), moved, { reviewId: id, arguments: { amount: 60 } })
    await expect(late).rejects.toMatchObject({ code: 'conflict' })
  })
})

test('nobody offers other arguments for a tool that is described otherwise than when it was asked for', async () => {
  const id = await asking({ amount: 90 })
  const described = new Map([['refund_order', { hints: {}, isPinned: false, hash: 'another' }]])
  const now = { ...deciding, connections: [{ ...target, tools: described }] } as unknown as Deciding
  const offer = counterReview(as('bob'), now, { reviewId: id, arguments: { amount: 60 } })
  await expect(offer).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('described otherwise'),
  })
  expect(await rows('select state from reviews where id = $1', id)).toEqual([{ state: 'pending' }])
})
