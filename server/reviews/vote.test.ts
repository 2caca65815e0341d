import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Context } from '../context'
import { startTestDatabase, type TestDatabase } from '../db/testing'
import type { AskedRule, Viewer } from '../types'
import { asks, isAdmin, keys, openOne, viewer } from './asking.testing'
import { cancelReview } from './cancel-review'
import { expireReviews } from './expire-reviews'
import { getReview } from './get-review'
import { giveReason } from './give-reason'
import { listReviews } from './list-reviews'
import { vote } from './vote'
import { approversOf } from './voters'

let database: TestDatabase

beforeAll(async () => {
  database = await startTestDatabase()
})
afterAll(() => database.stop())

const as = (person: Viewer): Context => ({ viewer: person, db: database.db })
const ask = (asked?: AskedRule[], digest?: string, person?: string) => openOne(database, { asked, digest, person })
const stateOf = async (id: string) =>
  (await database.asOwner('select state from reviews where id = $1', [id])).rows[0].state
const grantsOf = async (id: string) => (await database.asOwner('select * from grants where review_id = $1', [id])).rows
const bob = viewer('bob', ['leads'])

test('promise 5: one eligible person approves, and exactly one single-use grant is left', async () => {
  const id = await ask()
  expect(await vote(as(bob), keys, { reviewId: id, verdict: 'approve' })).toEqual({ state: 'approved' })
  expect(await grantsOf(id)).toMatchObject([{ max_uses: 1, used: 0, rules: ['hash-leads'] }])
})

const refused: [who: string, person: Viewer, code: string][] = [
  ['the caller, though they lead', viewer('alice', ['leads']), 'forbidden'],
  ['the caller, though an administrator', viewer('alice', ['leads'], { admin: true }), 'forbidden'],
  ['an administrator whom no rule names', viewer('carol', ['admins'], { admin: true }), 'forbidden'],
  ['a service account, though it leads', viewer('robot', ['leads'], { kind: 'service' }), 'forbidden'],
  ['a stranger, who does not even learn of it', viewer('erin', []), 'not-found'],
  [
    'a lead whose groups were read too long ago',
    viewer('bob', ['leads'], { groupsReadAt: new Date(Date.now() - 61_000) }),
    'unauthenticated',
  ],
]
describe('promise 5: who may not answer', () => {
  for (const [who, person, code] of refused)
    test(who, async () => {
      const id = await ask()
      await expect(vote(as(person), keys, { reviewId: id, verdict: 'approve' })).rejects.toMatchObject({ code })
      expect(await stateOf(id)).toBe('pending')
    })
})

test('racing votes make exactly one transition', async () => {
  const id = await ask()
  const people = Array.from({ length: 12 }, (_, n) => viewer(`lead-${n}`, ['leads']))
  const settled = await Promise.allSettled(
    people.map((person, n) => vote(as(person), keys, { reviewId: id, verdict: n % 2 === 0 ? 'approve' : 'deny' })),
  )
  expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  const state = await stateOf(id)
  expect(await grantsOf(id)).toHaveLength(state === 'approved' ? 1 : 0)
})

test('several approvals are several people: one person twice is a conflict', async () => {
  const id = await ask([asks(2)])
  expect(await vote(as(bob), keys, { reviewId: id, verdict: 'approve' })).toEqual({ state: 'pending' })
  await expect(vote(as(bob), keys, { reviewId: id, verdict: 'approve' })).rejects.toMatchObject({ code: 'conflict' })
  expect(await vote(as(viewer('bea', ['leads'])), keys, { reviewId: id, verdict: 'approve' })).toEqual({
    state: 'approved',
  })
})

test('whose groups are read again is nobody for whoever may not know of the question, nor once it is settled', async () => {
  const id = await ask([asks(2)], randomUUID(), 'reread')
  await vote(as(bob), keys, { reviewId: id, verdict: 'approve' })
  const bea = as(viewer('bea', ['leads']))
  expect(await approversOf(bea, id)).toEqual([bob.id])
  expect(await approversOf(as(viewer('erin', [])), id)).toEqual([])
  expect(await approversOf(bea, 'nothing')).toEqual([])
  await vote(bea, keys, { reviewId: id, verdict: 'deny' })
  expect(await approversOf(bea, id)).toEqual([])
})

