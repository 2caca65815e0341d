import { afterAll, beforeAll, expect, test } from 'vitest'
import { heldTasks } from '../../db/review-schema'
import type { JsonObject } from '../../types'
import { startWorld, type World } from './world.testing'

const asks = {
  name: 'asks',
  members: ['everyone'],
  rules: [
    {
      ...{ id: 'pay', effect: 'review', connections: ['target'], resources: ['pay'] },
      review: { approvers: [{ claim: 'groups', value: 'leads' }] },
    },
  ],
}
let world: World
beforeAll(async () => {
  world = await startWorld({ roles: [asks] }, () => ({ content: [] }))
}, 60_000)
afterAll(() => world.stop())

const capabilities = { extensions: { 'io.modelcontextprotocol/tasks': {} } }
const pay = async (person: string): Promise<JsonObject> => {
  const params = { name: 'pay', arguments: { note: 'x'.repeat(1000) } }
  return (await world.ask('tools/call', params, { person, capabilities })).json.result as JsonObject
}

test('identical calls wait as tasks of one question, up to a hundred for each person', async () => {
  const answers: JsonObject[] = []
  for (let n = 0; n < 105; n += 1) answers.push(await pay('alice'))
  expect(answers.slice(0, 100).every(({ resultType }) => resultType === 'task')).toBe(true)
  for (const answer of answers.slice(100)) {
    expect(answer.isError).toBe(true)
    expect(JSON.stringify(answer)).toContain('too many of your calls wait for approval')
  }
  expect(await world.rough.db.select({ id: heldTasks.id }).from(heldTasks)).toHaveLength(100)
  expect(await pay('bob')).toMatchObject({ resultType: 'task' })
})

test('of a question that was answered or is over none counts', async () => {
  await world.rough.pool.query(`update reviews set expires_at = now() where state = 'pending'`)
  expect(await pay('alice')).toMatchObject({ resultType: 'task' })
})
