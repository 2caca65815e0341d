import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Context } from '../context'
import { policyVersions } from '../db/schema'
import { startTestDatabase, type TestDatabase } from '../db/testing'
import type { PolicyDocumentInput } from '../policy/document'
import { viewerOf } from '../viewer.testing'
import { publishPolicy } from './publish'
import { rollBack } from './roll-back'

let database: TestDatabase
beforeAll(async () => {
  database = await startTestDatabase()
})
afterAll(() => database.stop())

const as = (name: string): Context => ({ viewer: viewerOf(name, { groups: ['admins'], admin: true }), db: database.db })
type Role = NonNullable<PolicyDocumentInput['roles']>[number]
const role = (name: string, description = ''): Role => ({
  name,
  description,
  members: [{ claim: 'groups', value: name }],
  rules: [
    { id: 'read', effect: 'allow', connections: ['shop'], resources: ['get_*', 'list_*'] },
    { id: 'write', effect: 'allow', connections: ['shop'], resources: ['refund'] },
  ],
})
const policy = (...roles: Role[]): PolicyDocumentInput => ({ roles, masks: [] })
const publish = (document: PolicyDocumentInput, basedOn: number | null = null) =>
  publishPolicy(as('carol'), { document, message: 'again', basedOn })
const versions = async () => (await database.db.select().from(policyVersions)).length

beforeEach(async () => {
  await database.asOwner('delete from policy_versions')
  await database.asOwner('delete from entries')
  expect(await publish(policy(role('a'), role('b')))).toMatchObject({ number: 1, changed: true })
})

test('what says the same as the policy in force makes no version', async () => {
  const first = await publish(policy(role('a'), role('b')))
  expect(first).toMatchObject({ number: 1, changed: false })
  // The order of roles and rules means nothing to a decision.
  const turned = policy(role('b'), role('a'))
  for (const { rules } of turned.roles ?? []) rules?.reverse()
  expect(await publish(turned, 1)).toMatchObject({ number: 1, changed: false, hash: first.hash })
  expect(await rollBack(as('carol'), 1, {})).toMatchObject({ number: 1, changed: false })
  const { rows } = await database.asOwner(`select count(*)::int as n from entries where action = 'policy.publish'`)
  expect(rows[0].n, 'nor an event').toBe(1)
  expect(await versions()).toBe(1)
})

test('what differs in one word is a version, and so is what an older one said', async () => {
  expect(await publish(policy(role('a', 'other'), role('b')))).toMatchObject({ number: 2, changed: true })
  expect(await publish(policy(role('a'), role('b')))).toMatchObject({ number: 3, changed: true })
})

test('of two who publish the same at once one makes the version', async () => {
  const same = policy(role('a', 'same'))
  const made = await Promise.all(
    ['carol', 'chris'].map((name) => publishPolicy(as(name), { document: same, message: name, basedOn: null })),
  )
  expect(made.map(({ number }) => number)).toEqual([2, 2])
  expect(made.map(({ changed }) => changed).sort()).toEqual([false, true])
})

test('who has not seen the newest version is told, though theirs says the same', async () => {
  await publish(policy(role('a', 'other'), role('b')))
  await publish(policy(role('a'), role('b')))
  await expect(publish(policy(role('a'), role('b')), 1)).rejects.toMatchObject({
    code: 'conflict',
    details: { conflict: { version: 3, changes: [] } },
  })
  expect(await versions()).toBe(3)
})

test('who rolls back while somebody else publishes is told what they changed, and nothing is taken back', async () => {
  await publish(policy(role('a', 'worse'), role('b')))
  await publishPolicy(as('chris'), { document: policy(role('a', 'theirs')), message: 'theirs', basedOn: 2 })
  await expect(rollBack(as('carol'), 1, { basedOn: 2 })).rejects.toMatchObject({
    ...{ code: 'conflict', message: expect.stringContaining('version 3 by chris@example.com was published meanwhile') },
    details: {
      conflict: { message: 'theirs', changes: expect.arrayContaining([expect.objectContaining({ role: 'b' })]) },
    },
  })
  expect(await versions()).toBe(3)
  expect(await rollBack(as('carol'), 1, { basedOn: 3 })).toMatchObject({
    number: 4,
    changed: true,
    message: 'Back to version 1',
  })
})

test('the first version is one, though it says nothing', async () => {
  await database.asOwner('delete from policy_versions')
  expect(await publish(policy())).toMatchObject({ number: 1, changed: true })
})
