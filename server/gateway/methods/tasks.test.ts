import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { until } from '../../db/testing'
import type { JsonObject } from '../../types'
import { type Asking, type Raw, startWorld, type World } from './world.testing'

const mail = 'ada@example.com'
const ssn = '123-45-6789'

const policy = {
  roles: [
    {
      name: 'support',
      members: ['everyone'],
      rules: [{ id: 'ok', effect: 'allow', connections: ['*'], resources: ['ok_*'] }],
    },
  ],
  masks: [{ id: 'pii', resources: ['ok_secret'], fields: ['ssn'], detectors: ['email'], style: 'redact' }],
}

const dates = { createdAt: '2026-11-23T12:00:00Z', lastUpdatedAt: '2026-11-23T12:00:00Z' }
const done = { content: [{ type: 'text', text: `write to ${mail}` }], structuredContent: { ssn } }

/** The id of a task is what its call asked for, so that rows can begin any. */
function answer(method: string, params: JsonObject): JsonObject | Raw {
  if (method === 'subscriptions/listen') return telling(params, 'notifications/tasks')
  if (params.name === 'ok_tells') return telling(params, 'notifications/tasks/status')
  const { id } = (params.arguments ?? {}) as { id?: string }
  const taskId = String(params.taskId ?? id)
  if (method === 'tools/call')
    return params.task === undefined
      ? { resultType: 'task', taskId, status: 'working', ttlMs: null, ...dates }
      : { task: { taskId, status: 'working', ttl: null, ...dates } }
  if (method === 'tasks/result') return done
  if (method === 'tasks/list')
    return {
      tasks: [...'ab'].map((one) => ({ taskId: `list-${one}`, status: 'working', statusMessage: mail, ...dates })),
    }
  if (method !== 'tasks/get') return { resultType: 'complete' }
  return { resultType: 'complete', taskId, ...endOf(taskId), ...dates }
}

const asks = { ask: { method: 'elicitation/create', params: { message: `your ${mail}?`, requestedSchema: {} } } }
const endOf = (taskId: string): JsonObject =>
  taskId.startsWith('ask')
    ? { status: 'input_required', inputRequests: asks }
    : { status: 'completed', statusMessage: mail, result: done }

let world: World
beforeAll(async () => {
  world = await startWorld(policy, answer, { target: {}, other: {}, asking: { clientRequests: ['elicitation'] } })
})
afterAll(() => world?.stop())

const takes = { extensions: { 'io.modelcontextprotocol/tasks': {} } }
const modern = (id: string, asking: Asking = {}, name = 'ok_secret') =>
  world.ask('tools/call', { name, arguments: { id } }, { capabilities: takes, ...asking })
const refused = { error: { code: -32602, message: 'there is no such task of yours' } }