test('promise 5: an approval of somebody who is no approver any more does not count, and says so', async () => {
  const id = await ask([asks(2)], randomUUID(), 'left-since')
  const gone = viewer('gone', ['leads'])
  await vote(as(gone), keys, { reviewId: id, verdict: 'approve' })
  const groupsNow = (groups: string[]) =>
    database.asOwner(
      `insert into people (id, name, groups) values ($1, 'gone', $2) on conflict (id) do update set groups = $2, groups_read_at = now()`,
      [gone.id, JSON.stringify(groups)],
    )
  await groupsNow(['support'])
  expect(await vote(as(bob), keys, { reviewId: id, verdict: 'approve' })).toEqual({ state: 'pending' })
  const shown = await getReview(as(bob), { keys, isAdmin }, id)
  expect(shown.votes.map(({ name, counts }) => [name, counts])).toEqual([
    ['gone@example.com', false],
    ['bob@example.com', true],
  ])
  await groupsNow(['leads'])
  expect(await getReview(as(bob), { keys, isAdmin }, id)).toMatchObject({ votes: [{ counts: true }, { counts: true }] })
  await groupsNow([])
  const bea = as(viewer('bea', ['leads']))
  expect(await vote(bea, keys, { reviewId: id, verdict: 'approve' })).toEqual({ state: 'approved' })
})

test('of two approvals at the same moment the later one sees the earlier one', async () => {
  for (let n = 0; n < 10; n += 1) {
    const id = await ask([asks(2)], randomUUID(), `racing-${n}`)
    const both = await Promise.all(
      ['bob', 'bea'].map((name) => vote(as(viewer(name, ['leads'])), keys, { reviewId: id, verdict: 'approve' })),
    )
    expect(both.map(({ state }) => state).sort()).toEqual(['approved', 'pending'])
    expect(await grantsOf(id)).toHaveLength(1)
  }
})

test('every rule that asks wants its own people', async () => {
  const id = await ask([asks(1, 'leads'), asks(1, 'finance')])
  expect(await vote(as(bob), keys, { reviewId: id, verdict: 'approve' })).toEqual({ state: 'pending' })
  expect(await vote(as(viewer('fay', ['finance'])), keys, { reviewId: id, verdict: 'approve' })).toEqual({
    state: 'approved',
  })
})

test('one denial denies, whatever others said', async () => {
  const id = await ask([asks(2)])
  await vote(as(bob), keys, { reviewId: id, verdict: 'approve' })
  expect(await vote(as(viewer('bea', ['leads'])), keys, { reviewId: id, verdict: 'deny', note: 'no' })).toEqual({
    state: 'denied',
  })
  expect(await grantsOf(id)).toHaveLength(0)
})

test('what is over by the database clock cannot be approved, and expires', async () => {
  const id = await ask()
  await database.asOwner(`update reviews set expires_at = now() - interval '1 millisecond' where id = $1`, [id])
  await expect(vote(as(bob), keys, { reviewId: id, verdict: 'approve' })).rejects.toMatchObject({ code: 'conflict' })
  await expireReviews(database.db)
  expect(await stateOf(id)).toBe('expired')
})

test('identical questions of one caller are one; the twenty-first different one is too many', async () => {
  const digest = randomUUID()
  const ids = await Promise.all(Array.from({ length: 5 }, () => ask([asks()], digest, 'loop')))
  expect(new Set(ids).size).toBe(1)
  for (let n = 0; n < 19; n += 1) await ask([asks()], randomUUID(), 'loop')
  await expect(ask([asks()], randomUUID(), 'loop')).rejects.toThrow('too-many')
})

test('what was denied again and again is not asked for a while, by the identical call; another question still is', async () => {
  const digest = randomUUID()
  for (let n = 0; n < 5; n += 1)
    await vote(as(bob), keys, { reviewId: await ask([asks()], digest, 'stubborn'), verdict: 'deny' })
  await expect(ask([asks()], digest, 'stubborn')).rejects.toThrow('repeated')
  await ask([asks()], randomUUID(), 'stubborn')
  await ask([asks()], digest, 'somebody else')
  const earlier = `update reviews set created_at = now() - interval '11 minutes' where digest = $1`
  await database.asOwner(earlier, [digest])
  await ask([asks()], digest, 'stubborn')
})

