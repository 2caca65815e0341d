import { once } from 'node:events'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { until } from '../db/testing'
import { revokeGrant } from '../grants/revoke-grant'
import { runtime } from '../runtime'
import type { JsonObject } from '../types'
import type { Pinned } from './pinned.testing'
import {
  type Arrived,
  answer,
  approved,
  arrived,
  asksAgain,
  begins,
  begun,
  call,
  forgetAll,
  isKept,
  kept,
  said,
  startUnheard,
  tooMuch,
  unheard,
} from './unheard.testing'

let world: Pinned
beforeAll(async () => {
  world = await startUnheard()
}, 60_000)
afterAll(() => world.stop())
afterEach(forgetAll)

const modern = { era: 'modern' as const }
const goesOn = (one: Arrived, requestState: string): void => {
  const result = { resultType: 'input_required', requestState }
  one.response.writeHead(200, { 'content-type': 'application/json' })
  one.response.end(JSON.stringify({ jsonrpc: '2.0', id: one.args.id, result }))
}

/** The first round of an execution; what its caller sends back for the next. */
async function firstRound(args: JsonObject, name: string): Promise<{ requestState: string }> {
  const { waiting, one } = await begins(args, modern)
  goesOn(one, name)
  return { requestState: JSON.parse(await waiting.text).result.requestState }
}

async function asAdmin(text: string): Promise<void> {
  const client = new pg.Client(world.database.adminUrl)
  await client.connect()
  await client.query(text)
  await client.end()
}

const terminated = `select pg_terminate_backend(pid) from pg_stat_activity
  where application_name = 'sallyport record' and datname = current_database()`

describe('promise 5: what nobody heard is told to nobody and in no moment that it should not be', () => {
  test('one that could not be recorded as told is not lost', async () => {
    await unheard({ order: 1 }, 'paid 1')
    await runtime().pool.query(terminated)
    expect(await said({ order: 1 })).toContain('could not be recorded')
    expect(await kept()).toHaveLength(1)
    await until(async () => (await said({ order: 1 })).includes('paid 1'))
    expect(arrived).toHaveLength(1)
  })

  test('a database that is away when the caller leaves costs no answer', async () => {
    const { waiting, one } = await begun({ order: 2 }, { reads: false })
    answer(one, `paid 2 ${tooMuch}`)
    await once(one.response, 'finish')
    await new Promise((resolve) => setTimeout(resolve, 500))
    await asAdmin('alter table unheard_answers rename to away')
    waiting.leave()
    await new Promise((resolve) => setTimeout(resolve, 100))
    await asAdmin('alter table away rename to unheard_answers')
    await isKept(true)
    expect(await said({ order: 2 })).toContain('paid 2')
  })

  test('calls that differ in what no approver is shown are not identical', async () => {
    await approved({ order: 3 }, {}, { scope: 'tool', minutes: 5 })
    const { waiting, one } = await begins({ order: 3 }, { more: { extra: 1 } })
    waiting.leave()
    answer(one, 'paid 3')
    await until(async () => {
      const { rows } = await runtime().pool.query(`select from entries where body like '%paid 3%'`)
      return rows.length === 1
    })
    expect(await kept()).toEqual([])
    const other = await begins({ order: 3 }, { more: { extra: 2 } })
    answer(other.one, 'paid 3 otherwise')
    expect(await other.waiting.text).toContain('otherwise')
  })

  test('a round of one execution is not told what was answered in another; its own it is', async () => {
    await approved({ order: 4 }, modern, { scope: 'call', times: 3 })
    const [first, second] = [await firstRound({ order: 4 }, 'first'), await firstRound({ order: 4 }, 'second')]
    const { waiting, one } = await begins({ order: 4 }, { ...modern, more: first, reads: false })
    answer(one, `first is paid ${tooMuch}`)
    await once(one.response, 'finish')
    await new Promise((resolve) => setTimeout(resolve, 500))
    waiting.leave()
    await isKept(true)
    const other = await begins({ order: 4 }, { ...modern, more: second })
    expect(other.one.params).toMatchObject({ requestState: 'second' })
    answer(other.one, 'second is paid')
    expect(await other.waiting.text).toContain('second is paid')
    expect(await said({ order: 4 }, { ...modern, more: first })).toContain('first is paid')
    expect(arrived).toHaveLength(1)
  })

  test('nothing is told of what ran by an approval that was revoked since', async () => {
    await approved({ order: 5 }, {}, { scope: 'call', minutes: 5 })
    const { waiting, one } = await begins({ order: 5 })
    waiting.leave()
    answer(one, 'paid 5')
    await isKept(true)
    const { rows } = await runtime().pool.query('select id from grants order by created_at desc limit 1')
    await revokeGrant(world.carol, rows[0].id)
    await asksAgain({ order: 5 })
    expect(await call({ order: 5 }).then(({ text }) => text)).not.toContain('paid 5')
  })
})
