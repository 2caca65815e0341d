import { createServer, request, type ServerResponse } from 'node:http'
import { expect } from 'vitest'
import { contextFor } from '../connections/viewer.testing'
import type { Give } from '../db/review-schema'
import { until } from '../db/testing'
import { metaKeys } from '../mcp/revisions'
import { vote } from '../reviews/vote'
import { publishPolicy } from '../roles/publish'
import { runtime } from '../runtime'
import type { JsonObject } from '../types'
import { type Pinned, startPinned } from './pinned.testing'

export type Arrived = { args: JsonObject; params: JsonObject; response: ServerResponse; cancelled: boolean }
/** `heard`: as far as it was said by now. */
type Waiting = { text: Promise<string>; heard(): string; leave(): void }

let world: Pinned
let connection: string
/** What came to the target, in order. */
export const arrived: Arrived[] = []

export const roles = (more: object[] = []) => [
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
    const one: Arrived = { args: { ...params.arguments, id }, params, response, cancelled: false }
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

export async function startUnheard(): Promise<Pinned> {
  world = await startPinned({ roles: roles() })
  connection = await world.connect({ url: `${await world.listen(target)}/mcp` }, 'off')
  return world
}

/** For the next test. */
export async function forgetAll(): Promise<void> {
  await runtime().pool.query(`update reviews set state = 'cancelled' where state = 'pending'`)
  await runtime().pool.query('update grants set ends_at = now()')
  await runtime().pool.query('delete from unheard_answers')
}

/** For the buffers of a line, so that it is not sent while nobody reads. */
export const tooMuch = 'x'.repeat(14_000_000)

export const answerOf = ({ args }: Arrived, text: string): string =>
  JSON.stringify({ jsonrpc: '2.0', id: args.id, result: { content: [{ type: 'text', text }] } })

export function answer(one: Arrived, text: string): void {
  one.response.writeHead(200, { 'content-type': 'application/json' }).end(answerOf(one, text))
}

type Asking = {
  person?: string
  era?: 'legacy' | 'modern'
  reads?: boolean
  progress?: boolean
  /** Parameters beside the name and the arguments. */
  more?: JsonObject
}

/** A call whose caller can leave; one that does not read lets the answer stand in the line. */
export async function call(args: JsonObject, asking: Asking = {}): Promise<Waiting> {
  const { person = 'alice', era = 'legacy', reads = true, progress, more } = asking
  const modern = { [metaKeys.protocolVersion]: '2026-07-28', [metaKeys.clientCapabilities]: {} }
  const _meta = { ...(era === 'modern' ? modern : {}), ...(progress ? { progressToken: 1 } : {}) }
  const params = { name: 'refund', arguments: args, _meta, ...more }
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
  let said = ''
  const text = new Promise<string>((resolve) => {
    sent.on('error', () => resolve('left'))
    sent.on('response', (response) => {
      if (!reads) return
      response.on('data', (chunk) => (said += chunk))
      response.on('error', () => resolve(said))
      response.on('end', () => resolve(said))
    })
  })
  return { text, heard: () => said, leave: () => void sent.destroy() }
}

export const said = async (args: JsonObject, asking?: Asking) => (await call(args, asking)).text

const held = /\/reviews\/|input_required/

/** Asks, and leaves what bob gives: a use for the next identical call, or `give`. */
export async function approved(args: JsonObject, asking: Asking = {}, give?: Give): Promise<void> {
  expect(await said(args, { ...asking, reads: true })).toMatch(held)
  const { rows } = await runtime().pool.query(`select id from reviews where state = 'pending'`)
  expect(rows).toHaveLength(1)
  const { db, keys } = runtime()
  const bob = contextFor(db, 'bob', { groups: ['leads'] })
  await vote(bob, keys, { reviewId: rows[0].id, verdict: 'approve', ...(give === undefined ? {} : { give }) })
}

/** A call of what was approved, when it has come to the target. */
export async function begins(args: JsonObject, asking: Asking = {}): Promise<{ waiting: Waiting; one: Arrived }> {
  arrived.length = 0
  const waiting = await call(args, asking)
  await until(() => Promise.resolve(arrived.length === 1))
  return { waiting, one: arrived[0]! }
}

export async function begun(args: JsonObject, asking: Asking = {}): ReturnType<typeof begins> {
  await approved(args, asking)
  return begins(args, asking)
}

export const kept = async () => {
  const { rows } = await runtime().pool.query(
    'select call_id, instance_id, answer_sealed is not null as answered from unheard_answers',
  )
  return rows as { call_id: string; instance_id: string; answered: boolean }[]
}
export const isKept = (answered: boolean) => until(async () => (await kept()).some((row) => row.answered === answered))

/** The caller left while it ran; then the target answered. */
export async function unheard(args: JsonObject, text: string): Promise<Arrived> {
  const { waiting, one } = await begun(args)
  waiting.leave()
  await isKept(false)
  answer(one, text)
  await isKept(true)
  return one
}

export async function asksAgain(args: JsonObject, asking?: Asking): Promise<void> {
  const before = arrived.length
  expect(await said(args, asking)).toMatch(held)
  expect(arrived).toHaveLength(before)
  await runtime().pool.query(`update reviews set state = 'cancelled' where state = 'pending'`)
}

export async function policy(document: object): Promise<void> {
  const { policy } = runtime()
  await publishPolicy(world.carol, { document, message: 'A test', basedOn: policy.current().version })
  await policy.refresh()
}