test('who asks and takes back in a loop has people told of sixty questions, and not of six hundred', async () => {
  const loop = viewer('looping', [])
  for (let n = 0; n < 60; n += 1) await cancelReview(as(loop), await ask([asks()], randomUUID(), 'looping'))
  await expect(ask([asks()], randomUUID(), 'looping')).rejects.toThrow('repeated')
})

test('promise 7: whole arguments are for eligible approvers of a pending question only', async () => {
  const id = await ask()
  const seen = async (person: Viewer) => (await getReview(as(person), { keys, isAdmin }, id)).arguments
  expect(await seen(bob)).toContain('"whole"')
  expect(await seen(viewer('carol', [], { admin: true }))).not.toContain('"whole"')
  expect(await seen(viewer('alice', ['leads']))).not.toContain('"whole"')
  await expect(getReview(as(viewer('erin', [])), { keys, isAdmin }, id)).rejects.toMatchObject({ code: 'not-found' })
  await vote(as(bob), keys, { reviewId: id, verdict: 'deny' })
  expect(await seen(bob)).not.toContain('"whole"')
  const { rows } = await database.asOwner('select arguments_sealed from reviews where id = $1', [id])
  expect(rows[0].arguments_sealed).toBeNull()
  expect((await listReviews(as(viewer('erin', [])), { state: 'settled', limit: 100 })).length).toBe(0)
})

test('promise 7: the path that a call would take is whole for those only who see its arguments whole', async () => {
  const http = { method: 'POST', path: '/refunds/whole' }
  const id = await openOne(database, { more: { http, httpTemplate: '/refunds/{secret}' } })
  const path = async (person: Viewer) => (await getReview(as(person), { keys, isAdmin }, id)).facts.http?.path
  expect(await path(bob)).toBe('/refunds/whole')
  expect(await path(viewer('carol', [], { admin: true }))).toBe('/refunds/%5Bmasked%5D')
  await vote(as(bob), keys, { reviewId: id, verdict: 'deny' })
  expect(await path(bob)).toBe('/refunds/%5Bmasked%5D')
})

test('where a rule wants a reason, nobody approves before the caller has said why; denying needs none', async () => {
  const wanting = [asks(1, 'leads', { reason: 'required' })]
  const [one, two] = [await ask(wanting), await ask(wanting)]
  const approve = () => vote(as(bob), keys, { reviewId: one, verdict: 'approve' })
  await expect(approve()).rejects.toMatchObject({ code: 'conflict' })
  expect(await vote(as(bob), keys, { reviewId: two, verdict: 'deny' })).toEqual({ state: 'denied' })
  const alice = as(viewer('alice', []))
  await expect(giveReason(as(bob), one, { reason: 'because' })).rejects.toMatchObject({ code: 'conflict' })
  await giveReason(alice, one, { reason: 'the customer waits' })
  await expect(giveReason(alice, one, { reason: 'another one' })).rejects.toMatchObject({ code: 'conflict' })
  expect(await approve()).toEqual({ state: 'approved' })
})

test('promise 5: nobody decides the question of a service account they own, under any of their names', async () => {
  const robot = (owner: string) =>
    openOne(database, { principal: viewer('robot', ['support'], { kind: 'service', claims: { owner } }) })
  for (const owner of ['issuer#bob', 'bob', 'bob@example.com', ' Bob@Example.COM ']) {
    const id = await robot(owner)
    await expect(vote(as(bob), keys, { reviewId: id, verdict: 'approve' })).rejects.toMatchObject({ code: 'forbidden' })
    const seen = await listReviews(as(bob), { state: 'pending', limit: 1000 })
    expect(seen.find((review) => review.id === id)?.mayVote ?? false).toBe(false)
    expect(await vote(as(viewer('bea', ['leads'])), keys, { reviewId: id, verdict: 'approve' })).toEqual({
      state: 'approved',
    })
  }
})
