import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { methods } from '../../mcp/methods'
import type { JsonObject } from '../../types'
import { startWorld, type World } from './world.testing'

const mail = 'ada@example.com'
const both = ['legacy', 'modern'] as const
type Era = (typeof both)[number]

const policy = {
  roles: [
    {
      name: 'support',
      members: ['everyone'],
      rules: [
        { id: 'ok', effect: 'allow', resources: ['ok_*', 'file:///ok/*'] },
        { id: 'no', effect: 'deny', actions: ['*'], resources: ['ok_but_denied'] },
        { id: 'reindex', effect: 'allow', actions: ['acme/reindex'], when: 'args.scope == "small"' },
        { id: 'star', effect: 'allow', connections: ['starred'], actions: ['*'] },
      ],
    },
  ],
  masks: [{ id: 'pii', fields: ['ssn'], detectors: ['email'], style: 'redact' }],
}

const item = (key: string, names: string[]) => names.map((name) => ({ [key]: name, name, description: mail }))
const listed = { nextCursor: 'more', ttlMs: 1, cacheScope: 'public', resultType: 'complete' }
const block = { type: 'text', text: `of ${mail}` }

const results: Record<string, JsonObject> = {
  'tools/list': { ...listed, tools: item('name', ['ok_a', 'ok_but_denied', 'no_b']) },
  'resources/list': { ...listed, resources: item('uri', ['file:///ok/a', 'file:///no/b']) },
  'resources/templates/list': {
    ...listed,
    resourceTemplates: item('uriTemplate', ['file:///ok/{x}', 'file:///no/{x}']),
  },
  'prompts/list': { ...listed, prompts: item('name', ['ok_a', 'no_b']) },
  'tools/call': { content: [block], structuredContent: { ssn: '123-45-6789' } },
  'resources/read': { contents: [{ uri: 'file:///ok/a', text: block.text }] },
  'prompts/get': { messages: [{ role: 'user', content: block }] },
  'completion/complete': { completion: { values: [mail] } },
  'acme/reindex': { report: { ssn: '123-45-6789', by: mail } },
}

let world: World
beforeAll(async () => {
  world = await startWorld(policy, (method) => results[method] ?? {}, { target: {}, starred: {} })
})
afterAll(() => world?.stop())

type Want = { code?: number; says?: string; lacks?: string; arrives: boolean }
type Row = [guarantee: string, eras: readonly Era[], method: string, params: JsonObject, want: Want]

const masked: Want = { arrives: true, says: '[masked', lacks: mail }
const denied: Want = { arrives: false, code: -31001, says: 'access denied' }
const deniedTool: Want = { arrives: false, says: 'access denied' }
const passes: Want = { arrives: true }
const filtered = (says: string, lacks: string): Want => ({ arrives: true, says, lacks })
const toPrompt = (name: string) => ({ ref: { type: 'ref/prompt', name }, argument: { name: 'x', value: 'a' } })
const toResource = (uri: string) => ({ ref: { type: 'ref/resource', uri }, argument: { name: 'x', value: 'a' } })
const ok = { name: 'ok_a', arguments: {} }
const no = { name: 'no_b', arguments: {} }
const noTask: Want = { arrives: false, code: -32602, says: 'no such task of yours' }
const [legacy, modern] = [['legacy'], ['modern']] as const

