import { once } from 'node:events'
import { createServer, request, type ServerResponse } from 'node:http'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { contextFor } from '../connections/viewer.testing'
import { until } from '../db/testing'
import { metaKeys } from '../mcp/revisions'
import { vote } from '../reviews/vote'
import { publishPolicy } from '../roles/publish'
import { runtime } from '../runtime'
import type { JsonObject } from '../types'
import { type Pinned, startPinned } from './pinned.testing'
import { keptMax } from './unheard'

type Arrived = { args: JsonObject; response: ServerResponse; cancelled: boolean }
type Waiting = { text: Promise<string>; leave(): void }

let world: Pinned
let connection: string
const arrived: Arrived[] = []

const roles = (more: object[] = []) => [
  {
    name: 'all',
    members: ['everyone'],
    rules: [
      {
        ...{ id: 'asks', effect: 'review', connections: ['t-*'], resources: ['refund'] },
        review: { approvers: [{ claim: 'groups', value: 'leads' }], scope: 'tool' },
      },
      ...more,
    ],
  },
]

/** Says nothing to a call of its tool until a test says it. */
const target = createServer(async (incoming, response) => {
  let text = ''
  for await (const chunk of incoming) text += chunk
  const { id, method, params } = text === '' ? {} : JSON.parse(text)
  if (id === undefined) return void response.writeHead(202).end()
  if (method === 'tools/call') {
    const one: Arrived = { args: { ...params.arguments, id }, response, cancelled: false }
    response.on('close', () => {
      one.cancelled = !response.writableFinished
    })
    return void arrived.push(one)
  }
  const info = { protocolVersion: '2025-06-18', capabilities: { tools: {} }, serverInfo: { name: 'p', version: '1' } }
  const tools = [{ name: 'refund', inputSchema: { type: 'object' } }]
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ jsonrpc: '2.0', id, result: method === 'tools/list' ? { tools } : info }))
})

/** For the buffers of a line, so that it is not sent while nobody reads. */
const tooMuch = 'x'.repeat(14_000_000)

const answerOf = ({ args }: Arrived, text: string): string =>
  JSON.stringify({ jsonrpc: '2.0', id: args.id, result: { content: [{ type: 'text', text }] } })

function answer(one: Arrived, text: string): void {
  one.response.writeHead(200, { 'content-type': 'application/json' }).end(answerOf(one, text))
}

beforeAll(async () => {
  world = await startPinned({ roles: roles() })
  connection = await world.connect({ url: `${await world.listen(target)}/mcp` }, 'off')
}, 60_000)
afterAll(() => world.stop())
afterEach(async () => {
  await runtime().pool.query(`update reviews set state = 'cancelled' where state = 'pending'`)
  await runtime().pool.query('delete from unheard_answers')
})

type Asking = { person?: string; era?: 'legacy' | 'modern'; reads?: boolean; progress?: boolean }

/** A call whose caller can leave; one that does not read lets the answer stand in the line. */
async function call(args: JsonObject, { person = 'alice', era = 'legacy', reads = true, progress }: Asking = {}) {
  const modern = { [metaKeys.protocolVersion]: '2026-07-28', [metaKeys.clientCapabilities]: {} }
  const _meta = { ...(era === 'modern' ? modern : {}), ...(progress ? { progressToken: 1 } : {}) }
  const params = { name: 'refund', arguments: args, _meta }
  const about = era === 'modern' ? { 'mcp-method': 'tools/call', 'mcp-name': 'refund' } : {}
  const sent = request(`${world.url}/mcp/${connection}`, {
    method: 'POST',
    headers: {
      ...{ authorization: `Bearer ${await world.token(person)}`, 'content-type': 'application/json' },
      ...{ accept: 'application/json, text/event-stream', ...about },
      'mcp-protocol-version': era === 'modern' ? '2026-07-28' : '2025-06-18',
    },
  })
  sent.end(JSON.stringify({ jsonrpc: '2.0', id: 7, method: 'tools/call', params }))
  const text = new Promise<string>((resolve) => {
    sent.on('error', () => resolve('left'))
    sent.on('response', (response) => {
      if (!reads) return
      let said = ''
      response.on('data', (chunk) => (said += chunk))
      response.on('error', () => resolve(said))
      response.on('end', () => resolve(said))
    })
  })
  return { text, leave: () => void sent.destroy() } satisfies Waiting
}

const said = async (args: JsonObject, asking?: Asking) => (await call(args, asking)).text

