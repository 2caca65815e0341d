import { randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as alone } from '@playwright/test'
import type pg from 'pg'
import { customers } from '../server/local/shop/data'
import { consoleSession, localAccessToken } from '../server/local/sign-in'
import { allowing, createConnection, publish } from './support/admin'
import { npmRun, type Ran } from './support/command'
import { dump, superuser } from './support/database'
import { expect, test } from './support/fixtures'
import { callBody, raw } from './support/raw'
import { type Sallyport, startSallyport, until } from './support/sallyport'
import { misbehaving, type Upstream } from './support/upstreams'

const folder = mkdtempSync(join(tmpdir(), 'sallyport-record-'))
let files = 0
const newFile = (text?: string): string => {
  const file = join(folder, `${files++}`)
  if (text !== undefined) writeFileSync(file, text)
  return file
}

async function exported({ url }: Sallyport): Promise<string> {
  const token = await localAccessToken(url, 'dave', `${url}/api`)
  const response = await fetch(`${url}/api/export`, { headers: { authorization: `Bearer ${token}` } })
  expect(response.status).toBe(200)
  return newFile(await response.text())
}

const verify = (file: string, ...more: string[]): Promise<Ran> => npmRun('verify-log', [file, ...more])

async function calls({ url }: Sallyport, count: number): Promise<void> {
  const token = await localAccessToken(url, 'alice')
  for (let n = 0; n < count; n += 1)
    await raw(`${url}/mcp/shop`, { token, body: callBody('list_orders', { limit: 1 }) })
}

/** The signed heads as the log has them, oldest first. */
const headsIn = (log: string): string[] => log.split('\n').filter((line) => line.includes('"heads signed"'))

test('promise 9: the export of a used Sallyport verifies without it', async ({ sallyport }) => {
  await calls(sallyport, 3)
  const file = newFile()
  const saved = await npmRun('export-log', [file], { PORT: String(sallyport.port) })
  expect(saved.code, saved.stderr).toBe(0)
  const { code, stdout } = await verify(file)
  expect(stdout).toContain('the record holds')
  expect(code).toBe(0)
  expect(readFileSync(file, 'utf8')).toContain('"action":"tools/call"')
})

test('the export is for auditors, with a token for the API', async ({ sallyport }) => {
  const ask = async (person: string, resource?: string) => {
    const token = await localAccessToken(sallyport.url, person, resource)
    return (await fetch(`${sallyport.url}/api/export`, { headers: { authorization: `Bearer ${token}` } })).status
  }
  expect(await ask('dave', `${sallyport.url}/api`)).toBe(200)
  expect(await ask('dave')).toBe(401)
  for (const person of ['alice', 'bob', 'erin']) expect(await ask(person, `${sallyport.url}/api`), person).toBe(403)
  expect((await fetch(`${sallyport.url}/api/export`)).status).toBe(401)
})

test.describe('promise 6: the record comes first', () => {
  let target: Upstream
  let client: pg.Pool
  let seen: Record<string, number>[] = []
  const count = async (marker: string) => {
    const { rows } = await client.query<{ kind: string; n: number }>(
      `select e.kind, count(*)::int as n from entries e where e.body like $1
       or e.call_id in (select id from entries where body like $1) group by 1`,
      [`%${marker}%`],
    )
    return Object.fromEntries(rows.map(({ kind, n }) => [kind, n]))
  }
  test.beforeAll(async ({ sallyport }) => {
    client = superuser(sallyport)
    target = await misbehaving(async (response, { id, params }) => {
      seen.push(await count(String(params?.arguments?.marker)))
      const result = { content: [{ type: 'text', text: 'done' }] }
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ jsonrpc: '2.0', id, result }))
    })
    const carol = await consoleSession(sallyport.url, 'carol')
    await createConnection(carol, 'first', target.url)
    await publish(carol, 'A target that looks into the record', allowing('first', ['first']))
  })
  test.afterAll(async () => {
    await client?.end()
    await target?.close()
  })

  test('promise 6: no call reaches its target, and no answer its caller, before its entry is there', async ({
    sallyport,
    token,
  }) => {
    const alice = await token('alice')
    seen = []
    const markers = Array.from({ length: 20 }, () => randomUUID())
    await Promise.all(
      markers.map(async (marker) => {
        const answer = await raw(`${sallyport.url}/mcp/first`, { token: alice, body: callBody('do', { marker }) })
        expect(answer.text).toContain('done')
        expect(await count(marker)).toEqual({ call: 1, reply: 1 })
      }),
    )
    expect(seen).toEqual(markers.map(() => ({ call: 1 })))
  })

  test('promise 9: an action of an administrator is an entry too', async () => {
    const { rows } = await client.query(`select action, connection, principal, body from entries where kind = 'admin'`)
    const created = rows.find(({ action, connection }) => action === 'connection.create' && connection === 'first')
    const published = rows.find(({ action, body }) => action === 'policy.publish' && body.includes('looks into'))
    for (const entry of [created, published]) expect(entry?.principal).toContain('carol')
  })
})