const rows: Row[] = [
  ['a tool that a rule allows runs, masked', both, 'tools/call', ok, masked],
  ['a masked field is hidden', both, 'tools/call', ok, { arrives: true, lacks: '123-45-6789' }],
  ['a tool without a rule does not run', both, 'tools/call', no, deniedTool],
  ['a read that a rule allows passes, masked', both, 'resources/read', { uri: 'file:///ok/a' }, masked],
  ['a read without a rule does not', both, 'resources/read', { uri: 'file:///no/b' }, denied],
  ['a prompt that a rule allows passes, masked', both, 'prompts/get', ok, masked],
  ['a prompt without a rule does not', both, 'prompts/get', no, denied],
  ['a completion for a prompt is a read of it, masked', both, 'completion/complete', toPrompt('ok_a'), masked],
  ['a completion for another prompt is refused', both, 'completion/complete', toPrompt('no_b'), denied],
  ['a completion for a resource is a read of it', both, 'completion/complete', toResource('file:///ok/{x}'), masked],
  ['a completion for another resource is refused', both, 'completion/complete', toResource('file:///no/b'), denied],
  ['a subscription is a read of its URI', legacy, 'resources/subscribe', { uri: 'file:///ok/a' }, passes],
  ['another URI cannot be subscribed to', legacy, 'resources/subscribe', { uri: 'file:///no/b' }, denied],
  ['so for its end', legacy, 'resources/unsubscribe', { uri: 'file:///ok/a' }, passes],
  ['and the end of another', legacy, 'resources/unsubscribe', { uri: 'file:///no/b' }, denied],
  ['tools are filtered', both, 'tools/list', {}, filtered('ok_a', 'no_b')],
  ['a tool that is denied is not listed', both, 'tools/list', {}, filtered('ok_a', 'ok_but_denied')],
  ['resources are filtered', both, 'resources/list', {}, filtered('file:///ok/a', 'file:///no/b')],
  ['templates are filtered', both, 'resources/templates/list', {}, filtered('file:///ok/{x}', 'file:///no/{x}')],
  ['prompts are filtered', both, 'prompts/list', {}, filtered('ok_a', 'no_b')],
  ['a later page is filtered too', both, 'tools/list', { cursor: 'more' }, filtered('"nextCursor":"more"', 'no_b')],
  ['what one was shown is private', both, 'prompts/list', {}, filtered('"cacheScope":"private"', 'public')],
  ['a task nobody began is refused', both, 'tasks/get', { taskId: 't' }, noTask],
  ['so is its result', legacy, 'tasks/result', { taskId: 't' }, noTask],
  ['and answers to it', modern, 'tasks/update', { taskId: 't' }, noTask],
  ['and its end', both, 'tasks/cancel', { taskId: 't' }, noTask],
  ['tasks are listed', legacy, 'tasks/list', {}, passes],
  ['a session begins', legacy, 'initialize', { protocolVersion: '2025-11-25', capabilities: {} }, passes],
  ['a server is discovered', modern, 'server/discover', {}, passes],
  ['a client listens', modern, 'subscriptions/listen', { notifications: {} }, passes],
  ['ping', legacy, 'ping', {}, passes],
  ['the level of logs', legacy, 'logging/setLevel', { level: 'info' }, passes],
  ['what a client tells passes', legacy, 'notifications/initialized', {}, passes],
  ['a call is taken back', legacy, 'notifications/cancelled', { requestId: 7 }, passes],
  ['progress', legacy, 'notifications/progress', { progressToken: 1, progress: 1 }, passes],
  ['roots', legacy, 'notifications/roots/list_changed', {}, passes],
  ['a task of the client', legacy, 'notifications/tasks/status', { taskId: 't', status: 'working' }, passes],
  ['a method that a rule names passes, masked', both, 'acme/reindex', { scope: 'small' }, masked],
  ['its fields are masked', both, 'acme/reindex', { scope: 'small' }, { arrives: true, lacks: '123-45-6789' }],
  ['under its condition', both, 'acme/reindex', { scope: 'all' }, denied],
]

const unknown = ['acme/other', 'tools/other', 'constructor', '__proto__', 'Tools/call', 'sampling/createMessage']
const ofOtherEra = Object.entries(methods).flatMap(([method, { era }]) =>
  both
    .filter((one) => era !== 'both' && era !== one && !method.startsWith('notifications/'))
    .map((one) => [method, one] as const),
)

describe('promise 1: every method is decided', () => {
  for (const [guarantee, eras, method, params, want] of rows)
    for (const era of eras)
      test(`${method}, ${era}: ${guarantee}`, async () => {
        const { arrived, text, json, status } = await world.ask(method, params, { era })
        expect(arrived?.method ?? null, text).toBe(want.arrives ? method : null)
        if (want.says !== undefined) expect(text).toContain(want.says)
        if (want.lacks !== undefined) expect(text).not.toContain(want.lacks)
        expect((json.error as JsonObject | undefined)?.code).toBe(want.code)
        expect([200, 202]).toContain(status)
      })

  test('and has a row here for each of its eras', () => {
    const missing = Object.entries(methods).flatMap(([method, { era }]) =>
      both
        .filter((one) => era === 'both' || era === one)
        .filter((one) => !rows.some(([, eras, of]) => of === method && eras.includes(one)))
        .map((one) => `${method} ${one}`),
    )
    expect(missing).toEqual([])
  })

  for (const method of unknown)
    test(`${method} is no method, and \`*\` opens it neither`, async () => {
      for (const era of both)
        for (const connection of ['target', 'starred']) {
          const { arrived, json, status } = await world.ask(method, {}, { era, connection })
          expect(arrived).toBe(null)
          expect(json.error).toMatchObject({ code: -32601 })
          expect(status).toBe(era === 'modern' ? 404 : 200)
        }
    })

  for (const [method, era] of ofOtherEra)
    test(`${method} is no method of the ${era} era`, async () => {
      const { arrived, json } = await world.ask(method, {}, { era })
      expect([arrived, (json.error as JsonObject).code]).toEqual([null, -32601])
    })
})
