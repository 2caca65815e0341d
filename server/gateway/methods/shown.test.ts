import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { keys, viewer } from '../../reviews/asking.testing'
import { vote } from '../../reviews/vote'
import type { JsonObject } from '../../types'
import { type Arrival, type Asking, startWorld, type World } from './world.testing'

const review = { approvers: [{ claim: 'groups', value: 'leads' }], approvals: 1 }
const actions = ['tools/call', 'prompts/get', 'resources/read']
const rule = { id: 'asks', effect: 'review', connections: ['*'], actions, resources: ['*'], review }

let world: World
const arrived: Arrival[] = []
beforeAll(async () => {
  const policy = { roles: [{ name: 'support', members: ['everyone'], rules: [rule] }] }
  const task = { taskId: 'theirs', status: 'working', ttl: null, createdAt: '2026-11-23T12:00:00Z' }
  const results = (method: string, params: JsonObject, arrival: Arrival): JsonObject => {
    arrived.push(arrival)
    if (method === 'tasks/get') return task
    if (params.task !== undefined) return { task }
    if (params.name === 'asks' && params.inputResponses === undefined) return pause
    return { content: [{ type: 'text', text: 'done' }] }
  }
  world = await startWorld(policy, results, { target: {}, asking: { clientRequests: ['elicitation'] } })
})
afterAll(() => world?.stop())
beforeEach(() => void arrived.splice(0))

const form = { method: 'elicitation/create', params: { message: 'sure?', requestedSchema: {} } }
const pause = { resultType: 'input_required', inputRequests: { sure: form }, requestState: 'theirs' }

const pending = async (): Promise<string[]> => {
  const { rows } = await world.rough.pool.query(`select id from reviews where state = 'pending'`)
  return rows.map(({ id }) => id)
}

/** Bob approves what waits, once. */
async function approve(method: string, params: JsonObject, asking: Asking = {}): Promise<void> {
  await world.ask(method, params, asking)
  const waiting = await pending()
  expect(waiting).toHaveLength(1)
  for (const reviewId of waiting)
    await vote({ viewer: viewer('bob', ['leads']), db: world.rough.db }, keys, { reviewId, verdict: 'approve' })
}

let made = 0
const write = (): JsonObject => {
  made += 1
  return { name: 'write', arguments: { n: made } }
}

describe('promise 5: what a person approved is what was shown to them, and all of what runs', () => {
  const asking = { connection: 'asking' }
  const more: [what: string, more: JsonObject, asking: Asking][] = [
    ['a parameter that MCP does not have', { dryRun: false }, {}],
    ['answers to what the target never asked', { inputResponses: { sure: { action: 'accept', content: {} } } }, asking],
  ]
  for (const [what, extra, where] of more) {
    test(`${what} does not go with an approval of the call without it`, async () => {
      const call = write()
      await approve('tools/call', call, where)
      const { text } = await world.ask('tools/call', { ...call, ...extra }, where)
      expect(arrived).toEqual([])
      expect(text).toContain(`\`${Object.keys(extra)[0]}\``)
      expect((await world.ask('tools/call', call, where)).text, 'the call itself goes').toContain('done')
    })

    test(`${what} is not asked for, because nobody would see it`, async () => {
      const { text } = await world.ask('tools/call', { ...write(), ...extra }, where)
      expect(text).toContain('could not be shown')
      expect([await pending(), arrived]).toEqual([[], []])
    })
  }

  test('a header that no argument mirrors does not either, for what stands before the target may go by it', async () => {
    const [call, headers] = [write(), [['mcp-param-tenant', 'another']] as [string, string][]]
    await approve('tools/call', call)
    const { arrived: went, text } = await world.ask('tools/call', call, { headers })
    expect([went, text]).toEqual([null, expect.stringContaining('`mcp-param-tenant`')])
    expect((await world.ask('tools/call', call)).text).toContain('done')
  })

  test('to read a prompt is not to complete it', async () => {
    await approve('prompts/get', { name: 'greet' })
    const ref = { ref: { type: 'ref/prompt', name: 'greet' }, argument: { name: 'who', value: 'a' } }
    expect((await world.ask('completion/complete', ref)).arrived).toBeNull()
    expect((await world.ask('prompts/get', { name: 'greet' })).arrived).not.toBeNull()
  })

  test('to read a resource is not to hear of each change of it', async () => {
    const [file, asking] = [{ uri: 'file:///a' }, { era: 'legacy' as const }]
    await approve('resources/read', file, asking)
    expect((await world.ask('resources/subscribe', file, asking)).arrived).toBeNull()
    expect((await world.ask('resources/read', file, asking)).arrived).not.toBeNull()
    for (const reviewId of await pending())
      await vote({ viewer: viewer('bob', ['leads']), db: world.rough.db }, keys, { reviewId, verdict: 'approve' })
    expect((await world.ask('resources/subscribe', file, asking)).arrived, 'it can be approved').not.toBeNull()
  })

  test('`_meta`, which names a request and no more, may differ', async () => {
    const call = write()
    await approve('tools/call', { ...call, _meta: { progressToken: 'a' } })
    expect((await world.ask('tools/call', { ...call, _meta: { progressToken: 'b' } })).text).toContain('done')
  })
})

