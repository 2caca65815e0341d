import { beforeAll, describe, expect, test, vi } from 'vitest'
import { deriveKeys } from '../keys'
import type { Message } from '../mcp/messages'
import { compile } from '../policy/compile'
import { type Runtime, runtime, setRuntime } from '../runtime'
import type { Call, JsonObject, PolicyDocument } from '../types'
import { askedBy } from './client-requests'
import { eventId, placeOf } from './event-ids'
import type { Incoming } from './parse'
import { stateOf, takeRound } from './rounds'
import { mayHear, narrowed } from './subscriptions'
import { openState, sealState } from './upstream-state'

const document: PolicyDocument = {
  roles: [
    {
      ...{ name: 'support', description: '', members: ['everyone'] },
      rules: [
        {
          ...{ id: 'files', effect: 'allow', connections: ['files'], actions: ['resources/read'] },
          ...{ resources: ['file:///open/*'], when: null, review: null },
        },
      ],
    },
  ],
  masks: [],
}

const bare = { granted: false, grantId: null }
const me = { principalId: 'alice', connectionId: 'files', targetHash: 'there' }
const message = (method: string, params: JsonObject): Message => ({
  ...{ id: 1, method, params },
  body: { jsonrpc: '2.0', id: 1, method, params },
})
const call = {
  principal: { id: 'alice', email: null, name: 'alice', groups: [], claims: {}, kind: 'user' },
  client: { id: '', name: '', version: '' },
  connection: { id: 'files', name: 'files', targetHash: '' },
  ...{ action: 'tools/call', resource: { type: 'tool', id: 'move' }, args: {}, tool: null, sql: null, http: null },
} satisfies Call

/** Made under another installation's key. */
function elsewhere(make: () => string): string {
  const here = runtime()
  setRuntime({ ...here, keys: deriveKeys('1'.repeat(64)) })
  try {
    return make()
  } finally {
    setRuntime(here)
  }
}

function earlier(make: () => string): string {
  vi.useFakeTimers({ now: Date.now() - 3_600_001 })
  try {
    return make()
  } finally {
    vi.useRealTimers()
  }
}

beforeAll(() => {
  const keys = deriveKeys('0'.repeat(64))
  setRuntime({ keys, policy: { current: () => compile(1, document) } } as unknown as Runtime)
})

describe('the state of a target goes back only with the call it came from', () => {
  const move = message('tools/call', { name: 'move', arguments: { to: 'a' } })
  const retry = (method: string, params: JsonObject, whose = me) => {
    const requestState = sealState('step 2', move, me, bare) ?? ''
    return openState(message(method, { ...params, requestState }), whose)
  }
  const call = { name: 'move', arguments: { to: 'a' } }

  test('as it was, answers beside it', () => {
    const opened = retry('tools/call', { ...call, inputResponses: { a: { action: 'accept' } }, _meta: { other: 1 } })
    expect(opened).toMatchObject({ message: { body: { params: { ...call, requestState: 'step 2' } } } })
  })
  const moved: [how: string, method: string, params: JsonObject, whose: typeof me][] = [
    ['to another tool', 'tools/call', { ...call, name: 'remove' }, me],
    ['to other arguments', 'tools/call', { ...call, arguments: { to: 'b' } }, me],
    ['to another method', 'prompts/get', call, me],
    ['to another person', 'tools/call', call, { ...me, principalId: 'bob' }],
    ['to another connection', 'tools/call', call, { ...me, connectionId: 'shop' }],
    ['to where the connection leads by now', 'tools/call', call, { ...me, targetHash: 'elsewhere' }],
  ]
  for (const [how, method, params, whose] of moved)
    test(`not ${how}`, () => expect(retry(method, params, whose)).toMatchObject({ status: 400, code: -32602 }))
  test('not one that we did not seal', () =>
    expect(openState(message('tools/call', { ...call, requestState: 'step 3' }), me)).toMatchObject({ status: 400 }))
  const sealed = () => sealState('step 2', move, me, bare) ?? ''
  const spoiled: [how: string, state: () => string][] = [
    ['cut short', () => sealed().slice(0, -1)],
    ['cut to its mark', () => 'sallyport-state.'],
    ['with a bit turned', () => sealed().replace(/.$/, (last) => (last === 'A' ? 'Q' : 'A'))],
    ['under the mark of a wait', () => sealed().replace('sallyport-state.', 'sallyport-wait.')],
    ['of a wait, under its mark', () => waiting().replace('sallyport-wait.', 'sallyport-state.')],
    ['of another installation', () => elsewhere(sealed)],
    ['of an hour ago', () => earlier(sealed)],
  ]
  const waiting = () => stateOf({ review: 'r', digest: 'd', n: 1 }, move, me)
  for (const [how, state] of spoiled)
    test(`not one ${how}`, () => {
      const retried = message('tools/call', { ...call, requestState: state() })
      const taken = takeRound(retried, me)
      expect('status' in taken ? taken : openState(taken.message, me)).toMatchObject({ status: 400, code: -32602 })
    })
  test('there is none when the target gave none, unless an approval is carried on', () => {
    expect(sealState(undefined, move, me, bare)).toBeUndefined()
    const requestState = sealState(undefined, move, me, { granted: true, grantId: 'g' }) ?? ''
    const opened = openState(message('tools/call', { ...call, requestState }), me)
    expect(opened).toMatchObject({ continued: { granted: true, grantId: 'g' }, message: { params: call } })
    expect(JSON.stringify(opened)).not.toContain('requestState')
  })
})

