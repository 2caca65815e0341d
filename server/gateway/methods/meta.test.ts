import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { deriveKeys } from '../../keys'
import { viewer } from '../../reviews/asking.testing'
import { getReview } from '../../reviews/get-review'
import { vote } from '../../reviews/vote'
import { stepsOf } from '../../sessions/steps.testing'
import type { JsonObject } from '../../types'
import { type Arrival, type Asking, startWorld, type World } from './world.testing'

const review = { approvers: [{ claim: 'groups', value: 'leads' }], approvals: 1 }
const actions = ['tools/call', 'prompts/get', 'resources/read']
const on = { connections: ['*'], actions }
const rules = [
  { id: 'asks', effect: 'review', ...on, resources: ['write', 'rounds', 'greet', 'file:///a'], review },
  { id: 'reads', effect: 'allow', ...on, resources: ['read'] },
]
const masks = [{ id: 'pii', connections: ['*'], resources: ['*'], fields: ['ssn'], detectors: [], style: 'redact' }]
const form = { method: 'elicitation/create', params: { message: 'sure?', requestedSchema: {} } }
const pause = { resultType: 'input_required', inputRequests: { sure: form }, requestState: 'theirs' }

const key = 'what seals the arguments of these questions'
const keys = deriveKeys(key)
const showing = { keys, isAdmin: () => false }

let world: World
const arrived: Arrival[] = []
beforeAll(async () => {
  const policy = { roles: [{ name: 'support', members: ['everyone'], rules }], masks }
  // Answers with the `_meta` that it was sent.
  const results = (_method: string, params: JsonObject, arrival: Arrival): JsonObject => {
    arrived.push(arrival)
    if (params.name === 'rounds' && params.inputResponses === undefined) return pause
    return { content: [{ type: 'text', text: JSON.stringify(params._meta ?? null) }] }
  }
  world = await startWorld(
    policy,
    results,
    { target: {}, asking: { clientRequests: ['elicitation'] } },
    { SALLYPORT_KEY: key },
  )
})
afterAll(() => world?.stop())
afterEach(() => denyAll())
beforeEach(() => void arrived.splice(0))

const bob = () => ({ viewer: viewer('bob', ['leads']), db: world.rough.db })
const dave = () => ({ viewer: viewer('dave', ['auditors'], { auditor: true }), db: world.rough.db })

async function waiting(): Promise<string> {
  const { rows } = await world.rough.pool.query(`select id from reviews where state = 'pending'`)
  expect(rows).toHaveLength(1)
  return String(rows[0].id)
}

async function approve(method: string, params: JsonObject, asking: Asking): Promise<void> {
  await world.ask(method, params, asking)
  await vote(bob(), keys, { reviewId: await waiting(), verdict: 'approve' })
}

/** Takes what waits away, so that the next test begins with nothing. */
async function denyAll(): Promise<void> {
  const { rows } = await world.rough.pool.query(`select id from reviews where state = 'pending'`)
  for (const { id } of rows) await vote(bob(), keys, { reviewId: id, verdict: 'deny' })
}

let made = 0
const write = (name = 'write'): { name: string; arguments: JsonObject } => {
  made += 1
  return { name, arguments: { n: made } }
}
const withMeta = (call: JsonObject, _meta: JsonObject): JsonObject => ({ ...call, _meta })
const metaThere = (): JsonObject => {
  const params = (arrived.at(-1)?.body.params ?? {}) as { _meta?: JsonObject }
  return params._meta ?? {}
}

