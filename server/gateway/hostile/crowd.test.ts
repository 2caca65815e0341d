import { once, setMaxListeners } from 'node:events'
import type { ServerResponse } from 'node:http'
import { connect as dial, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { until } from '../../db/testing'
import { metaKeys } from '../../mcp/revisions'
import { everythingFor, type Rough, startRough } from './world.testing'

const atOnce = 60
const noise = JSON.stringify({
  jsonrpc: '2.0',
  method: 'notifications/progress',
  params: { progressToken: 1, progress: 1 },
})
const event = (data: string) => `data: ${data}\n\n`
const answer = (id: unknown, text = 'done') =>
  JSON.stringify({ jsonrpc: '2.0', id, result: { content: [{ type: 'text', text }] } })

/** Answers of the target that are not over. */
const open = new Set<ServerResponse>()
/** Bytes that the gateway took of the last flood. */
let flooded = 0
let rough: Rough
const sockets: Socket[] = []

const tools: Record<string, (response: ServerResponse, id: unknown) => unknown> = {
  plain: (response, id) => response.writeHead(200, { 'content-type': 'application/json' }).end(answer(id)),
  /** Says something for ever, and never answers. */
  endless: async (response) => {
    for (; !response.destroyed; await sleep(250)) response.write(event(noise))
  },
  silent: (response) => response.write(event(noise)),
  /** Answers, and does not stop. */
  after: (response, id) => response.write(event(answer(id))),
  flood: async (response) => {
    const piece = event(noise.replace('"progress":1', `"progress":1,"x":"${'x'.repeat(8000)}"`))
    const gone = once(response, 'close')
    setMaxListeners(0, response)
    flooded = 0
    while (!response.destroyed) {
      if (!response.write(piece)) await Promise.race([once(response, 'drain'), gone])
      flooded += piece.length
    }
  },
  large: (response, id) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(answer(id, 'x'.repeat(8_000_000)))
  },
}

beforeAll(async () => {
  rough = await startRough({
    policy: { roles: [everythingFor('target')] },
    env: { CALLS_AT_ONCE: String(atOnce) },
    respond: async (_, response, body) => {
      const { id, params } = JSON.parse(body) as { id: unknown; params: { name: string } }
      open.add(response)
      response.once('close', () => open.delete(response)).on('error', () => {})
      if (params.name !== 'plain' && params.name !== 'large')
        response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
      await tools[params.name]?.(response, id)
    },
  })
})
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy()
})
afterAll(() => rough?.stop())

const bodyOf = (name: string, meta = {}) =>
  JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: {}, _meta: meta } })

async function call(person: string, name: string) {
  const response = await rough.send({ person, body: bodyOf(name) })
  return { status: response.statusCode, text: await response.body.text() }
}

/** What others are owed, whatever somebody does. */
async function othersGoOn(): Promise<void> {
  for (let n = 0; n < 5; n += 1) {
    const { status, text } = await call('bob', 'plain')
    expect([status, text]).toEqual([200, answer(1)])
  }
}

/** A socket of somebody who writes what it likes, and reads nothing unless told. */
async function socket(): Promise<Socket> {
  const made = dial(Number(new URL(rough.instance().url).port), '127.0.0.1')
  made.on('error', () => {}).pause()
  sockets.push(made)
  await once(made, 'connect')
  return made
}

async function headOf(length: number, token?: string, modern = false): Promise<string> {
  const era = modern ? ['mcp-protocol-version: 2026-07-28', 'mcp-method: tools/call', 'mcp-name: flood'] : []
  return [
    ...[
      'POST /mcp/target HTTP/1.1',
      `host: ${rough.host}`,
      `authorization: Bearer ${token ?? (await rough.token('mallory'))}`,
    ],
    ...['content-type: application/json', 'accept: application/json, text/event-stream', ...era],
    ...[`content-length: ${length}`, '', ''],
  ].join('\r\n')
}

