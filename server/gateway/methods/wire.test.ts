import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startWorld, type World } from './world.testing'

const policy = {
  roles: [
    {
      name: 'support',
      members: ['everyone'],
      rules: [{ id: 'ok', effect: 'allow', connections: ['*'], resources: ['ok_*'] }],
    },
  ],
  masks: [{ id: 'pii', connections: ['masked'], fields: ['ssn'], style: 'redact' }],
}

const unheld = ['12345678901234567890', '1e400', '0.1000000000000000055', '1e-400', '-9007199254740993']
// Held, and written otherwise by JavaScript: only what is printed anew can change them, and only so.
const otherwise = ['1.0', '1E+2', '-0']
const literal = `[${[...unheld, ...otherwise].join(',')}]`
const printed = `[${[...unheld, '1', '100', '0'].join(',')}]`

let world: World
beforeAll(async () => {
  world = await startWorld(
    policy,
    (_, params, { body }) => {
      const result = `{"content":[],"structuredContent":{"ssn":"123-45-6789","numbers":${literal}}}`
      const raw = `{"jsonrpc":"2.0","id":${JSON.stringify(body.id ?? null)},"result":${result}}`
      return params.name === 'ok_stream'
        ? { raw: `event: message\ndata: ${raw}\n\n`, type: 'text/event-stream' }
        : { raw, type: 'application/json' }
    },
    { target: {}, masked: {} },
  )
})
afterAll(() => world?.stop())

describe('numbers that JavaScript cannot hold', () => {
  for (const connection of ['target', 'masked'])
    for (const name of ['ok_json', 'ok_stream'])
      test(`promise 4: stay as the target wrote them, masked or not: ${name} on ${connection}`, async () => {
        const { text } = await world.ask('tools/call', { name, arguments: {} }, { connection })
        expect(text).toContain(`"numbers":${connection === 'target' ? literal : printed}`)
        expect(text.includes('123-45-6789')).toBe(connection === 'target')
      })

  for (const number of ['12345678901234567890', '9007199254740993', '1e400', '0.1000000000000000055'])
    test(`promise 4: are refused in a request: ${number}`, async () => {
      const text = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"ok_json","arguments":{"n":${number}}}}`
      const { status, arrived, json } = await world.send(text, { headers: [] })
      expect([status, arrived, json]).toMatchObject([400, null, { error: { code: -32700 } }])
    })
})

const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
const headers: [name: string, value: string, goes: boolean][] = [
  ['traceparent', trace, true],
  ['tracestate', 'a=b', true],
  ['mcp-param-region', 'eu', true],
  ['mcp-param-text', '=?base64?w6k=?=', true],
  ['authorization', 'Bearer x', false],
  ['proxy-authorization', 'Basic x', false],
  ['cookie', 'a=b', false],
  ['origin', 'http://sallyport.test', false],
  ['referer', 'http://sallyport.test/x', false],
  ['forwarded', 'for=1.2.3.4', false],
  ['x-forwarded-for', '1.2.3.4', false],
  ['x-real-ip', '1.2.3.4', false],
  ['x-api-key', 'x', false],
  ['user-agent', 'x', false],
  ['te', 'trailers', false],
  ['via', '1.1 x', false],
  ['mcp-session-id-other', 'x', false],
]

describe('of the headers of a caller', () => {
  for (const [name, value, goes] of headers.filter(([name]) => name !== 'authorization'))
    test(`promise 8: ${name} ${goes ? 'goes on as it is' : 'does not go on'}`, async () => {
      const { arrived, text } = await world.ask(
        'tools/call',
        { name: 'ok_json', arguments: {} },
        { headers: [[name, value]] },
      )
      expect(arrived?.headers[name], text).toBe(goes ? value : undefined)
    })
  test('promise 8: the token never goes on', async () => {
    const { arrived } = await world.ask('tools/call', { name: 'ok_json', arguments: {} })
    expect(arrived?.headers).not.toHaveProperty('authorization')
    expect(JSON.stringify(arrived?.headers)).not.toContain(await world.rough.token())
  })
})