test('what goes on with a task of the target uses up nothing of what was approved', async () => {
  const [call, asking] = [{ ...write(), task: {} }, { era: 'legacy' as const }]
  await approve('tools/call', call, asking)
  const { rows } = await world.rough.pool.query(
    `update grants set max_uses = 3 where id = (select id from grants order by created_at desc limit 1) returning id`,
  )
  expect((await world.ask('tools/call', call, asking)).json.result).toMatchObject({ task: { taskId: 'theirs' } })
  for (let looks = 0; looks < 4; looks += 1)
    expect((await world.ask('tasks/get', { taskId: 'theirs' }, asking)).arrived?.method).toBe('tasks/get')
  const used = await world.rough.pool.query('select used from grants where id = $1', [rows[0].id])
  expect(used.rows).toEqual([{ used: 1 }])
})

describe('promise 5: a grant that is revoked lets nothing go on that began under it', () => {
  const spent = async (set: string) => {
    const newest = 'id = (select id from grants order by created_at desc limit 1)'
    await world.rough.pool.query(`update grants set ${set} where ${newest}`)
  }

  test('no further round of an execution', async () => {
    const [call, asking] = [
      { ...write(), name: 'asks' },
      { connection: 'asking', capabilities: { elicitation: {} } },
    ]
    await approve('tools/call', call, asking)
    await spent('max_uses = 3')
    const { requestState } = (await world.ask('tools/call', call, asking)).json.result as JsonObject
    const answered = { ...call, requestState: String(requestState), inputResponses: { sure: { action: 'accept' } } }
    arrived.splice(0)
    await spent('revoked_at = now()')
    expect((await world.ask('tools/call', answered, asking)).text).toContain('it was revoked')
    expect(arrived).toEqual([])
    await spent('revoked_at = null')
    expect((await world.ask('tools/call', answered, asking)).text).toContain('done')
  })

  test('no word of a task of the target, which can still be ended', async () => {
    const [call, asking] = [{ ...write(), task: {} }, { era: 'legacy' as const }]
    await approve('tools/call', call, asking)
    await spent('max_uses = 3')
    await world.ask('tools/call', call, asking)
    await spent('revoked_at = now()')
    arrived.splice(0)
    expect((await world.ask('tasks/get', { taskId: 'theirs' }, asking)).text).toContain('it was revoked')
    expect(arrived).toEqual([])
    await world.ask('tasks/cancel', { taskId: 'theirs' }, asking)
    expect(arrived.map(({ method }) => method)).toEqual(['tasks/cancel'])
  })
})

test('a task that is taken back after the approval, and did not run yet, never does', async () => {
  const takes: Asking = { capabilities: { extensions: { 'io.modelcontextprotocol/tasks': {} } } }
  const begun = await world.ask('tools/call', write(), takes)
  const { taskId } = begun.json.result as JsonObject
  const [reviewId] = await pending()
  const bob = { viewer: viewer('bob', ['leads']), db: world.rough.db }
  await vote(bob, keys, { reviewId: reviewId ?? '', verdict: 'approve' })
  await world.ask('tasks/cancel', { taskId } as JsonObject, takes)
  const looked = await world.ask('tasks/get', { taskId } as JsonObject, takes)
  expect(looked.json.result).toMatchObject({ status: 'cancelled' })
  expect(arrived).toEqual([])
})

test('promise 5: a round that goes on with what was approved runs once, however often and at once it is sent', async () => {
  const [call, asking] = [
    { ...write(), name: 'asks' },
    { connection: 'asking', capabilities: { elicitation: {} } },
  ]
  await approve('tools/call', call, asking)
  const { requestState } = (await world.ask('tools/call', call, asking)).json.result as JsonObject
  expect(requestState).toMatch(/^sallyport-state/)
  arrived.splice(0)
  const answered = { ...call, requestState: String(requestState), inputResponses: { sure: { action: 'accept' } } }
  const all = await Promise.all(Array.from({ length: 8 }, () => world.ask('tools/call', answered, asking)))
  expect(arrived.map(({ body }) => body.params)).toMatchObject([{ requestState: 'theirs' }])
  expect(all.filter(({ text }) => text.includes('done'))).toHaveLength(1)
  await world.ask('tools/call', { ...answered, arguments: { n: -1 } }, asking)
  await world.ask('tools/call', { ...answered, name: 'write' }, asking)
  await world.ask('tools/call', answered, { ...asking, person: 'bob' })
  expect(arrived).toHaveLength(1)
})