describe('a place in a stream is of use to whom it was given', () => {
  const incoming = {
    ...{ era: 'legacy', call, message: message('tools/call', { name: 'move', arguments: { secret: 1 } }) },
    conversation: { mcpSession: 's' },
  } as unknown as Incoming
  const whose = { ...me, session: 's' }

  test('in its session', () => {
    const place = placeOf(eventId('7', incoming, 'entry') ?? '', whose)
    expect(place).toEqual({
      event: '7',
      entry: 'entry',
      call: { id: 1, method: 'tools/call', params: { name: 'move' } },
    })
  })
  for (const other of [{ principalId: 'bob' }, { connectionId: 'shop' }, { session: 't' }])
    test(`not with another ${Object.keys(other)}`, () =>
      expect(placeOf(eventId('7', incoming, 'entry') ?? '', { ...whose, ...other })).toBeNull())
  test('there is none where masks depend on a statement', () =>
    expect(eventId('7', { ...incoming, call: { ...call, sql: {} } } as unknown as Incoming, 'entry')).toBeNull())
  test('there is none in the modern era', () =>
    expect(eventId('7', { ...incoming, era: 'modern' } as unknown as Incoming, 'entry')).toBeNull())
})

test('an answer to what nobody asked is none', () => {
  for (const id of ['sallyport-ask.', 'sallyport-ask.AAAA', 'x', 7]) expect(askedBy(id, me)).toBeNull()
})

describe('a subscription is decided URI by URI, as a read', () => {
  test('what may not be read is not asked for, nor the tasks of others', () => {
    const wanted = {
      resourceSubscriptions: ['file:///open/a', 'file:///secret'],
      taskIds: ['theirs', 'mine', 7],
      toolsListChanged: true,
    }
    const kept = { resourceSubscriptions: ['file:///open/a'], taskIds: ['mine'], toolsListChanged: true }
    const asked = message('subscriptions/listen', { notifications: wanted })
    const { params, body } = narrowed(asked, call, new Set(['mine']))
    expect(params.notifications).toEqual(kept)
    expect(body.params).toEqual(params)
  })
  test('what may not be read is not heard of', () => {
    expect([mayHear(call, 'file:///open/a'), mayHear(call, 'file:///secret'), mayHear(call, 7)]).toEqual([
      true,
      false,
      false,
    ])
  })
})
