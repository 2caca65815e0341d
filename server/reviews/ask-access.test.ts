import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestDatabase, type TestDatabase } from '../db/testing'
import { compile } from '../policy/compile'
import { checkDocument } from '../policy/document'
import { type Asking, askAccess } from './ask-access'
import { asks, connection, keys, openOne, viewer } from './asking.testing'
import { muteCaller, unmuteCaller } from './mute-caller'
import type { AskAccess } from './schemas'
import { vote } from './vote'

let database: TestDatabase
beforeAll(async () => {
  database = await startTestDatabase()
})
afterAll(() => database.stop())

const review = (id: string, scope: 'call' | 'tool') => ({
  ...{ id, effect: 'review', connections: ['shop'], resources: [id] },
  review: { approvers: [{ claim: 'groups', value: 'leads' }], scope, maxMinutes: 60, expiresMinutes: 30 },
})
const rules = [
  { id: 'read', effect: 'allow', connections: ['shop'], resources: ['get'] },
  ...[review('refund', 'tool'), review('cancel', 'tool'), review('drop', 'call')],
]
const support = [{ claim: 'groups', value: 'support' }]
const read = checkDocument({ roles: [{ name: 'support', members: support, rules }], masks: [] })
if (!read.ok) throw new Error(JSON.stringify(read.problems))
const target = { ...connection, tools: new Map() }
const asking = () =>
  ({ db: database.db, keys, policy: compile(1, read.document), connections: [target] }) as unknown as Asking
const as = (name: string, groups: string[]) => ({ viewer: viewer(name, groups), db: database.db })
const wants = (more: Partial<AskAccess> = {}): AskAccess => ({
  ...{ connection: 'shop', tools: ['refund', 'cancel'], minutes: 45, reason: 'the weekend shift' },
  ...more,
})
const left = async (id: string) => {
  const text = `select resource ->> 'id' as tool, digest, max_uses, condition, target_hash,
    round(extract(epoch from ends_at - created_at) / 60)::int as minutes from grants where review_id = $1 order by 1`
  return (await database.asOwner(text, [id])).rows
}

test('what is approved ahead is every tool asked for, for the time asked for', async () => {
  const { id } = await askAccess(as('alice', ['support']), asking(), wants())
  expect(await vote(as('bob', ['leads']), keys, { reviewId: id, verdict: 'approve' })).toEqual({ state: 'approved' })
  const wide = { digest: null, max_uses: null, condition: null, target_hash: 'target', minutes: 45 }
  expect(await left(id)).toEqual([
    { tool: 'cancel', ...wide },
    { tool: 'refund', ...wide },
  ])
})

test('an approver can give less than was asked for, and never one call of it', async () => {
  const { id } = await askAccess(as('amir', ['support']), asking(), wants({ tools: ['refund'] }))
  const bob = as('bob', ['leads'])
  const once = vote(bob, keys, { reviewId: id, verdict: 'approve', give: { scope: 'call', times: 1 } })
  await expect(once).rejects.toMatchObject({ code: 'invalid' })
  await vote(bob, keys, { reviewId: id, verdict: 'approve', give: { scope: 'tool', minutes: 10, times: 2 } })
  expect(await left(id)).toMatchObject([{ tool: 'refund', minutes: 10, max_uses: 2 }])
})

test('nobody approves what they asked for ahead', async () => {
  const { id } = await askAccess(as('lea', ['support', 'leads']), asking(), wants())
  const own = vote(as('lea', ['support', 'leads']), keys, { reviewId: id, verdict: 'approve' })
  await expect(own).rejects.toMatchObject({ code: 'forbidden' })
})

test('the same question asked twice is one', async () => {
  const first = await askAccess(as('anna', ['support']), asking(), wants())
  expect(await askAccess(as('anna', ['support']), asking(), wants({ tools: ['cancel', 'refund'] }))).toMatchObject({
    ...{ id: first.id, joined: true },
  })
})

const refused: [what: string, groups: string[], more: Partial<AskAccess>, why: RegExp][] = [
  ['a connection that is none of theirs', [], {}, /no such connection/],
  ['a connection that is not there', ['support'], { connection: 'other' }, /no such connection/],
  ['a tool that is allowed', ['support'], { tools: ['get'] }, /need not ask/],
  ['a tool that no rule speaks of', ['support'], { tools: ['refund', 'wipe'] }, /no rule lets anybody/],
  ['a tool of which every call is looked at', ['support'], { tools: ['drop'] }, /by itself/],
  ['more time than the rules allow', ['support'], { minutes: 61 }, /at most 60/],
  ['without saying why', ['support'], { reason: ' ' }, /say why/],
]
describe('what cannot be asked for', () => {
  for (const [what, groups, more, why] of refused)
    test(what, async () => {
      await expect(askAccess(as('zoe', groups), asking(), wants(more))).rejects.toThrow(why)
    })
})

test('a muted caller asks nothing new until it is over; what waits stays', async () => {
  const id = await openOne(database, { person: 'loop', asked: [asks()] })
  const bob = as('bob', ['leads'])
  await expect(muteCaller(as('erin', []), { reviewId: id, minutes: 60 })).rejects.toMatchObject({ code: 'not-found' })
  await muteCaller(bob, { reviewId: id, minutes: 60 })
  await expect(openOne(database, { person: 'loop' })).rejects.toThrow('muted')
  await unmuteCaller(bob, id)
  await openOne(database, { person: 'loop' })
  await muteCaller(bob, { reviewId: id, minutes: 60 })
  await database.asOwner(`update mutes set until = now() - interval '1 millisecond'`)
  await openOne(database, { person: 'loop' })
  expect(await vote(bob, keys, { reviewId: id, verdict: 'approve' })).toEqual({ state: 'approved' })
})
