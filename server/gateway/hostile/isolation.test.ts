import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from '../../db/testing'
import { metaKeys } from '../../mcp/revisions'
import type { TestAgent } from '../../tunnel/gateway.testing'
import { stdioTarget } from '../../tunnel/stdio.testing'
import { startRoughAgent } from './agent.testing'
import { everythingFor, type Rough, startRough } from './world.testing'

const secret = 'ada.canary@example.com'
const arrived: string[] = []
let rough: Rough
let agent: TestAgent

const asked = {
  name: 'asked',
  members: ['everyone'],
  rules: [
    {
      ...{ id: 'ask', effect: 'review', connections: ['target'], resources: ['held'] },
      review: { approvers: [{ claim: 'groups', value: 'leads' }], approvals: 1, maxMinutes: 5, expiresMinutes: 5 },
    },
  ],
}

beforeAll(async () => {
  rough = await startRough({
    policy: {
      roles: [everythingFor('target', 'other', 'small'), asked],
      masks: [
        { id: 'mail', connections: ['*'], resources: ['*'], fields: ['ssn'], detectors: ['email'], style: 'redact' },
      ],
    },
    connections: {
      target: {
        clientRequests: ['elicitation'],
        http: ['read', 'held'].map((tool) => ({ tool, method: 'GET', path: '/people/{note}' })),
      },
      other: { clientRequests: ['elicitation'] },
    },
    respond: (_, response, body) => {
      arrived.push(body)
      const { id } = JSON.parse(body)
      const params = { mode: 'form', message: 'which?', requestedSchema: { type: 'object', properties: {} } }
      const inputRequests = { one: { method: 'elicitation/create', params } }
      const result = { resultType: 'input_required', inputRequests, requestState: 'step 2' }
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ jsonrpc: '2.0', id, result }))
    },
  })
  agent = await startRoughAgent(rough, [stdioTarget('small')])
  await until(async () => /"text":"\d+"/.test((await call('small', 'alice', 'pid')).text))
})
afterAll(async () => {
  await agent?.stop()
  await rough?.stop()
})

type More = { modern?: boolean; id?: unknown; args?: object; meta?: object; params?: object; method?: string }

async function call(connection: string, person: string, name: string, more: More = {}) {
  const { modern = false, id = 1, args = {}, meta = {}, params = {}, method = 'tools/call' } = more
  const envelope = modern ? { [metaKeys.protocolVersion]: '2026-07-28', [metaKeys.clientCapabilities]: {} } : {}
  const about = { name, arguments: args, ...params, _meta: { ...envelope, ...meta } }
  const headers: [string, string][] = modern
    ? [
        ['mcp-protocol-version', '2026-07-28'],
        ['mcp-method', method],
        ['mcp-name', name],
      ]
    : []
  const body = JSON.stringify({ jsonrpc: '2.0', id, method, params: about })
  const answer = await rough.send({ person, connection, headers, body })
  return { status: answer.statusCode, text: await answer.body.text() }
}

test('two people without a session never share a process of a stdio target', async () => {
  const pid = async (person: string) => /"text":"(\d+)"/.exec((await call('small', person, 'pid')).text)?.[1]
  const [alice, bob] = [await pid('alice'), await pid('bob')]
  expect(Number(alice)).toBeGreaterThan(0)
  expect(bob).not.toBe(alice)
  expect([await pid('alice'), await pid('bob')]).toEqual([alice, bob])
})

test('the state of an execution is of no use to another person, on another connection, for another tool or other arguments', async () => {
  const begun = JSON.parse((await call('target', 'alice', 'move', { modern: true, args: { to: 'a' } })).text)
  const { requestState } = begun.result
  expect(requestState).not.toContain('step 2')
  arrived.length = 0
  const params = { requestState, inputResponses: { one: { action: 'accept', content: {} } } }
  const moved: [connection: string, person: string, name: string, args: object][] = [
    ['target', 'bob', 'move', { to: 'a' }],
    ['other', 'alice', 'move', { to: 'a' }],
    ['target', 'alice', 'copy', { to: 'a' }],
    ['target', 'alice', 'move', { to: 'b' }],
  ]
  for (const [connection, person, name, args] of moved)
    expect((await call(connection, person, name, { modern: true, args, params })).status).toBe(400)
  expect((await call('target', 'bob', 'move', { args: { to: 'a' }, params })).status).toBe(400)
  expect(arrived).toEqual([])
  await call('target', 'alice', 'move', { modern: true, args: { to: 'a' }, params })
  expect(JSON.parse(arrived[0] ?? '{}').params.requestState).toBe('step 2')
})

test('promise 7: no table holds in clear what is masked, wherever a caller says it', async () => {
  const said: [name: string, more: More][] = [
    ['read', { args: { note: secret, deep: [{ ssn: secret }] } }],
    ['read', { id: secret }],
    ['held', { args: { note: secret }, meta: { 'io.sallyport/reason': `for ${secret}` } }],
    ['read', { modern: true, args: { note: secret }, meta: { progressToken: secret } }],
    ['read', { method: `x/${secret}` }],
    ['read', { modern: true, params: { requestState: secret } }],
  ]
  for (const [name, more] of said) await call('target', 'alice', name, more)
  const twice = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"${secret}":1,"${secret}":2}}`
  await (await rough.send({ body: twice })).body.text()
  const answered = JSON.stringify({ jsonrpc: '2.0', id: secret, result: { ssn: secret } })
  await (await rough.send({ body: answered })).body.text()
  const { rows } = await rough.pool.query(
    `select table_name from information_schema.tables where table_schema = 'public'`,
  )
  const found: string[] = []
  for (const { table_name: table } of rows) {
    const held = await rough.pool.query(`select t::text as row from "${table}" t where t::text like $1`, [
      `%${secret}%`,
    ])
    found.push(...held.rows.map(({ row }) => `${table}: ${row}`))
  }
  expect(found).toEqual([])
})
