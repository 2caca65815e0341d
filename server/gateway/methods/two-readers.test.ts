import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { tools } from '../../db/schema'
import { until } from '../../db/testing'
import type { JsonObject } from '../../types'
import { type Asking, startWorld, type World } from './world.testing'

const policy = {
  roles: [
    {
      name: 'support',
      members: ['everyone'],
      rules: [
        { id: 'reads', effect: 'allow', connections: ['target'], resources: ['get_*', 'declared'] },
        { id: 'selects', effect: 'allow', connections: ['target'], resources: ['query'], when: 'sql.readOnly' },
        { id: 'files', effect: 'allow', connections: ['target'], actions: ['resources/read', 'prompts/get'] },
        { id: 'acme', effect: 'allow', connections: ['target'], actions: ['acme/*'] },
      ],
    },
  ],
}

let world: World
beforeAll(async () => {
  const query = { tool: 'query', argument: 'sql', dialect: 'postgres' as const }
  const resources = [{ uri: 'file:///open/../secret' }, { uri: 'file:///open/a' }]
  const results = (method: string): JsonObject => (method === 'resources/list' ? { resources } : { content: [] })
  world = await startWorld(policy, results, { target: { sql: [query] } })
  const { rows } = await world.rough.pool.query('select id from connections')
  const properties = { n: {}, N: {}, amount: {} }
  const definition = { name: 'declared', inputSchema: { type: 'object', properties } }
  await world.rough.db.insert(tools).values([
    { connectionId: rows[0].id, name: 'declared', hash: 'h', definition },
    { connectionId: rows[0].id, name: 'get_declared', hash: 'h', definition: { name: 'get_declared' } },
  ])
  // A target whose definition is known: its instance sees it within seconds.
  await until(
    async () => (await world.ask('tools/call', { name: 'declared', arguments: { Amount: 1 } })).arrived === null,
  )
})
afterAll(() => world?.stop())

const get = { name: 'get_customer', arguments: { id: 1 } }

// Go's `encoding/json` takes a key in any case for the one it looks for, and the last of several.
describe('promise 4: a target that reads keys in any case reads nothing else than what was decided', () => {
  const both: [what: string, method: string, params: JsonObject, asking?: Asking][] = [
    ['another tool', 'tools/call', { ...get, Name: 'delete_customer' }],
    ['other arguments', 'tools/call', { ...get, Arguments: { id: 2 } }],
    ['arguments that nobody read', 'tools/call', { name: 'get_customer', ARGUMENTS: { id: 2 } }],
    ['by a letter that only folds', 'tools/call', { name: 'get_customer', 'argument\u017f': { id: 2 } }],
    ['another statement', 'tools/call', { name: 'query', arguments: { sql: 'select 1', SQL: 'drop table t' } }],
    ['an argument by a letter that only folds', 'tools/call', { name: 'get_a', arguments: { key: 1, '\u212aey': 2 } }],
    ['an argument that is declared otherwise', 'tools/call', { name: 'declared', arguments: { Amount: 1000 } }],
    ['a tool that another name only folds to', 'tools/call', { name: 'get_Declared' }],
    ['a tool behind a space', 'tools/call', { name: 'get_declared ' }, { era: 'legacy' }],
    ['another resource', 'resources/read', { uri: 'file:///open', URI: 'file:///secret' }],
    ['another prompt', 'prompts/get', { name: 'greet', nAme: 'secret' }],
    ['another reference', 'completion/complete', { ref: { type: 'ref/prompt', name: 'a', Name: 'b' }, argument: {} }],
    ['other subscriptions', 'subscriptions/listen', { notifications: {}, Notifications: { taskIds: ['theirs'] } }],
    ['tasks of others', 'subscriptions/listen', { notifications: { TaskIds: ['theirs'] } }],
    ['an argument of an extension', 'acme/do', { amount: 1, Amount: 2 }],
  ]
  for (const [what, method, params, asking] of both)
    test(what, async () => {
      const { arrived, status, text } = await world.ask(method, params, asking)
      expect(arrived).toBeNull()
      expect(status).toBe(400)
      expect(text).toMatch(/`.*` .*`.*`/)
    })

  const odd = 'file:///open/%2e./secret'
  const elsewhere: [what: string, method: string, params: JsonObject, asking?: Asking][] = [
    ['read', 'resources/read', { uri: odd }],
    ['heard of', 'resources/subscribe', { uri: odd }, { era: 'legacy' }],
    [
      'completed',
      'completion/complete',
      { ref: { type: 'ref/resource', uri: odd }, argument: { name: 'a', value: '' } },
    ],
  ]
  for (const [what, method, params, asking] of elsewhere)
    test(`a URI that leads elsewhere than it looks is not ${what}`, async () => {
      const { arrived, status, text } = await world.ask(method, params, asking)
      expect([arrived, status]).toEqual([null, 400])
      expect(text).toContain('`uri`')
    })
  test('nor subscribed to', async () => {
    const notifications = { resourceSubscriptions: [odd, 'file:///open/a'] }
    const { arrived } = await world.ask('subscriptions/listen', { notifications })
    expect(arrived?.body.params).toMatchObject({ notifications: { resourceSubscriptions: ['file:///open/a'] } })
  })
  test('nor listed', async () => {
    const { json } = await world.ask('resources/list', {})
    expect(json.result).toMatchObject({ resources: [{ uri: 'file:///open/a' }] })
  })

  const fine: [what: string, method: string, params: JsonObject][] = [
    ['what a tool declares in both cases', 'tools/call', { name: 'declared', arguments: { n: 1, N: 2 } }],
    [
      'data below the arguments',
      'tools/call',
      { name: 'get_env', arguments: { env: { http_proxy: 'a', HTTP_PROXY: 'b' } } },
    ],
    ['a name of one case alone', 'tools/call', { name: 'get_customer', arguments: { ID: 1 } }],
    ['what an extension calls so', 'acme/do', { Name: 'x', URI: 'y' }],
  ]
  for (const [what, method, params] of fine)
    test(`${what} passes`, async () => expect((await world.ask(method, params)).arrived).not.toBeNull())
})
