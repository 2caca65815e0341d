import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Context } from '../context'
import { startTestDatabase, type TestDatabase } from '../db/testing'
import { liveGrants } from '../grants/live-grants'
import type { AskedRule, Principal, Viewer } from '../types'
import { asks, connection, isAdmin, keys, openOne, viewer } from './asking.testing'
import { breakGlass } from './break-glass'
import { countMine } from './count-reviews'
import { getReview } from './get-review'
import { listBreaks } from './list-breaks'
import { vote } from './vote'
import { writeFinding } from './write-finding'

let database: TestDatabase
beforeAll(async () => {
  database = await startTestDatabase()
})
afterAll(() => database.stop())

const as = (person: Viewer): Context => ({ viewer: person, db: database.db })
const admin = (name: string, more: Partial<Viewer> = {}) => viewer(name, ['admins'], { admin: true, ...more })
const [carol, chris, cyd] = [admin('carol'), admin('chris'), admin('cyd')]
const bob = viewer('bob', ['leads'])
const breakableRule = () => asks(1, 'leads', { breakGlass: true })
const ask = (asked: AskedRule[] = [breakableRule()], principal?: Principal) =>
  openOne(database, { asked, ...(principal === undefined ? {} : { principal }) })
const breaks = (person: Viewer, reviewId: string, minutes?: number) =>
  breakGlass(as(person), isAdmin, { reviewId, why: 'the shop is down', ...(minutes === undefined ? {} : { minutes }) })
const stateOf = async (id: string) =>
  (await database.asOwner('select state from reviews where id = $1', [id])).rows[0].state
const grantsOf = async (id: string) =>
  (
    await database.asOwner(
      'select *, extract(epoch from ends_at - created_at)::int as seconds from grants where review_id = $1',
      [id],
    )
  ).rows
const broken = async (minutes?: number) => {
  const id = await ask()
  await breaks(carol, id, minutes)
  await breaks(chris, id, minutes)
  return id
}

test('two administrators let it through, once and for a quarter of an hour at most; one of them alone does nothing', async () => {
  const id = await ask()
  expect(await breaks(carol, id)).toEqual({ state: 'pending' })
  expect(await grantsOf(id)).toEqual([])
  expect(await breaks(chris, id)).toEqual({ state: 'approved' })
  expect(await grantsOf(id)).toMatchObject([{ max_uses: 1, used: 0, rules: ['hash-leads'], seconds: 900 }])
  expect(await liveGrants(database.db, 'issuer#alice', connection)).toContainEqual(
    expect.objectContaining({ reviewId: id, digest: expect.any(String) }),
  )
})

test('the half of somebody who is no administrator any more does not count, and says so', async () => {
  const id = await ask()
  const left = admin('left')
  await breaks(left, id)
  await database.asOwner(`insert into people (id, name, groups) values ($1, 'left', '["support"]')`, [left.id])
  expect(await breaks(chris, id)).toEqual({ state: 'pending' })
  expect(await grantsOf(id)).toEqual([])
  const { glass } = await getReview(as(cyd), { keys, isAdmin }, id)
  expect(glass).toMatchObject({ mayBreak: true, wanted: [{ counts: false }, { counts: true }] })
  expect(await breaks(cyd, id)).toEqual({ state: 'approved' })
})

test('of two times the shorter counts, for this very call', async () => {
  const id = await ask()
  await breaks(carol, id, 10)
  await breaks(chris, id, 3)
  const [grant] = await grantsOf(id)
  expect(grant).toMatchObject({ max_uses: null, seconds: 180 })
  expect(grant.digest).not.toBeNull()
})

const robot: Principal = { ...viewer('robot', []), kind: 'service', claims: { owner: 'carol@example.com' } }
const refused: [who: string, person: Viewer, asked: AskedRule[], principal: Principal | undefined, code: string][] = [
  ['the caller, though an administrator', admin('alice'), [breakableRule()], undefined, 'forbidden'],
  ['the owner of the service account that asks', carol, [breakableRule()], robot, 'forbidden'],
  ['an approver who is no administrator', bob, [breakableRule()], undefined, 'not-found'],
  ['an auditor', viewer('dave', [], { auditor: true }), [breakableRule()], undefined, 'not-found'],
  ['a service account that administers', admin('ci', { kind: 'service' }), [breakableRule()], undefined, 'forbidden'],
  ['an administrator, where no rule lets them', carol, [asks()], undefined, 'forbidden'],
  ['an administrator, where one of two rules does not', carol, [breakableRule(), asks(1, 'x')], undefined, 'forbidden'],
  [
    'an administrator whose groups were read too long ago',
    admin('carol', { groupsReadAt: new Date(Date.now() - 61_000) }),
    [breakableRule()],
    undefined,
    'unauthenticated',
  ],
]
describe('who may not break the glass', () => {
  for (const [who, person, asked, principal, code] of refused)
    test(who, async () => {
      const id = await ask(asked, principal)
      await expect(breaks(person, id)).rejects.toMatchObject({ code })
      expect(await grantsOf(id)).toEqual([])
    })
})