describe('others go on while', () => {
  test('a target does not end a stream that it has answered on: the line to it is let go', async () => {
    for (let n = 0; n < 4; n += 1) {
      const answers = await Promise.all(Array.from({ length: 40 }, () => call('mallory', 'after')))
      expect(answers.every(({ text }) => text.includes('done'))).toBe(true)
      await othersGoOn()
      await until(() => open.size === 0)
    }
  })

  test('somebody has as many endless streams open as one may, stays or leaves; one more is told so', async () => {
    const stop = new AbortController()
    setMaxListeners(0, stop.signal)
    const streams = Array.from({ length: atOnce }, () =>
      rough.send({ person: 'mallory', body: bodyOf('endless'), signal: stop.signal }),
    )
    for (const { body } of await Promise.all(streams)) body.on('error', () => {}).resume()
    const refused = await call('mallory', 'plain')
    expect(refused.status).toBe(429)
    expect(refused.text).toContain(`you have ${atOnce} requests under way here; wait until one has ended`)
    await othersGoOn()
    // A legacy caller that leaves cancels nothing, and so cannot have another sixty.
    stop.abort()
    await until(async () => (await call('mallory', 'plain')).status === 200)
    expect((await call('mallory', 'plain')).text).toContain('requests under way here')
    await othersGoOn()
    for (const response of open) response.end(event(answer(1)))
    await until(async () => (await call('mallory', 'plain')).text === answer(1))
  })

  test('somebody sends large messages: together they may weigh so much, come how they may, stays or leaves', async () => {
    const large = bodyOf('silent').replace('"arguments":{}', `"arguments":{"note":"${'x'.repeat(3_500_000)}"}`)
    const stop = new AbortController()
    setMaxListeners(0, stop.signal)
    const send = (body: string) => rough.send({ person: 'mallory', body, signal: stop.signal })
    for (const { body } of await Promise.all([send(large), send(large)])) body.on('error', () => {}).resume()
    // Sixty requests of 160 KB.
    const refused = await send(large)
    expect([refused.statusCode, await refused.body.text()]).toEqual([429, expect.stringContaining('hold 9 MB')])
    expect((await call('mallory', 'plain')).status).toBe(200)
    await othersGoOn()
    // What the target has not answered is kept, though nobody listens.
    stop.abort()
    await othersGoOn()
    const again = await rough.send({ person: 'mallory', body: large.replace('silent', 'plain') })
    expect([again.statusCode, await again.body.text()]).toEqual([429, expect.stringContaining('under way')])
    for (const response of open) response.end(event(answer(1)))
    const plain = { person: 'mallory', body: large.replace('silent', 'plain') }
    await until(async () => (await (await rough.send(plain)).body.text()) === answer(1))
    // Said or not, what is on its way counts: two that say their length and stop, one that does not say it and goes on.
    const token = await rough.token('mallory')
    for (let n = 0; n < 2; n += 1) (await socket()).write(`${await headOf(3_500_000, token)}{`)
    const chunked = await socket()
    const head = (await headOf(0, token)).replace('content-length: 0', 'transfer-encoding: chunked')
    let said = ''
    chunked.on('data', (bytes) => (said += bytes)).resume()
    chunked.write(`${head}${(3_000_000).toString(16)}\r\n${large.slice(0, 3_000_000)}\r\n`)
    await until(() => said.startsWith('HTTP/1.1 429'))
    await othersGoOn()
  })

  test('somebody reads nothing of a flood: the target is slowed down, nothing piles up, leaving ends it', async () => {
    const before = await rough.state()
    const token = await rough.token('mallory')
    const meta = { [metaKeys.protocolVersion]: '2026-07-28', [metaKeys.clientCapabilities]: {} }
    const body = bodyOf('flood', meta)
    const reader = await socket()
    reader.write((await headOf(body.length, token, true)) + body)
    await until(() => open.size === 1)
    let last = -1
    await until(async () => {
      const still = flooded === last
      last = flooded
      if (!still) await sleep(300)
      return still && flooded > 0
    })
    await othersGoOn()
    // What two sockets and two windows hold, and no more.
    expect(flooded).toBeLessThan(32 * 1024 * 1024)
    const { rss } = await rough.state()
    expect(rss - before.rss).toBeLessThan(150 * 1024 * 1024)
    reader.resume()
    const stood = flooded
    await until(() => flooded > stood + 10_000_000)
    reader.destroy()
    await until(() => open.size === 0)
  })

  test('a thousand connections send half a header or half a body', async () => {
    const half = (await headOf(1000)).slice(0, 150)
    const [known, unknown] = [await headOf(1000), await headOf(1000, 'nobody')]
    const begun = Array.from({ length: 1000 }, async (_, n) =>
      (await socket()).write(n % 2 === 0 ? half : n % 4 === 1 ? `${known}{"jsonrpc":` : `${unknown}{"jsonrpc":`),
    )
    await Promise.all(begun)
    await othersGoOn()
    // Those of somebody we know take places of theirs alone, and give them back.
    await until(async () => (await call('mallory', 'plain')).status === 429)
    for (const made of sockets.splice(0)) made.destroy()
    await until(async () => (await call('mallory', 'plain')).status === 200)
  })

  test('answers of eight megabytes are read by nobody', async () => {
    const body = bodyOf('large')
    const before = await rough.state()
    for (let n = 0; n < 15; n += 1) (await socket()).write((await headOf(body.length)) + body)
    await sleep(500)
    await othersGoOn()
    for (const made of sockets.splice(0)) made.destroy()
    await until(async () => (await rough.state()).rss - before.rss < 200 * 1024 * 1024)
  })
})