const held = /\/reviews\/|input_required/

/** Asks, and leaves a use of what bob gives for the next identical call. */
async function approved(args: JsonObject, asking: Asking = {}): Promise<void> {
  expect(await said(args, { ...asking, reads: true })).toMatch(held)
  const { rows } = await runtime().pool.query(`select id from reviews where state = 'pending'`)
  expect(rows).toHaveLength(1)
  const { db, keys } = runtime()
  const bob = contextFor(db, 'bob', { groups: ['leads'] })
  await vote(bob, keys, { reviewId: rows[0].id, verdict: 'approve' })
}

/** An approved call that has come to the target. */
async function begun(args: JsonObject, asking: Asking = {}): Promise<{ waiting: Waiting; one: Arrived }> {
  await approved(args, asking)
  arrived.length = 0
  const waiting = await call(args, asking)
  await until(() => Promise.resolve(arrived.length === 1))
  return { waiting, one: arrived[0]! }
}

const kept = async () => {
  const { rows } = await runtime().pool.query(
    'select call_id, instance_id, answer_sealed is not null as answered from unheard_answers',
  )
  return rows as { call_id: string; instance_id: string; answered: boolean }[]
}
const isKept = (answered: boolean) => until(async () => (await kept()).some((row) => row.answered === answered))

/** The caller left while it ran; then the target answered. */
async function unheard(args: JsonObject, text: string): Promise<Arrived> {
  const { waiting, one } = await begun(args)
  waiting.leave()
  await isKept(false)
  answer(one, text)
  await isKept(true)
  return one
}

async function asksAgain(args: JsonObject, asking?: Asking): Promise<void> {
  const before = arrived.length
  expect(await said(args, asking)).toMatch(held)
  expect(arrived).toHaveLength(before)
  await runtime().pool.query(`update reviews set state = 'cancelled' where state = 'pending'`)
}

