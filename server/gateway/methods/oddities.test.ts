import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../types'
import { type Raw, startWorld, type World } from './world.testing'

const policy = {
  roles: [
    {
      name: 'support',
      members: ['everyone'],
      rules: [
        { id: 'ok', effect: 'allow', connections: ['*'] },
        { id: 'acme', effect: 'allow', connections: ['acme'], actions: ['acme/*'] },
        { id: 'no-secrets', effect: 'deny', connections: ['acme'], actions: ['acme/secret'] },
      ],
    },
  ],
  masks: [{ id: 'of-another-tool', connections: ['acme'], resources: ['another'], fields: ['ssn'], style: 'redact' }],
}

const url = 'https://sign-in.example.com/x'
const mustOpen = {
  code: -32042,
  message: 'open this',
  data: { elicitations: [{ mode: 'url', url, elicitationId: '1' }] },
}
const event = (message: object, type = 'message') =>
  `event: ${type}\ndata: ${JSON.stringify({ jsonrpc: '2.0', ...message })}\n\n`
const sample = { id: 7, method: 'sampling/createMessage', params: { messages: [], maxTokens: 1 } }

/** What a tool of the target sends, whole. */
const answers: Record<string, (answer: string, id: number) => Raw> = {
  marked: (answer) => ({ raw: `\ufeff${answer}`, type: 'application/json' }),
  typed: (answer) => ({
    raw: `event: ping\ndata: {}\n\nevent: endpoint\ndata: /x\n\nevent:\ndata: ${answer}\n\n`,
    type: 'text/event-stream',
  }),
  paced: (answer) => ({ raw: `retry: 700\n\ndata: ${answer}\n\n`, type: 'text/event-stream' }),
  told: (answer) => ({
    raw: `${event({ method: 'notifications/progress', params: { progressToken: 1, progress: 1 } })}data: ${answer}\n\n`,
    type: 'text/event-stream',
  }),
  opens: (_, id) => ({ raw: JSON.stringify({ jsonrpc: '2.0', id, error: mustOpen }), type: 'application/json' }),
  'takes-back': (answer) => ({
    raw:
      event(sample) +
      event({ method: 'notifications/cancelled', params: { requestId: 7, reason: 'enough' } }) +
      event({ method: 'notifications/cancelled', params: { requestId: 8 } }) +
      `data: ${answer}\n\n`,
    type: 'text/event-stream',
  }),
  'asks-about-task': (answer) => ({
    raw: `${event({ id: 9, method: 'tasks/get', params: { taskId: 'of-the-client' } })}data: ${answer}\n\n`,
    type: 'text/event-stream',
  }),
  'tells-more': (answer) => ({
    raw:
      event({ method: 'acme/told', params: { stage: 'start', ssn: '123-45-6789' } }) +
      event({ method: 'acme/secret', params: { stage: 'hidden' } }) +
      event({ method: 'notifications/unheard-of', params: {} }) +
      `data: ${answer}\n\n`,
    type: 'text/event-stream',
  }),
}

const subscription = ['acknowledged', 'x', 'tools/list_changed']
  .map((name) =>
    JSON.stringify({
      jsonrpc: '2.0',
      method: `notifications/${name === 'acknowledged' ? 'subscriptions/' : ''}${name}`,
      params: {},
    }),
  )
  .join('\n')

const discovered: JsonObject = { supportedVersions: ['2025-11-25', '2026-07-28', '2099-01-01'] }

const heard: Record<string, Raw> = {
  nothing: { raw: '', type: '', status: 200 },
  'some text': { raw: 'OK', type: 'text/plain', status: 200 },
  created: { raw: '', type: '', status: 201 },
  'no content': { raw: '', type: '', status: 204 },
  'a stream': { raw: ': done\n\n', type: 'text/event-stream', status: 200 },
}

let world: World
beforeAll(async () => {
  world = await startWorld(
    policy,
    (method, params, { body }) => {
      if (method === 'server/discover') return discovered
      if (method === 'subscriptions/listen') return { raw: subscription, type: 'application/json' }
      if (method.startsWith('notifications/')) return heard[String(params.how)] ?? {}
      const id = body.id as number
      const answer = JSON.stringify({ jsonrpc: '2.0', id, result: { content: [], n: 'WHOLE' } })
      return answers[String(params.name)]?.(answer, id) ?? {}
    },
    { target: {}, acme: {}, asking: { clientRequests: ['sampling', 'elicitation'] } },
  )
})
afterAll(() => world?.stop())

const call = (name: string, more: Parameters<World['ask']>[2] = {}) =>
  world.ask('tools/call', { name, arguments: {} }, { era: 'legacy', ...more })
const accepting = (accept: string): { headers: [string, string][] } => ({ headers: [['accept', accept]] })