test('promise 7: neither the database nor the log holds a masked value in clear', async ({ sallyport, token }) => {
  const alice = await token('alice')
  const ask = (name: string, args: unknown) =>
    raw(`${sallyport.url}/mcp/shop`, { token: alice, body: callBody(name, args) })
  const customer = customers[4]!
  const card = '4000001234100006'
  const answers = [
    await ask('get_customer', { id: customer.id }),
    await ask('query', { sql: `select * from customers where id = ${customer.id}` }),
    // What a caller writes: allowed, denied, refused by the target, and held for a person.
    await ask('query', { sql: `select * from customers where email = '${customer.email}'` }),
    await ask('delete_customer', { id: customer.id, note: `card ${card}, mail ${customer.email}` }),
    await ask('get_customer', { id: card }),
  ]
  const held = ask('refund_order', { order_id: 5007, amount: 77, reason: `to ${customer.email}, card ${card}` })
  const client = superuser(sallyport)
  await until(async () => (await client.query(`select from reviews where state = 'pending'`)).rowCount === 1, 10_000)
  const secrets = [customer.ssn, customer.email, customer.phone, card]
  const everything = await dump(client)
  const {
    rows: [review],
  } = await client.query(`select id from reviews where state = 'pending'`)
  await client.end()
  expect(everything).toContain('tools/call')
  for (const secret of secrets) {
    expect(everything.includes(secret), `the database holds ${secret}`).toBe(false)
    expect(sallyport.output().includes(secret), `the log holds ${secret}`).toBe(false)
    for (const { text } of answers.slice(0, 2)) expect(text).not.toContain(secret)
  }
  const bob = await consoleSession(sallyport.url, 'bob')
  const body = JSON.stringify({ verdict: 'deny' })
  expect((await bob.fetch(`/api/reviews/${review.id}/votes`, { method: 'POST', body })).status).toBe(200)
  expect((await held).text).not.toContain(card)
})

const disguises = [
  "select ssn as name, city || ' ' || phone as id from customers where id = 1005",
  'select upper(ssn) as x from customers where id = 1005',
  'select c from customers c where id = 1005',
  'with c(a, b) as (select id, ssn from customers) select * from c where a = 1005',
  'select name from customers where id = 1005 union select ssn from customers where id = 1005',
  "select id from customers where ssn like '952%'",
  'select c.to_json from customers c where id = 1005',
]
for (const sql of disguises)
  test(`promise 7: a masked column does not come out in disguise: ${sql}`, async ({ sallyport, token }) => {
    const url = `${sallyport.url}/mcp/shop`
    const answer = await raw(url, { token: await token('alice'), body: callBody('query', { sql }) })
    expect(answer.json).toMatchObject({ result: { isError: true } })
    // Not even a rule lets a function of a row through; the rest is refused by the mask.
    expect(answer.text).toMatch(/masked|no role of yours/)
    expect(answer.text).not.toContain(customers[4]!.ssn)
  })