describe('promise 5: an approved call runs once, also when its caller did not hear the answer', () => {
  test('its next identical call gets the recorded answer, under its own id, and the one after that asks again', async () => {
    await unheard({ order: 1 }, 'paid 1')
    const again = await said({ order: 1 })
    const _meta = { 'io.sallyport/decision': { reason: 'ran-before', answeredAs: expect.any(String) } }
    expect(JSON.parse(again)).toMatchObject({ id: 7, result: { content: [{ text: 'paid 1' }], _meta } })
    expect(arrived).toHaveLength(1)
    expect(await kept()).toEqual([])
    await asksAgain({ order: 1 })
  })

  test('the record says so, and which call it was', async () => {
    await unheard({ order: 2 }, 'paid 2')
    await said({ order: 2 })
    const { rows } = await runtime().pool.query(
      `select id, kind, outcome, body::jsonb as body from entries where body like '%"order":2}%' and kind in ('call', 'refusal')
       order by seq desc limit 2`,
    )
    const [second, first] = rows
    expect(second).toMatchObject({ kind: 'refusal', outcome: 'ok', body: { answeredAs: first.id } })
    expect(second.body.decision).toMatchObject({ effect: 'review', reason: 'ran-before', grantId: null })
    expect(first.kind).toBe('call')
  })

  test('a call that was heard leaves nothing behind', async () => {
    const { waiting, one } = await begun({ order: 3 })
    answer(one, 'paid 3')
    expect(await waiting.text).toContain('paid 3')
    await asksAgain({ order: 3 })
    expect(await kept()).toEqual([])
  })

  test('one that comes while it runs waits for the answer, and says how to get it when that takes long', async () => {
    const { waiting, one } = await begun({ order: 4 })
    waiting.leave()
    await isKept(false)
    const early = await call({ order: 4 })
    expect(await early.text).toContain('it still runs; call again')
    const next = await call({ order: 4 }, { progress: true })
    answer(one, 'paid 4')
    const text = await next.text
    expect(text).toContain('waiting for the answer to your earlier call')
    expect(text).toContain('paid 4')
    expect(arrived).toHaveLength(1)
  })

  test('who leaves over and over has the newest few kept', async () => {
    const { pool, instanceId } = runtime()
    const { waiting, one } = await begun({ order: 15 })
    await pool.query(
      `insert into unheard_answers (call_id, principal_id, digest, form, instance_id, created_at)
       select gen_random_uuid(), principal_id, n::text, 'legacy', $1, now() - interval '1 minute'
       from (select principal_id from grants order by created_at desc limit 1) g, generate_series(1, 30) n`,
      [instanceId],
    )
    waiting.leave()
    await until(async () => (await kept()).length === keptMax)
    answer(one, 'paid 15')
    await isKept(true)
    expect(await said({ order: 15 })).toContain('paid 15')
  })

  test('of two that come at once one gets it', async () => {
    await unheard({ order: 5 }, 'paid 5')
    const both = await Promise.all([said({ order: 5 }), said({ order: 5 })])
    expect(both.filter((text) => text.includes('paid 5'))).toHaveLength(1)
    expect(both.filter((text) => text.includes('/reviews/'))).toHaveLength(1)
    expect(arrived).toHaveLength(1)
  })

  test('neither other arguments nor another person get it, nor anybody after ten minutes', async () => {
    await unheard({ order: 6 }, 'paid 6')
    await asksAgain({ order: 66 })
    await asksAgain({ order: 6 }, { person: 'erin' })
    await runtime().pool.query(`update unheard_answers set created_at = now() - interval '601 seconds'`)
    await asksAgain({ order: 6 })
  })

  test('a target that streams is read to its answer', async () => {
    const { waiting, one } = await begun({ order: 7 })
    one.response.writeHead(200, { 'content-type': 'text/event-stream' })
    const note = { jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: 'on it' } }
    one.response.write(`data: ${JSON.stringify(note)}\n\n`)
    await new Promise((resolve) => setTimeout(resolve, 50))
    waiting.leave()
    await isKept(false)
    one.response.end(`data: ${answerOf(one, 'paid 7')}\n\n`)
    await isKept(true)
    expect(await said({ order: 7 })).toContain('paid 7')
    expect(arrived).toHaveLength(1)
  })

  test.each(['legacy', 'modern'] as const)('an answer that was on its way when its caller left: %s', async (era) => {
    const { waiting, one } = await begun({ order: 8, era }, { era, reads: false })
    answer(one, `paid 8 ${tooMuch}`)
    await once(one.response, 'finish')
    await new Promise((resolve) => setTimeout(resolve, 500))
    waiting.leave()
    await isKept(true)
    expect(await said({ order: 8, era }, { era })).toContain('paid 8 ')
    expect(arrived).toHaveLength(1)
  })

  test('who gets it and leaves as well does not lose it', async () => {
    await unheard({ order: 9 }, `paid 9 ${tooMuch}`)
    const second = await call({ order: 9 }, { reads: false })
    await until(async () => (await kept()).length === 0)
    second.leave()
    await isKept(true)
    expect(await said({ order: 9 })).toContain('paid 9 ')
    expect(arrived).toHaveLength(1)
  })

  test('a modern caller that leaves cancels, and asks again', async () => {
    const { waiting, one } = await begun({ order: 10 }, { era: 'modern' })
    waiting.leave()
    await until(() => Promise.resolve(one.cancelled))
    await until(async () => (await kept()).length === 0)
    await asksAgain({ order: 10 }, { era: 'modern' })
  })

  test('what a dead process was running is not waited for', async () => {
    const { waiting, one } = await begun({ order: 11 })
    waiting.leave()
    await isKept(false)
    await runtime().pool.query('update unheard_answers set instance_id = gen_random_uuid()')
    await asksAgain({ order: 11 })
    answer(one, 'paid 11')
    await isKept(true)
  })

  test('a target that breaks off has answered nothing', async () => {
    const { waiting, one } = await begun({ order: 12 })
    waiting.leave()
    await isKept(false)
    one.response.destroy()
    await until(async () => (await kept()).length === 0)
    await asksAgain({ order: 12 })
  })

  test('it goes through the masks of its own moment, and not to whom a rule denies it by then', async () => {
    await unheard({ order: 13 }, 'paid to ada@example.com')
    const masks = [{ id: 'mail', detectors: ['email'], style: 'redact' }]
    await policy({ roles: roles(), masks })
    const text = await said({ order: 13 })
    expect(text).toContain('paid to')
    expect(text).not.toContain('ada@example.com')
    await unheard({ order: 14 }, 'paid 14')
    await policy({ roles: roles([{ id: 'no', effect: 'deny', connections: ['t-*'], resources: ['refund'] }]), masks })
    expect(await said({ order: 14 })).toContain('a rule forbids this')
    expect(await kept()).toHaveLength(1)
  })
})

async function policy(document: object): Promise<void> {
  const { policy } = runtime()
  await publishPolicy(world.carol, { document, message: 'A test', basedOn: policy.current().version })
  await policy.refresh()
}
