import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Arrival, badAnswer, forbidden, recordProblems, undecided } from './judge.testing'
import { type HostileReply, hostileReply, say } from './replies.testing'
import { type HostileRequest, hostileRequest } from './requests.testing'
import { type Rough, startRough } from './world.testing'

type Case = { name: string; request: HostileRequest; reply: HostileReply }

const soak = process.env.SOAK === '1'
const many = soak ? 100_000 : 2000
const atOnce = 8
// A bound against what hangs, not a measure of speed: who is over it three times, and an ordinary call beside it is not, hangs.
const hangMs = 1000

const cases = new Map<string, Case>()
const arrivals: (Arrival & { of: string })[] = []
let rough: Rough
let session = ''

const policy = {
  roles: [
    {
      name: 'support',
      members: [{ claim: 'groups', value: 'support' }],
      rules: [
        {
          ...{ id: 'ok', effect: 'allow', connections: ['*'], actions: ['tools/call'] },
          resources: ['ok_read*', 'ok_thirteen', 'ok_\ud800'],
        },
        { id: 'sql', effect: 'allow', connections: ['*'], resources: ['ok_sql'], when: 'sql.readOnly' },
        { id: 'thirteen', effect: 'deny', connections: ['*'], resources: ['ok_thirteen'], when: 'args.n == 13.0' },
        { id: 'read', effect: 'allow', connections: ['*'], actions: ['resources/read'], resources: ['file:///ok/*'] },
      ],
    },
  ],
  masks: [{ id: 'pii', connections: ['*'], resources: ['*'], fields: ['ssn'], detectors: ['email'], style: 'redact' }],
}

beforeAll(async () => {
  const sql = [{ tool: 'ok_sql', argument: 'sql', dialect: 'postgres' as const }]
  rough = await startRough({
    policy,
    connections: { target: { sql }, asking: { sql, clientRequests: ['elicitation', 'sampling', 'roots'] } },
    respond: async (request, response, body) => {
      const of = String(request.headers['mcp-param-case'])
      arrivals.push({ of, method: request.method ?? '', headers: request.headers, body })
      const found = cases.get(of)
      const { id } = body === '' ? { id: null } : (JSON.parse(body) as { id?: unknown })
      if (found !== undefined) return say(found.reply, id, response)
      const result = { protocolVersion: '2025-11-25', capabilities: {}, content: [{ type: 'text', text: 'fine' }] }
      response.writeHead(200, { 'content-type': 'application/json', 'mcp-session-id': 'theirs' })
      response.end(JSON.stringify({ jsonrpc: '2.0', id, result }))
    },
  })
})
afterAll(() => rough?.stop())

async function ask({ method, headers, body }: HostileRequest, connection: string, of: string) {
  const filled = headers.map(([name, value]): [string, string] => [name, value.replace('$SESSION', session)])
  const startedAt = performance.now()
  const answer = await rough.send({
    ...{ connection, method, body: method === 'POST' ? Buffer.from(body, 'latin1') : null },
    headers: [...filled, ['mcp-param-case', of]],
    signal: AbortSignal.timeout(20_000),
  })
  const text = await answer.body.text()
  return { ...answer, text, ms: performance.now() - startedAt }
}

/** Null when all is well. */
async function problemOf(one: Case, of: string): Promise<string | null> {
  const connection = one.name.length % 2 === 0 ? 'target' : 'asking'
  for (let attempt = 1; ; attempt += 1) {
    try {
      const answer = await ask(one.request, connection, of)
      const { text, ms } = answer
      const bad = badAnswer(answer, one.request.body)
      if (bad !== null) return `${bad}: ${text.slice(0, 300)}`
      if (ms < hangMs || ms < hangMs + 10 * (await ordinaryMs())) return null
      if (attempt === 3) return `took ${Math.round(ms)} ms`
    } catch (error) {
      // A stream of the target's own that it cuts is cut for its listener too.
      if (one.request.method === 'GET' && one.reply.end === 'cut') return null
      return `no answer: ${(error as Error).stack}`
    }
  }
}

const works = { jsonrpc: '2.0', id: 'works', method: 'tools/call', params: { name: 'ok_read', arguments: {} } }

async function ordinaryMs(): Promise<number> {
  const startedAt = performance.now()
  const answer = await rough.send({ body: JSON.stringify(works) })
  await answer.body.text()
  return performance.now() - startedAt
}

async function everythingWorks(): Promise<void> {
  const begin = { ...works, id: 'begin', method: 'initialize', params: { protocolVersion: '2025-11-25' } }
  const opened = await rough.send({ body: JSON.stringify(begin) })
  await opened.body.text()
  session = String(opened.headers['mcp-session-id'])
  const answer = await rough.send({ body: JSON.stringify(works), headers: [['mcp-session-id', session]] })
  expect(await answer.body.text()).toContain('fine')
}

async function run(all: Case[]): Promise<string[]> {
  const problems: string[] = []
  const before = arrivals.length
  const left = all.entries()
  const worker = async () => {
    for (const [, one] of left) {
      const of = `${cases.size}`
      cases.set(of, one)
      const problem = await problemOf(one, of)
      if (problem !== null) problems.push(`${problem}\n${JSON.stringify(one)}`)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  for (const arrival of arrivals.slice(before)) {
    const why = forbidden(arrival)
    if (why !== null) problems.push(`${why}: ${JSON.stringify({ arrival, one: cases.get(arrival.of) })}`)
  }
  return problems
}

const kept = (): Case[] => {
  const dir = join(import.meta.dirname, 'corpus')
  return readdirSync(dir).map((name) => ({ ...JSON.parse(readFileSync(join(dir, name), 'utf8')), name }))
}

test('promises 4, 6 and 7: hostile messages and replies crash and hang nothing, and none passes that was not decided on', {
  timeout: soak ? 3_600_000 : 120_000,
}, async () => {
  await everythingWorks()
  const seed = Number(process.env.FC_SEED ?? 20_261_123)
  const made = fc.record({ name: fc.constantFrom('even', 'odd'), request: hostileRequest, reply: hostileReply })
  const problems = await run(kept())
  const startedAt = performance.now()
  for (let done = 0; done < many && problems.length < 20; done += 1000) {
    problems.push(...(await run(fc.sample(made, { numRuns: 1000, seed: seed + done }))))
    if (arrivals.length > 500) await everythingWorks()
    if (soak && done % 10_000 === 0) console.info(JSON.stringify({ done, problems }))
  }
  problems.push(...(await undecided(rough, arrivals)), ...(await recordProblems(rough)))
  console.info(
    JSON.stringify({
      cases: cases.size,
      arrived: arrivals.length,
      ms: Math.round(performance.now() - startedAt),
      ...(await rough.state()),
    }),
  )
  expect(problems.slice(0, 10).map((problem) => problem.slice(0, 400))).toEqual([])
  expect(arrivals.length).toBeGreaterThan(many / 10)
})