describe('a target that works directly works through the gateway', () => {
  for (const how of Object.keys(heard))
    test(`when it answers a notification with ${how}`, async () =>
      expect((await world.ask('notifications/initialized', { how }, { era: 'legacy' })).status).toBe(202))

  test('when its answer begins with a byte order mark', async () =>
    expect((await call('marked')).json.result).toMatchObject({ n: 'WHOLE' }))

  test('when it sends events that are no messages', async () => {
    const { text, json } = await call('typed')
    expect(json.result).toMatchObject({ n: 'WHOLE' })
    expect(text).not.toContain('/x')
  })

  test('when it says how soon to come back, and nothing else', async () => {
    const { text } = await call('paced')
    expect(text).toMatch(/^retry: 700\n\n/)
    expect(text).toContain('WHOLE')
  })

  test('when it streams a subscription as JSON', async () => {
    const { text } = await world.ask('subscriptions/listen', { notifications: { toolsListChanged: true } })
    const methods = asked(text).map(({ method }) => method)
    expect(methods.slice(0, 2)).toEqual([
      'notifications/subscriptions/acknowledged',
      'notifications/tools/list_changed',
    ])
  })

  for (const revision of ['2024-11-05', '2024-10-07'])
    test(`when it settled on ${revision}, which its client names in every header`, async () => {
      const { json, arrived } = await world.ask(
        'tools/list',
        {},
        { era: 'legacy', headers: [['mcp-protocol-version', revision]] },
      )
      expect(json).toHaveProperty('result')
      expect(arrived?.headers['mcp-protocol-version']).toBe(revision)
    })

  test('of the revisions of a target those are announced that pass', async () => {
    const { json } = await world.ask('server/discover', {})
    expect(json.result).toMatchObject({ supportedVersions: ['2025-11-25', '2026-07-28'] })
  })

  test('a revision that nobody knows is refused, and the old ones are not offered', async () => {
    const headers: [string, string][] = [['mcp-protocol-version', '2023-01-01']]
    const { status, json, arrived } = await world.ask('tools/list', {}, { era: 'legacy', headers })
    expect([status, arrived]).toEqual([400, null])
    expect((json.error as JsonObject).data).toMatchObject({ supported: expect.not.arrayContaining(['2024-11-05']) })
  })
})

describe('who reads no streams gets the answer of one as JSON', () => {
  test('when it says so', async () => {
    const { text } = await call('told', accepting('application/json'))
    expect(JSON.parse(text)).toMatchObject({ id: 1, result: { n: 'WHOLE' } })
  })
  for (const accept of ['application/json, text/event-stream', '*/*'])
    test(`else it is a stream: ${accept}`, async () =>
      expect((await call('told', accepting(accept))).text).toContain('notifications/progress'))
})

describe('an elicitation in the shape of an error', () => {
  test('is withheld where the connection does not allow it', async () => {
    const { text, json } = await call('opens')
    expect(json.result).toMatchObject({ isError: true })
    expect(text).not.toContain(url)
  })
  test('passes where it does', async () =>
    expect((await call('opens', { connection: 'asking' })).json.error).toEqual(mustOpen))
})

const asked = (text: string) =>
  text
    .split('\n')
    .filter((line) => line.startsWith('data: '))
    .map((line) => JSON.parse(line.slice('data: '.length)) as JsonObject)

describe('what a target asked its client', () => {
  test('it takes back under the id that the client was given', async () => {
    const [request, taken, other] = asked((await call('takes-back', { connection: 'asking' })).text)
    expect(request).toMatchObject({ method: 'sampling/createMessage', id: expect.stringContaining('sallyport-ask.') })
    expect(taken).toMatchObject({ method: 'notifications/cancelled', params: { requestId: request?.id } })
    expect(other).toMatchObject({ params: { requestId: 8 } })
  })

  test('the client may do as a task, about which it is asked and answers', async () => {
    const [request] = asked((await call('asks-about-task', { connection: 'asking' })).text)
    expect(request).toMatchObject({ method: 'tasks/get', params: { taskId: 'of-the-client' } })
    const answer = { jsonrpc: '2.0', id: request?.id, result: { taskId: 'of-the-client', status: 'working' } }
    const { status, arrived } = await world.send(JSON.stringify(answer as JsonObject), {
      connection: 'asking',
      headers: [],
    })
    expect(status).toBe(202)
    expect(arrived?.body).toEqual({ ...answer, id: 9 })
  })

  test('it is not asked about tasks where it is asked for nothing', async () => {
    const { text } = await call('asks-about-task')
    expect(text).not.toContain('of-the-client')
    expect(text).toContain('WHOLE')
  })
})

describe('promise 1: notifications of an extension', () => {
  test('pass to whom a rule opens them, less what another denies', async () => {
    const { text } = await call('tells-more', { connection: 'acme' })
    expect(asked(text).map(({ method }) => method)).toEqual(['acme/told', undefined])
    expect(text).not.toContain('123-45-6789')
  })
  test('and to nobody else', async () =>
    expect(asked((await call('tells-more')).text).map(({ method }) => method)).toEqual([undefined]))

  test('go to the target from whom a rule opens them', async () => {
    const say = (method: string, connection: string) => {
      const text = JSON.stringify({ jsonrpc: '2.0', method, params: { stage: 1 } })
      return world.send(text, { connection, headers: [] })
    }
    expect((await say('acme/noted', 'acme')).arrived?.body).toMatchObject({ method: 'acme/noted' })
    expect((await say('acme/secret', 'acme')).arrived).toBe(null)
    expect((await say('acme/noted', 'target')).arrived).toBe(null)
  })
})