describe('a task of the target belongs to who began it', () => {
  test('promise 7: its result is masked as the tool that began it', async () => {
    expect((await modern('one')).json.result).toMatchObject({ resultType: 'task', taskId: 'one' })
    const { json, text, arrived } = await world.ask('tasks/get', { taskId: 'one' })
    expect(arrived?.body.params).toMatchObject({ taskId: 'one' })
    expect(json.result).toMatchObject({ status: 'completed', result: { content: [{ type: 'text' }] } })
    expect(text).not.toContain(mail)
    expect(text).not.toContain(ssn)
    await modern('plain', {}, 'ok_plain')
    expect((await world.ask('tasks/get', { taskId: 'plain' })).text).toContain(ssn)
  })

  test('its end and answers to it pass', async () => {
    await modern('asked', { connection: 'asking' })
    const got = await world.ask('tasks/get', { taskId: 'asked' }, { connection: 'asking' })
    expect(got.json.result).toMatchObject({ status: 'input_required' })
    expect(got.text).not.toContain(mail)
    for (const [method, more] of [
      ['tasks/update', { inputResponses: { ask: { action: 'decline' } } }],
      ['tasks/cancel', {}],
    ] as const)
      expect((await world.ask(method, { taskId: 'asked', ...more }, { connection: 'asking' })).arrived?.method).toBe(
        method,
      )
  })

  test('what it asks of its client passes only where the connection allows it', async () => {
    await modern('ask-me')
    const got = await world.ask('tasks/get', { taskId: 'ask-me' })
    expect(got.json.error).toMatchObject({ code: -31003 })
    const given = await world.ask('tasks/update', { taskId: 'ask-me', inputResponses: {} })
    expect([given.arrived, given.json.error]).toMatchObject([null, { code: -32602 }])
  })

  const moves: [how: string, asking: Asking][] = [
    ['to another person', { person: 'bob' }],
    ['to another connection', { connection: 'other' }],
    ['to another person of the older era', { person: 'bob', era: 'legacy' }],
  ]
  for (const [how, asking] of moves)
    for (const method of ['tasks/get', 'tasks/cancel'])
      test(`promise 7: ${method} cannot be moved ${how}`, async () => {
        await modern('mine')
        const { arrived, json } = await world.ask(method, { taskId: 'mine' }, asking)
        expect([arrived, json]).toMatchObject([null, refused])
      })

  test('it is nothing at another target, whose tasks may go by the same ids', async () => {
    const connection = 'led-elsewhere'
    await world.rough.attach([{ name: connection, transport: 'http', url: world.rough.target }])
    await until(async () => (await modern('1', { connection })).arrived !== null)
    expect((await world.ask('tasks/get', { taskId: '1' }, { connection })).arrived).not.toBeNull()
    const moved = 'update connections set url = $2 where name = $1'
    await world.rough.pool.query(moved, [connection, `${world.rough.target}/else`])
    const ring = JSON.stringify({ topic: 'connections', payload: '' })
    await world.rough.pool.query(`select pg_notify('sallyport', $1)`, [ring])
    await until(async () => (await modern('2', { connection })).arrived?.url.endsWith('/else') === true)
    const { arrived, json } = await world.ask('tasks/get', { taskId: '1' }, { connection })
    expect([arrived, json]).toMatchObject([null, refused])
  })

  const unusable: [why: string, id: string, asking: Asking][] = [
    ['its client does not take one', 'x', { capabilities: {} }],
    ['it has no id', '', {}],
    ['it looks like one of ours', 'sallyport-00000000-0000-0000-0000-000000000000', {}],
    ['its id is endless', 'x'.repeat(600), {}],
  ]
  for (const [why, id, asking] of unusable)
    test(`it is withheld when ${why}`, async () => {
      const { json } = await modern(id, asking)
      expect(json.result).toMatchObject({ isError: true, content: [{ text: expect.stringContaining('withheld') }] })
    })

  test('it is recorded as about the tool that began it', async () => {
    await modern('kept')
    await world.ask('tasks/get', { taskId: 'kept' })
    const { rows } = await world.rough.pool.query(
      `select distinct resource from entries where action = 'tasks/get' and kind = 'call'`,
    )
    expect(rows.map(({ resource }) => resource)).toContain('ok_secret')
  })
})

/** A stream on which the target tells of tasks, in either era. */
function telling(params: JsonObject, method: string): Raw {
  const { tells } = (params.arguments ?? params._meta ?? {}) as { tells?: string[] }
  const notices = (tells ?? []).map((taskId) => ({ method, params: { taskId, ...endOf(taskId), ...dates } }))
  const all = [...notices, { id: 1, result: { resultType: 'complete', content: [] } }]
  const text = all.map((one) => `data: ${JSON.stringify({ jsonrpc: '2.0', ...one })}\n\n`).join('')
  return { raw: text, type: 'text/event-stream' }
}

