import { mkdtempSync, writeFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { removeDir, until } from '../../db/testing'
import { createHttpServer } from '../../http'
import { metaKeys } from '../../mcp/revisions'
import { readEvents } from '../../mcp/sse'
import type { Runtime } from '../../runtime'
import { readConfig } from '../../tunnel/agent/config'
import type { TestAgent } from '../../tunnel/gateway.testing'
import { lines } from '../../upstream/exchange'
import { startRoughAgent } from './agent.testing'
import { everythingFor, type Rough, startRough } from './world.testing'

const soak = process.env.SOAK === '1'
const events = 20
let rough: Rough
let agent: TestAgent

/** What the client has seen: the target goes on only then. */
let seen = -1
const open = new Set<ServerResponse>()
const cancelled: unknown[] = []
/** Makes those speak that began a stream and said nothing. */
const speak = new Set<() => void>()

const say = (response: ServerResponse, message: object) =>
  response.write(`data: ${JSON.stringify({ jsonrpc: '2.0', ...message })}\n\n`)
const progress = (n: number) => ({ method: 'notifications/progress', params: { progressToken: 1, progress: n } })

const tools: Record<string, (response: ServerResponse, id: unknown) => unknown> = {
  step: async (response, id) => {
    for (let n = 0; n < events; n += 1) {
      say(response, progress(n))
      await until(() => seen >= n)
    }
    say(response, { id, result: { content: [] } })
    response.end()
  },
  silent: (response) => say(response, progress(0)),
  shy: (response, id) => {
    speak.add(() => {
      say(response, { id, result: { content: [{ type: 'text', text: 'after all' }] } })
      response.end()
    })
  },
  late: async (response, id) => {
    say(response, progress(0))
    await sleep(121_000)
    say(response, { id, result: { content: [{ type: 'text', text: 'at last' }] } })
    response.end()
  },
}

const respond = async (_: IncomingMessage, response: ServerResponse, body: string) => {
  const { id, method, params } = JSON.parse(body)
  if (method === 'notifications/cancelled') cancelled.push(params.requestId)
  if (id === undefined) return response.writeHead(202).end()
  open.add(response)
  response.once('close', () => open.delete(response)).on('error', () => {})
  response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
  await tools[params.name]?.(response, id)
}

beforeAll(async () => {
  rough = await startRough({ policy: { roles: [everythingFor('target', 'behind')] }, respond })
  agent = await startRoughAgent(rough, [{ name: 'behind', type: 'http', url: rough.target } as { name: string }])
  await until(async () => {
    const answer = await rough.send({ connection: 'behind', body: note('notifications/initialized', {}) })
    await answer.body.text()
    return answer.statusCode === 202
  })
})
afterAll(async () => {
  await agent?.stop()
  await rough?.stop()
})

const note = (method: string, params: object) => JSON.stringify({ jsonrpc: '2.0', method, params })
const modern = { [metaKeys.protocolVersion]: '2026-07-28', [metaKeys.clientCapabilities]: {} }

async function call(connection: string, name: string, era: string, signal?: AbortSignal) {
  const isModern = era === 'modern'
  const params = { name, arguments: {}, _meta: { progressToken: 1, ...(isModern ? modern : {}) } }
  const headers: [string, string][] = [
    ['mcp-protocol-version', '2026-07-28'],
    ['mcp-method', 'tools/call'],
    ['mcp-name', name],
  ]
  const response = await rough.send({
    ...{ connection, body: JSON.stringify({ jsonrpc: '2.0', id: 7, method: 'tools/call', params }) },
    ...(isModern ? { headers } : {}),
    ...(signal === undefined ? {} : { signal }),
  })
  response.body.on('error', () => {})
  return response
}

for (const connection of ['target', 'behind'])
  for (const era of ['legacy', 'modern'])
    describe(`${connection === 'behind' ? 'behind an agent' : 'over HTTP'}, ${era}`, () => {
      test('each event is with the client before the target says the next', async () => {
        seen = -1
        const { body } = await call(connection, 'step', era)
        const got: string[] = []
        for await (const { data } of readEvents(body)) {
          got.push(data)
          const { params } = JSON.parse(data) as { params?: { progress: number } }
          if (params !== undefined) seen = params.progress
        }
        expect(got.length).toBe(events + 1)
        expect(got.at(-1)).toContain('"result"')
      })

      test(
        era === 'modern' ? 'who leaves cancels' : 'who leaves cancels nothing; `notifications/cancelled` does',
        async () => {
          const leave = new AbortController()
          const { body } = await call(connection, 'silent', era, leave.signal)
          for await (const { data } of readEvents(body)) {
            expect(data).toContain('progress')
            break
          }
          leave.abort()
          if (era === 'modern') return until(() => open.size === 0)
          await sleep(300)
          expect(open.size).toBe(1)
          const answer = await rough.send({ connection, body: note('notifications/cancelled', { requestId: 7 }) })
          expect([answer.statusCode, await answer.body.text()]).toEqual([202, ''])
          expect(cancelled.splice(0)).toEqual([7])
          for (const response of open) response.end()
          await until(() => open.size === 0)
        },
      )
    })

const places = ['target', 'behind'].flatMap((connection) => ['legacy', 'modern'].map((era) => ({ connection, era })))

test('a stream that is silent from its start has begun for the caller too', async () => {
  // Without headers a client gives up after minutes, however much its target says later.
  const begun = await Promise.all(places.map(({ connection, era }) => call(connection, 'shy', era)))
  expect(speak.size).toBe(places.length)
  for (const answer of speak) answer()
  for (const { body, headers } of begun) {
    expect(headers['content-type']).toBe('text/event-stream')
    expect(await body.text()).toContain('after all')
  }
})

test.runIf(soak)(
  'a stream that is silent for two minutes is kept alive by comments, and then answered',
  {
    timeout: 200_000,
  },
  async () => {
    const heard = places.map(async ({ connection, era }) => {
      const { body } = await call(connection, 'late', era)
      let text = ''
      for await (const piece of body) text += String(piece)
      return text
    })
    for (const text of await Promise.all(heard)) {
      expect(text).toContain('at last')
      expect(text.split(': keep-alive').length).toBeGreaterThan(7)
    }
  },
)

test('no timer of the HTTP server, or of the lines to targets, ends an answer, however long it is silent', () => {
  const env = { publicUrl: 'http://127.0.0.1' }
  const server = createHttpServer({
    ...{ runtime: { env, log: {}, hub: {} } as unknown as Runtime, issuer: null, pageUpgrade: null, fast: true },
    page: async () => {},
  })
  // The first two are about requests, the fourth about connections without one; the third would be about silence.
  expect([server.headersTimeout, server.requestTimeout, server.timeout, server.keepAliveTimeout]).toEqual([
    30_000, 120_000, 0, 65_000,
  ])
  expect(lines).toMatchObject({ headersTimeout: 0, bodyTimeout: 0 })
})

test('an agent gives no call up by itself', () => {
  const dir = mkdtempSync(join(tmpdir(), 'sallyport-config-'))
  const path = join(dir, 'agent.yaml')
  writeFileSync(
    path,
    'targets: [{ name: a, type: http, url: "http://127.0.0.1/" }, { name: b, type: stdio, command: [b] }]',
  )
  expect(readConfig(path).targets.map((target) => target.timeoutSeconds)).toEqual([undefined, undefined])
  removeDir(dir)
})
