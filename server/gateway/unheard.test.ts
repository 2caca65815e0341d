import { once } from 'node:events'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { until } from '../db/testing'
import { runtime } from '../runtime'
import { keptMax } from './unheard'
import {
  answer,
  answerOf,
  arrived,
  asksAgain,
  begun,
  call,
  forgetAll,
  isKept,
  kept,
  policy,
  roles,
  said,
  startUnheard,
  tooMuch,
  unheard,
} from './unheard.testing'

let stop: () => Promise<void>
beforeAll(async () => {
  stop = (await startUnheard()).stop
}, 60_000)
afterAll(() => stop())
afterEach(forgetAll)

describe('promise 5: an approved call runs once, also when its caller did not hear the answer', () => {
  test('its next identical call gets the recorded answer, under its own id, and the one after that asks again', async () => {
    await unheard({ order: 1 }, 'paid 1')
    const again = await said({ order: 1 })
    const _meta = { 'io.sallyport/decision': { reason: 'ran-before', answeredAs: expect.any(String) } }
    expect(JSON.parse(again)).toMatchObject({ id: 7, result: { content: [{ text: 'paid 1' }], _meta } })
    expect(arrived).toHaveLength(1)
    expect(await kept()).toEqual([])
    await asksAgain({ order: 1 })
  })

  test('the record says so, and which call it was', async () => {
    await unheard({ order: 2 }, 'paid 2')
    await said({ order: 2 })
    const { rows } = await runtime().pool.query(
      `select id, kind, outcome, body::jsonb as body from entries where body like '%"order":2}%' and kind in ('call', 'refusal')
       order by seq desc limit 2`,
    )
    const [second, first] = rows
    expect(second).toMatchObject({ kind: 'refusal', outcome: 'ok', body: { answeredAs: first.id } })
    expect(second.body.decision).toMatchObject({ effect: 'review', reason: 'ran-before', grantId: null })
    expect(first.kind).toBe('call')
  })

  test('a call that was heard leaves nothing behind', async () => {
    const { waiting, one } = await begun({ order: 3 })
    answer(one, 'paid 3')
    expect(await waiting.text).toContain('paid 3')
    await asksAgain({ order: 3 })
    expect(await kept()).toEqual([])
  })

  test('one that comes while it runs waits for the answer, and says how to get it when that takes long', async () => {
    const { waiting, one } = await begun({ order: 4 })
    waiting.leave()
    await isKept(false)
    const early = await call({ order: 4 })
    expect(await early.text).toContain('it still runs; call again')
    const next = await call({ order: 4 }, { progress: true })
    await until(async () => next.heard().includes('waiting for the answer to your earlier call'))
    answer(one, 'paid 4')
    expect(await next.text).toContain('paid 4')
    expect(arrived).toHaveLength(1)
  })

  test('who leaves over and over has the newest few answers kept, and whatever runs still', async () => {
    const { pool, instanceId } = runtime()
    const { waiting, one } = await begun({ order: 15 })
    const fill = (sealed: string | null) =>
      pool.query(
        `insert into unheard_answers (call_id, principal_id, digest, form, instance_id, answer_sealed, created_at)
         select gen_random_uuid(), principal_id, n::text, 'legacy', $1, $2, now() - interval '1 minute'
         from (select principal_id from grants order by created_at desc limit 1) g, generate_series(1, 30) n`,
        [instanceId, sealed],
      )
    await fill(null)
    await fill('\\x00')
    waiting.leave()
    answer(one, 'paid 15')
    await until(async () => (await kept()).filter(({ answered }) => answered).length === keptMax)
    expect((await kept()).filter(({ answered }) => !answered)).toHaveLength(30)
    expect(await said({ order: 15 })).toContain('paid 15')
  })

  test('of two that come at once one gets it', async () => {
    await unheard({ order: 5 }, 'paid 5')
    const both = await Promise.all([said({ order: 5 }), said({ order: 5 })])
    expect(both.filter((text) => text.includes('paid 5'))).toHaveLength(1)
    expect(both.filter((text) => text.includes('/reviews/'))).toHaveLength(1)
    expect(arrived).toHaveLength(1)
  })

  test('neither other arguments nor another person get it, nor anybody after ten minutes', async () => {
    await unheard({ order: 6 }, 'paid 6')
    await asksAgain({ order: 66 })
    await asksAgain({ order: 6 }, { person: 'erin' })
    await runtime().pool.query(`update unheard_answers set created_at = now() - interval '601 seconds'`)
    await asksAgain({ order: 6 })
  })

  test('a target that streams is read to its answer', async () => {
    const { waiting, one } = await begun({ order: 7 })
    one.response.writeHead(200, { 'content-type': 'text/event-stream' })
    const note = { jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: 'on it' } }
    one.response.write(`data: ${JSON.stringify(note)}\n\n`)
    await new Promise((resolve) => setTimeout(resolve, 50))
    waiting.leave()
    await isKept(false)
    one.response.end(`data: ${answerOf(one, 'paid 7')}\n\n`)
    await isKept(true)
    expect(await said({ order: 7 })).toContain('paid 7')
    expect(arrived).toHaveLength(1)
  })

  test.each(['legacy', 'modern'] as const)('an answer that was on its way when its caller left: %s', async (era) => {
    const { waiting, one } = await begun({ order: 8, era }, { era, reads: false })
    answer(one, `paid 8 ${tooMuch}`)
    await once(one.response, 'finish')
    await new Promise((resolve) => setTimeout(resolve, 500))
    waiting.leave()
    await isKept(true)
    expect(await said({ order: 8, era }, { era })).toContain('paid 8 ')
    expect(arrived).toHaveLength(1)
  })

  test('who gets it and leaves as well does not lose it', async () => {
    await unheard({ order: 9 }, `paid 9 ${tooMuch}`)
    const second = await call({ order: 9 }, { reads: false })
    await until(async () => (await kept()).length === 0)
    second.leave()
    await isKept(true)
    expect(await said({ order: 9 })).toContain('paid 9 ')
    expect(arrived).toHaveLength(1)
  })

  test('a modern caller that leaves cancels, and asks again', async () => {
    const { waiting, one } = await begun({ order: 10 }, { era: 'modern' })
    waiting.leave()
    await until(() => Promise.resolve(one.cancelled))
    await until(async () => (await kept()).length === 0)
    await asksAgain({ order: 10 }, { era: 'modern' })
  })

  test('what a dead process was running is not waited for', async () => {
    const { waiting, one } = await begun({ order: 11 })
    waiting.leave()
    await isKept(false)
    await runtime().pool.query('update unheard_answers set instance_id = gen_random_uuid()')
    await asksAgain({ order: 11 })
    answer(one, 'paid 11')
    await isKept(true)
  })

  test('a target that breaks off has answered nothing', async () => {
    const { waiting, one } = await begun({ order: 12 })
    waiting.leave()
    await isKept(false)
    one.response.destroy()
    await until(async () => (await kept()).length === 0)
    await asksAgain({ order: 12 })
  })

  test('it goes through the masks of its own moment, and not to whom a rule denies it by then', async () => {
    await unheard({ order: 13 }, 'paid to ada@example.com')
    const masks = [{ id: 'mail', detectors: ['email'], style: 'redact' }]
    await policy({ roles: roles(), masks })
    const text = await said({ order: 13 })
    expect(text).toContain('paid to')
    expect(text).not.toContain('ada@example.com')
    await unheard({ order: 14 }, 'paid 14')
    await policy({ roles: roles([{ id: 'no', effect: 'deny', connections: ['t-*'], resources: ['refund'] }]), masks })
    expect(await said({ order: 14 })).toContain('a rule forbids this')
    expect(await kept()).toHaveLength(1)
  })
})