for (const era of ['legacy', 'modern'] as const)
  describe(`promise 5: what \`_meta\` holds beside the protocol's own is part of what was approved (${era})`, () => {
    const more: [what: string, approved: JsonObject, sent: JsonObject][] = [
      ['another value', { 'example.com/tenant': 'a' }, { 'example.com/tenant': 'b' }],
      ['a key more', { 'example.com/tenant': 'a' }, { 'example.com/tenant': 'a', dryRun: false }],
      ['a key less', { dryRun: true }, {}],
      ['one where there was none', {}, { 'example.com/as': 'root' }],
      ['a reserved name that MCP does not define', {}, { 'io.modelcontextprotocol/as': 'root' }],
    ]
    for (const [what, approved, sent] of more)
      test(`${what} does not go with the approval`, async () => {
        const call = write()
        await approve('tools/call', withMeta(call, approved), { era })
        expect((await world.ask('tools/call', withMeta(call, sent), { era })).arrived).toBeNull()
        await denyAll()
        const { arrived: went } = await world.ask('tools/call', withMeta(call, approved), { era })
        expect(went, 'what was approved goes').not.toBeNull()
        expect(metaThere()).toMatchObject(approved)
      })

    test('a prompt and a resource are asked for with it too', async () => {
      for (const [method, params] of [
        ['prompts/get', { name: 'greet' }],
        ['resources/read', { uri: 'file:///a' }],
      ] as [string, JsonObject][]) {
        await approve(method, withMeta(params, { dryRun: true }), { era })
        expect((await world.ask(method, params, { era })).arrived).toBeNull()
        await denyAll()
        expect((await world.ask(method, withMeta(params, { dryRun: true }), { era })).arrived).not.toBeNull()
      }
    })

    test('who decides sees it whole, everybody else and the record masked', async () => {
      const call = withMeta(write(), { 'example.com/tenant': 'a', ssn: '078-05-1120' })
      await world.ask('tools/call', call, { era })
      const id = await waiting()
      const whole = await getReview(bob(), showing, id)
      expect(JSON.parse(whole.meta ?? '')).toEqual({ 'example.com/tenant': 'a', ssn: '078-05-1120' })
      const masked = await getReview(dave(), showing, id)
      expect(JSON.parse(masked.meta ?? '')).toEqual({ 'example.com/tenant': 'a', ssn: '[masked]' })
      await vote(bob(), keys, { reviewId: id, verdict: 'approve' })
      const after = await getReview(bob(), showing, id)
      expect(JSON.parse(after.meta ?? '')).toEqual({ 'example.com/tenant': 'a', ssn: '[masked]' })
      await world.ask('tools/call', call, { era })
      const steps = await stepsOf(dave(), masked.sessionId ?? '')
      expect(steps.slice(-2).map(({ meta }) => JSON.parse(meta ?? 'null'))).toEqual([
        { 'example.com/tenant': 'a', ssn: '[masked]' },
        { 'example.com/tenant': 'a', ssn: '[masked]' },
      ])
      const { rows } = await world.rough.pool.query(`select body from entries where body like '%078-05-1120%'`)
      expect(rows).toEqual([])
    })

    test("a client's own bookkeeping may differ, and stays behind: nobody saw it", async () => {
      const call = write()
      const own = (n: number): JsonObject => ({
        progressToken: `p${n}`,
        traceparent: `00-0af7651916cd43dd8448eb211c80319c-b7ad6b716920333${n}-01`,
        baggage: `as=root${n}`,
        'claudecode/toolUseId': `toolu_${n}`,
        'vscode.conversationId': 'c',
        'vscode.requestId': `r${n}`,
        'x-codex-turn-metadata': { turn_id: n },
        'io.sallyport/reason': `the customer asked ${n} times`,
      })
      await approve('tools/call', withMeta(call, own(1)), { era })
      const { text } = await world.ask('tools/call', withMeta(call, own(2)), { era })
      expect(text).toContain('p2')
      const mcp = Object.keys(metaThere()).filter((key) => !key.startsWith('io.modelcontextprotocol/'))
      expect(mcp.sort()).toEqual(['progressToken', 'traceparent'])
    })

    test('a call that nobody has to approve goes as it came', async () => {
      const meta = { 'claudecode/toolUseId': 'toolu_1', baggage: 'a=b', dryRun: true }
      await world.ask('tools/call', withMeta(write('read'), meta), { era })
      expect(metaThere()).toMatchObject(meta)
    })
  })

test('`_meta` that is no object goes with no approval', async () => {
  const { text } = await world.ask('tools/call', { ...write(), _meta: ['as root'] }, { era: 'legacy' })
  expect(text).toContain('`_meta`')
  expect(text).toContain('could not be shown')
  expect(arrived).toEqual([])
})

test('a later round of what was approved brings no other `_meta`', async () => {
  const [call, asking] = [write('rounds'), { connection: 'asking', capabilities: { elicitation: {} } }]
  await approve('tools/call', withMeta(call, { dryRun: true }), asking)
  const { requestState } = (await world.ask('tools/call', withMeta(call, { dryRun: true }), asking)).json
    .result as JsonObject
  const next = { ...call, requestState: String(requestState), inputResponses: { sure: { action: 'accept' } } }
  expect((await world.ask('tools/call', next, asking)).arrived).toBeNull()
  expect((await world.ask('tools/call', withMeta(next, { dryRun: false }), asking)).arrived).toBeNull()
  const { arrived: went } = await world.ask('tools/call', withMeta(next, { dryRun: true, baggage: 'x=y' }), asking)
  expect(went).not.toBeNull()
  expect(Object.keys(metaThere())).not.toContain('baggage')
})