describe('what the target tells by itself about a task', () => {
  const listen = (tells: string[], asking: Asking = {}) =>
    world.ask('subscriptions/listen', { notifications: { taskIds: tells }, _meta: { tells } }, asking)

  test('promise 7: is heard by who began it, masked as the tool that began it', async () => {
    await modern('told')
    await modern('told-plain', {}, 'ok_plain')
    const { text, arrived } = await listen(['told', 'told-plain', 'of-nobody'])
    expect(arrived?.body.params).toMatchObject({ notifications: { taskIds: ['told', 'told-plain'] } })
    const [secret, plain, end] = text.split('\n\n')
    expect(secret).toContain('"taskId":"told"')
    expect(secret).toContain('"status":"completed"')
    expect(secret).not.toMatch(new RegExp(`${mail}|${ssn}`))
    expect(plain).toContain(ssn)
    expect(end).toContain('"id":1')
    expect(text).not.toContain('of-nobody')
  })

  test('is recorded, masked, before it is passed', async () => {
    await modern('noted')
    await listen(['noted'])
    const { rows } = await world.rough.pool.query(`select body from entries where kind = 'notification'`)
    const kept = rows.map(({ body }) => String(body)).filter((body) => body.includes('"taskId":"noted"'))
    expect(kept).toHaveLength(1)
    expect(kept[0]).not.toMatch(new RegExp(`${mail}|${ssn}`))
  })

  const strangers: [who: string, asking: Asking][] = [
    ['another person', { person: 'bob' }],
    ['who is on another connection', { connection: 'other' }],
  ]
  for (const [who, asking] of strangers)
    test(`promise 7: is not heard by ${who}`, async () => {
      await modern('hidden')
      const { text, arrived } = await listen(['hidden'], asking)
      expect(arrived?.body.params).toMatchObject({ notifications: {} })
      expect(text).not.toContain('hidden')
    })

  test('passes what it asks of its client only where the connection allows it', async () => {
    for (const [connection, passes] of [
      ['target', false],
      ['asking', true],
    ] as const) {
      await modern('ask-told', { connection })
      const { text } = await listen(['ask-told'], { connection })
      expect(text.includes('elicitation/create')).toBe(passes)
      expect(text).not.toContain(mail)
    }
  })

  test('promise 7: so in the older era', async () => {
    const ask = (name: string, more: JsonObject, asking: Asking = {}) =>
      world.ask('tools/call', { name, ...more }, { era: 'legacy', ...asking })
    await ask('ok_secret', { arguments: { id: 'status' }, task: {} })
    const { text } = await ask('ok_tells', { arguments: { tells: ['status', 'of-nobody'] } })
    expect(text).toContain('"taskId":"status"')
    expect(text).not.toMatch(new RegExp(`${mail}|of-nobody`))
    expect((await ask('ok_tells', { arguments: { tells: ['status'] } }, { person: 'bob' })).text).not.toContain(
      'status"',
    )
  })
})

describe('in the older era', () => {
  const begin = (id: string, asking: Asking = {}) =>
    world.ask(
      'tools/call',
      { name: 'ok_secret', arguments: { id }, task: { ttl: 60_000 } },
      { era: 'legacy', ...asking },
    )

  test('promise 7: the result is masked as the tool that began it', async () => {
    expect((await begin('old')).json.result).toMatchObject({ task: { taskId: 'old' } })
    for (const method of ['tasks/get', 'tasks/result']) {
      const { text, arrived } = await world.ask(method, { taskId: 'old' }, { era: 'legacy' })
      expect(arrived?.method).toBe(method)
      expect(text).not.toContain(mail)
      expect(text).not.toContain(ssn)
    }
  })

  test('promise 1: a list shows what the caller began, without the words of others', async () => {
    await begin('list-a')
    const own = await world.ask('tasks/list', {}, { era: 'legacy' })
    expect(own.json.result).toMatchObject({ tasks: [{ taskId: 'list-a', status: 'working' }] })
    expect(own.text).not.toContain(mail)
    expect((await world.ask('tasks/list', {}, { era: 'legacy', person: 'bob' })).json.result).toEqual({ tasks: [] })
  })

  test('of the same id in two sessions each has its own', async () => {
    const sessions = []
    for (const name of ['ok_secret', 'ok_plain']) {
      const { session } = await world.ask(
        'initialize',
        { protocolVersion: '2025-11-25', capabilities: {} },
        { era: 'legacy' },
      )
      const asking: Asking = { era: 'legacy', session: session ?? '' }
      await world.ask('tools/call', { name, arguments: { id: '1' }, task: {} }, asking)
      sessions.push(asking)
    }
    const [secret, plain] = sessions as [Asking, Asking]
    expect((await world.ask('tasks/result', { taskId: '1' }, secret)).text).not.toContain(ssn)
    expect((await world.ask('tasks/result', { taskId: '1' }, plain)).text).toContain(ssn)
    const neither = await world.ask('tasks/result', { taskId: '1' }, { era: 'legacy' })
    expect([neither.arrived, neither.json]).toMatchObject([null, refused])
  })
})
