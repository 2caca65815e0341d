import { randomBytes } from 'node:crypto'
import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { setCredential } from '../connections/set-credential'
import { connections, tools } from '../db/schema'
import { until } from '../db/testing'
import { deriveKeys } from '../keys'
import { keys, viewer } from '../reviews/asking.testing'
import { vote } from '../reviews/vote'
import { publishPolicy } from '../roles/publish'
import { type Rough, startRough } from './hostile/world.testing'

const policy = (approvals: number) => ({
  roles: [
    {
      name: 'support',
      members: ['everyone'],
      rules: [
        {
          ...{ id: 'write', effect: 'review', connections: ['*'], resources: ['write'] },
          review: { approvers: [{ claim: 'groups', value: 'leads' }], approvals },
        },
      ],
    },
  ],
})

const key = randomBytes(32).toString('base64')
const carol = () => ({ viewer: viewer('carol', ['admins'], { admin: true }), db: rough.db })
let rough: Rough
const arrived: string[] = []
beforeAll(async () => {
  rough = await startRough({
    policy: policy(1),
    env: { HOLD_MS: '30000', SALLYPORT_KEY: key },
    respond: (request, response, text) => {
      const { id, method } = JSON.parse(text)
      if (method === 'tools/call') arrived.push(`${request.url} ${request.headers.authorization}`)
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ jsonrpc: '2.0', id, result: { content: [{ type: 'text', text: 'done' }] } }))
    },
  })
})
afterAll(() => rough?.stop())
beforeEach(() => void arrived.splice(0))

const ring = () =>
  rough.db.execute(sql`select pg_notify('sallyport', ${JSON.stringify({ topic: 'connections', payload: '' })})`)
/** Long enough for an instance to have read what changed. */
const seen = () => ring().then(() => new Promise((done) => setTimeout(done, 500)))

/** Alice's call waits; something changes; bob approves what he was shown; what she is told. */
async function meanwhile(
  name: string,
  change: (id: string) => Promise<unknown>,
  headers: [string, string][] = [],
): Promise<string> {
  const [row] = await rough.db.insert(connections).values({ name, transport: 'http', url: rough.target }).returning()
  const id = row!.id
  await rough.db
    .insert(tools)
    .values({ connectionId: id, name: 'write', hash: 'as it was', definition: { name: 'write' } })
  await seen()
  const params = { name: 'write', arguments: { n: 1 }, _meta: { progressToken: 'p' } }
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params })
  const answer = rough.send({ connection: name, body, headers }).then((response) => response.body.text())
  let review = ''
  await until(async () => {
    const { rows } = await rough.pool.query(`select id from reviews where connection = $1 and state = 'pending'`, [
      name,
    ])
    review = rows[0]?.id ?? ''
    return review !== ''
  })
  await change(id)
  await seen()
  const bob = { viewer: viewer('bob', ['leads']), db: rough.db }
  expect(await vote(bob, keys, { reviewId: review, verdict: 'approve' })).toEqual({ state: 'approved' })
  return answer
}

const changes: [what: string, name: string, change: (id: string) => Promise<unknown>, told: string][] = [
  [
    'its connection leads elsewhere',
    'pointed',
    (id) =>
      rough.db
        .update(connections)
        .set({ url: `${rough.target}/else` })
        .where(eq(connections.id, id)),
    'the connection leads elsewhere by now',
  ],
  [
    'its connection is gone',
    'gone',
    async (id) => {
      await rough.db.delete(tools).where(eq(tools.connectionId, id))
      await rough.db.delete(connections).where(eq(connections.id, id))
    },
    'the connection was removed meanwhile',
  ],
  [
    'its tool is described otherwise',
    'described',
    (id) => rough.db.update(tools).set({ hash: 'another' }).where(eq(tools.connectionId, id)),
    'the tool is described otherwise by now',
  ],
  [
    'its arguments are read otherwise',
    'read',
    (id) =>
      rough.db
        .update(connections)
        .set({ sql: [{ tool: 'write', argument: 'n', dialect: 'postgres' }] })
        .where(eq(connections.id, id)),
    'the connection reads arguments otherwise by now',
  ],
  [
    'its rule asks otherwise',
    'ruled',
    () => {
      return publishPolicy(carol(), { document: policy(2), message: 'two people', basedOn: null })
    },
    'the rule changed meanwhile',
  ],
]

test('a credential that was replaced while a call waited is the one that goes with it', async () => {
  const replaced = { type: 'headers', headers: { authorization: 'Bearer the new one' } }
  const answer = await meanwhile('keyed', () => setCredential(carol(), { keys: deriveKeys(key) }, 'keyed', replaced))
  expect(answer).toContain('done')
  expect(arrived).toEqual(['/mcp Bearer the new one'])
})

test('a call that waited for longer than the token of its caller is good for is not made; what was approved is there for the next', async () => {
  const ends = Date.now() + 4_000
  const over = () => new Promise((done) => setTimeout(done, ends - Date.now()))
  const answer = await meanwhile('expired', over, [['authorization', `Bearer ${await rough.token('alice', 3)}`]])
  expect(answer).toContain('your token has expired meanwhile')
  expect(arrived).toEqual([])
  const params = { name: 'write', arguments: { n: 1 } }
  const body = JSON.stringify({ jsonrpc: '2.0', id: 2, method: 'tools/call', params })
  const again = await rough.send({ connection: 'expired', body })
  expect(await again.body.text()).toContain('done')
  expect(arrived).toHaveLength(1)
})

describe('promise 4: what was approved is what was seen; a call that waited is refused when meanwhile', () => {
  for (const [what, name, change, told] of changes)
    test(what, async () => {
      const answer = await meanwhile(name, change)
      expect(answer).toContain(told)
      expect(answer).toContain('"isError":true')
      expect(arrived).toEqual([])
    })
})
