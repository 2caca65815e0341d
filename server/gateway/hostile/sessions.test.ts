import type { IncomingMessage, ServerResponse } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from '../../db/testing'
import { readEvents, type ServerEvent } from '../../mcp/sse'
import { everythingFor, type Rough, type Sending, startRough } from './world.testing'

/** A legacy target with sessions and an event store that outlives everything. */
type Theirs = { listening: ServerResponse | null; kept: string[] }
const theirs = new Map<string, Theirs>()
const arrived: { method: string; session: string | undefined; called: string }[] = []
let rough: Rough
/** It answers GET as if there were no such route. */
let silent = false

const event = (n: number, message: object) => `id: ${n}\ndata: ${JSON.stringify({ jsonrpc: '2.0', ...message })}\n\n`
const said = (data: string) => ({ method: 'notifications/message', params: { level: 'info', data } })
const text = (value: string) => ({ content: [{ type: 'text', text: value }] })

function respond(request: IncomingMessage, response: ServerResponse, body: string): unknown {
  const session = request.headers['mcp-session-id'] as string | undefined
  const { id, method, params } = body === '' ? { id: null, method: request.method, params: {} } : JSON.parse(body)
  arrived.push({ method: request.method ?? '', session, called: method })
  if (method === 'initialize') {
    const made = `theirs-${theirs.size}`
    theirs.set(made, { listening: null, kept: [] })
    const result = { protocolVersion: '2025-11-25', capabilities: {}, serverInfo: { name: 't', version: '1' } }
    const headers = { 'content-type': 'application/json', 'mcp-session-id': made }
    return response.writeHead(200, headers).end(JSON.stringify({ jsonrpc: '2.0', id, result }))
  }
  const found = theirs.get(session ?? '')
  if (found === undefined || (silent && request.method === 'GET')) return response.writeHead(404).end()
  if (request.method === 'DELETE') {
    theirs.delete(session ?? '')
    return response.writeHead(200).end()
  }
  if (id === undefined) return response.writeHead(202).end()
  response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
  if (request.method === 'GET') {
    const last = request.headers['last-event-id']
    for (const one of found.kept.slice(last === undefined ? found.kept.length : Number(last))) response.write(one)
    found.listening = response
    return
  }
  if (params.name === 'cut') {
    // It breaks off after its first event, and the answer is there for who comes back.
    found.kept = [event(1, said('begun')), event(2, { id, result: text('mail ada@example.com') })]
    return response.end(found.kept[0])
  }
  response.end(event(9, { id, result: text(`in ${session}`) }))
}

beforeAll(async () => {
  rough = await startRough({
    policy: {
      roles: [everythingFor('target', 'other')],
      masks: [{ id: 'mail', connections: ['*'], resources: ['*'], fields: [], detectors: ['email'], style: 'redact' }],
    },
    connections: { target: {}, other: {} },
    respond,
  })
})
afterAll(() => rough?.stop())

const message = (method: string, params: object = {}, id: number | null = 1) =>
  JSON.stringify({ jsonrpc: '2.0', ...(id === null ? {} : { id }), method, params })
const call = (name: string) => message('tools/call', { name, arguments: {} })

async function begin(person = 'alice'): Promise<string> {
  const answer = await rough.send({ person, body: message('initialize', { protocolVersion: '2025-11-25' }) })
  await answer.body.text()
  return String(answer.headers['mcp-session-id'])
}

async function send(session: string, sending: Sending = {}) {
  const headers: [string, string][] = [['mcp-session-id', session], ...(sending.headers ?? [])]
  const answer = await rough.send({ body: sending.method === undefined ? call('where') : null, ...sending, headers })
  return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() }
}

/** The next events of a stream, which is then left. */
async function listen(session: string, many: number, last?: string, person = 'alice'): Promise<ServerEvent[]> {
  const leave = new AbortController()
  const headers: [string, string][] = [['mcp-session-id', session]]
  if (last !== undefined) headers.push(['last-event-id', last])
  const { body, statusCode } = await rough.send({ person, method: 'GET', headers, signal: leave.signal })
  body.on('error', () => {})
  if (statusCode !== 200) return []
  const got: ServerEvent[] = []
  for await (const one of readEvents(body)) if (got.push(one) === many) break
  leave.abort()
  return got
}

test('a session has an id of ours, whose target sees its own, and goes on after `kill -9`', async () => {
  const ours = await begin()
  expect(ours).toMatch(/^[0-9a-f-]{36}$/)
  const their = [...theirs.keys()].at(-1)
  expect((await send(ours)).text).toContain(`in ${their}`)
  await rough.restart()
  const after = await send(ours)
  expect(after.text).toContain(`in ${their}`)
  expect(JSON.stringify(after.headers)).not.toContain(their)
})