test('one administrator twice is one, and nobody gives more than a quarter of an hour', async () => {
  const id = await ask()
  await breaks(carol, id)
  await expect(breaks(carol, id)).rejects.toMatchObject({ code: 'conflict' })
  await expect(breaks(chris, id, 16)).rejects.toMatchObject({ name: 'ZodError' })
  expect(await stateOf(id)).toBe('pending')
})

test('a rule that wants a reason wants it here too', async () => {
  const id = await ask([asks(1, 'leads', { breakGlass: true, reason: 'required' })])
  await expect(breaks(carol, id)).rejects.toMatchObject({ code: 'conflict' })
})

test('a denial that came first stands', async () => {
  const id = await ask()
  await breaks(carol, id)
  await vote(as(bob), keys, { reviewId: id, verdict: 'deny' })
  await expect(breaks(chris, id)).rejects.toMatchObject({ code: 'conflict' })
  expect(await grantsOf(id)).toEqual([])
})

test('administrators and approvers racing make exactly one transition, and one grant at most', async () => {
  for (let round = 0; round < 5; round += 1) {
    const id = await ask()
    const halves = [carol, chris, cyd, admin('cleo')].map((person) => breaks(person, id))
    await Promise.allSettled([...halves, vote(as(bob), keys, { reviewId: id, verdict: 'deny' })])
    const state = await stateOf(id)
    expect(await grantsOf(id)).toHaveLength(state === 'approved' ? 1 : 0)
    const { rows } = await database.asOwner('select * from glass_breaks where review_id = $1', [id])
    expect(rows).toHaveLength(state === 'approved' ? 1 : 0)
  }
})

test('the arguments open for an administrator who is about to break the glass, and the look is recorded', async () => {
  const id = await ask()
  expect(await getReview(as(carol), { keys, isAdmin }, id)).toMatchObject({ whole: false, glass: { mayBreak: true } })
  expect(await getReview(as(carol), { keys, isAdmin }, id, { toBreak: true })).toMatchObject({ whole: true })
  const looks = await database.asOwner('select person from review_looks where review_id = $1', [id])
  expect(looks.rows).toEqual([{ person: carol.id }])
  const other = await ask([asks()])
  expect(await getReview(as(carol), { keys, isAdmin }, other, { toBreak: true })).toMatchObject({
    whole: false,
    glass: null,
  })
})

describe('afterwards', () => {
  test('it stays open for everybody but those who broke it and the caller, until one of them writes what they found', async () => {
    const id = await broken()
    const seenBy = async (person: Viewer) => (await listBreaks(as(person))).some((one) => one.id === id)
    for (const person of [bob, cyd, viewer('dave', [], { auditor: true })]) expect(await seenBy(person)).toBe(true)
    for (const person of [carol, chris, admin('alice'), viewer('erin', [])]) expect(await seenBy(person)).toBe(false)
    const before = await countMine(as(cyd))
    await writeFinding(as(bob), { reviewId: id, finding: 'it was right: the shop was down' })
    expect(await seenBy(cyd)).toBe(false)
    expect(await countMine(as(cyd))).toBe(before - 1)
    expect((await getReview(as(carol), { keys, isAdmin }, id)).glass?.broken).toMatchObject({
      ...{ finding: 'it was right: the shop was down', finder: 'bob@example.com', late: false },
    })
  })

  const others: [who: string, person: Viewer, code: string][] = [
    ['the first who broke it', carol, 'forbidden'],
    ['the second', chris, 'forbidden'],
    ['the caller, though an administrator', admin('alice'), 'forbidden'],
    ['a stranger, who does not even learn of it', viewer('erin', []), 'not-found'],
    ['a service account', viewer('ci', ['leads'], { kind: 'service' }), 'not-found'],
  ]
  for (const [who, person, code] of others)
    test(`not by ${who}`, async () => {
      const id = await broken()
      await expect(writeFinding(as(person), { reviewId: id, finding: 'fine' })).rejects.toMatchObject({ code })
    })

  test('of several who look at once one writes, and nobody writes over it', async () => {
    const id = await broken()
    const people = [bob, cyd, viewer('dave', [], { auditor: true })]
    const written = await Promise.allSettled(
      people.map((person) => writeFinding(as(person), { reviewId: id, finding: person.name })),
    )
    expect(written.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  test('it is seen when nobody has looked in time, by the clock of the database', async () => {
    const id = await broken()
    await database.asOwner(`update glass_breaks set due_at = now() - interval '3 hours' where review_id = $1`, [id])
    expect((await listBreaks(as(bob))).find((one) => one.id === id)?.late).toBe(true)
    expect((await getReview(as(carol), { keys, isAdmin }, id)).glass?.broken?.late).toBe(true)
  })
})

test('every step of it is in the record: both halves, and what was found', async () => {
  const id = await broken()
  await writeFinding(as(bob), { reviewId: id, finding: 'right' })
  const { rows } = await database.asOwner(
    `select action, principal from entries where body like $1 and action like 'review.%' order by seq`,
    [`%${id}%`],
  )
  expect(rows.map(({ action, principal }) => `${principal} ${action}`)).toEqual([
    'alice@example.com review.open',
    'carol@example.com review.glass-begun',
    'chris@example.com review.glass-broken',
    'bob@example.com review.finding',
  ])
})