alone.describe('promise 9: what was done to the record shows', () => {
  alone.describe.configure({ mode: 'serial' })
  type Row = { chain: string; seq: string; id: string }
  let sallyport: Sallyport
  let client: pg.Pool
  let rows: Row[]
  let log: string

  // The entries of a process that ended: nobody adds to them, and their heads were signed.
  alone.beforeAll(async () => {
    const first = await startSallyport({ env: { LOG_LEVEL: 'info' } })
    await calls(first, 6)
    expect(await first.stop()).toBe(0)
    log = first.output()
    sallyport = await startSallyport({ dataDir: first.dataDir, port: first.port })
    client = superuser(sallyport)
    ;({ rows } = await client.query<Row>(
      `select chain, seq, id from entries where kind = 'call' and action = 'tools/call' order by seq`,
    ))
    await client.query('create table saved as select * from entries')
  })
  alone.afterAll(async () => {
    await client?.end()
    await sallyport?.stop()
  })

  const at = (n: number): Row => rows[n]!
  const named = ({ chain, seq }: Row): string => `chain ${chain} entry ${seq}`

  type Tampering = { name: string; does: () => Promise<Row[]>; says: () => string[] }
  const tamperings: Tampering[] = [
    {
      name: 'changed',
      does: async () => {
        await client.query(`update entries set principal = 'bob' where id = $1`, [at(2).id])
        return [at(2)]
      },
      says: () => [`${named(at(2))} (${at(2).id}): it was changed after it was written`],
    },
    {
      name: 'changed by a millisecond',
      does: async () => {
        await client.query(`update entries set at = at - interval '1 ms' where id = $1`, [at(1).id])
        return [at(1)]
      },
      says: () => [`${named(at(1))} (${at(1).id}): it was changed after it was written`],
    },
    {
      name: 'removed',
      does: async () => {
        await client.query('delete from entries where id = $1', [at(3).id])
        return [at(3)]
      },
      says: () => [`entries ${at(3).seq} to ${at(3).seq} are missing`],
    },
    {
      name: 'added',
      does: async () => {
        const id = randomUUID()
        await client.query(
          `insert into entries select chain, 1000000, $2::uuid, kind, at, session_id, call_id, principal_id, principal, client,
           connection_id, connection, action, resource, outcome, policy_version, masked, body, previous_hash, hash
           from entries where id = $1`,
          [at(0).id, id],
        )
        return [{ chain: at(0).chain, seq: '1000000', id }]
      },
      says: () => [`chain ${at(0).chain} entry 1000000`, 'it was changed after it was written'],
    },
    {
      name: 'put in another order',
      does: async () => {
        const move = (row: Row, seq: string) =>
          client.query('update entries set seq = $2::bigint where id = $1', [row.id, seq])
        await move(at(4), '2000000')
        await move(at(5), at(4).seq)
        await move(at(4), at(5).seq)
        return [at(4), at(5)]
      },
      says: () => [`${named(at(4))} (${at(5).id})`, `${named(at(5))} (${at(4).id})`],
    },
  ]

  for (const { name, does, says } of tamperings)
    alone(`promise 9: an entry that was ${name} is named`, async () => {
      const touched = (await does()).map(({ id }) => id)
      const { code, stdout } = await verify(await exported(sallyport))
      await client.query('delete from entries where id = any($1)', [touched])
      await client.query('insert into entries select * from saved where id = any($1)', [touched])
      expect(stdout).toContain('THE RECORD DOES NOT HOLD')
      expect(code).toBe(1)
      for (const words of says()) expect(stdout).toContain(words)
    })

  alone('promise 9: a policy version that was changed is named', async () => {
    await client.query(`update policy_versions set document = document || ' ' where number = 1`)
    const { code, stdout } = await verify(await exported(sallyport))
    await client.query(`update policy_versions set document = left(document, -1) where number = 1`)
    expect(code).toBe(1)
    expect(stdout).toContain('policy version 1: it was changed after it was published')
  })

  alone('promise 9: an end that was cut off with its heads is found with a head kept elsewhere', async () => {
    const head = newFile(headsIn(log).at(-1))
    // Everything was put back as it was, so it holds.
    const whole = await verify(await exported(sallyport), '--head', head)
    expect(whole.code, whole.stdout).toBe(0)
    const { chain } = at(0)
    const { seq } = at(3)
    await client.query('delete from entries where chain = $1 and seq >= $2', [chain, seq])
    await client.query('delete from signed_heads')
    const file = await exported(sallyport)
    expect((await verify(file)).stdout).toContain('without --head')
    const { code, stdout } = await verify(file, '--head', head)
    expect(code).toBe(1)
    expect(stdout).toMatch(new RegExp(`chain ${chain} entry \\d+: it is missing`))
  })
})