test('to anybody else, and elsewhere, it does not exist, and its target hears nothing', async () => {
  const ours = await begin()
  arrived.length = 0
  const tries: Sending[] = [{ person: 'bob' }, { connection: 'other' }, { person: 'bob', connection: 'other' }]
  for (const one of tries)
    for (const method of [undefined, 'GET', 'DELETE'] as const)
      expect((await send(ours, { ...one, ...(method === undefined ? {} : { method }) })).status).toBe(404)
  expect(arrived).toEqual([])
  expect((await send(ours)).status).toBe(200)
})

test('it ends when its client says so, and its target is told', async () => {
  const ours = await begin()
  const their = [...theirs.keys()].at(-1)
  expect((await send(ours, { method: 'DELETE' })).status).toBe(204)
  expect(arrived.at(-1)).toEqual({ method: 'DELETE', session: their, called: 'DELETE' })
  expect((await send(ours)).status).toBe(404)
  expect((await send(ours, { method: 'GET' })).status).toBe(404)
})

test('it ends when its target has forgotten it', async () => {
  const ours = await begin()
  theirs.delete([...theirs.keys()].at(-1) ?? '')
  expect((await send(ours, { method: 'GET' })).status).toBe(404)
  expect((await send(ours)).status).toBe(404)
  arrived.length = 0
  for (const method of [undefined, 'GET'] as const)
    expect((await send(ours, method === undefined ? {} : { method })).status).toBe(404)
  expect(arrived).toEqual([])
})

test('a target that answers its stream with 404, because it has none, keeps its session', async () => {
  const ours = await begin()
  silent = true
  expect((await send(ours, { method: 'GET' })).status).toBe(404)
  silent = false
  expect((await send(ours)).status).toBe(200)
})

test('it ends after a day of silence', async () => {
  const ours = await begin()
  await rough.pool.query(`update sessions set last_at = now() - interval '25 hours' where id = $1`, [ours])
  await rough.restart()
  expect((await send(ours)).status).toBe(404)
})

test('what its target says by itself comes on its stream', async () => {
  const ours = await begin()
  const their = [...theirs.values()].at(-1)
  const heard = listen(ours, 1)
  await until(() => their?.listening != null)
  their?.listening?.write(event(5, { method: 'notifications/tools/list_changed' }))
  expect((await heard)[0]?.data).toContain('list_changed')
})

test('promise 6: listening ends in the record with its stream, also where the target has none', async () => {
  const ends = async (session: string): Promise<string[]> => {
    const { rows } = await rough.pool.query<{ outcome: string }>(
      `select coalesce((select r.outcome from entries r where r.call_id = e.id and r.kind = 'reply'), 'open') as outcome
       from entries e where e.session_id = $1 and e.action = 'GET' and e.call_id is null order by e.at`,
      [session],
    )
    return rows.map(({ outcome }) => outcome)
  }
  const ours = await begin()
  const their = [...theirs.values()].at(-1)
  const heard = listen(ours, 1)
  await until(() => their?.listening != null)
  expect(await ends(ours)).toEqual(['open'])
  their?.listening?.write(event(5, { method: 'notifications/tools/list_changed' }))
  await heard
  await until(async () => (await ends(ours))[0] === 'ok')
  silent = true
  expect((await send(ours, { method: 'GET' })).status).toBe(404)
  silent = false
  await until(async () => (await ends(ours))[1] === 'ok')
})

test('an answer that broke off is had with `Last-Event-ID`, after `kill -9` too: masked, and by nobody else', async () => {
  const ours = await begin()
  const cut = await rough.send({ body: call('cut'), headers: [['mcp-session-id', ours]] })
  const begun: ServerEvent[] = []
  for await (const one of readEvents(cut.body)) begun.push(one)
  const last = begun.at(-1)?.id ?? ''
  expect(begun.map(({ data }) => JSON.parse(data).method)).toEqual(['notifications/message'])
  await rough.restart()
  const [rest] = await listen(ours, 1, last)
  expect(JSON.parse(rest?.data ?? '{}')).toMatchObject({ id: 1, result: text('mail [masked]') })
  const another = await begin()
  const bobs = await begin('bob')
  arrived.length = 0
  expect(await listen(another, 1, last)).toEqual([])
  expect(await listen(bobs, 1, last, 'bob')).toEqual([])
  expect(await listen(ours, 1, '1')).toEqual([])
  expect(arrived).toEqual([])
})
