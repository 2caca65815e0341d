import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect } from '../db/client'
import { type Bell, startBell } from '../db/notify'
import { asRole, quiet, startTestServer, type TestDatabase, type TestServer, until } from '../db/testing'
import { asks, keys, openOne, viewer } from './asking.testing'
import { awaitReview, type Patience, type Settlement } from './await-review'
import { vote } from './vote'

let server: TestServer
let pool: ReturnType<typeof connect>['pool']
let db: ReturnType<typeof connect>['db']
let bell: Bell

beforeAll(async () => {
  server = await startTestServer()
  ;({ pool, db } = connect(server.serverUrl, quiet))
  bell = await startBell(server.serverUrl, quiet)
})
afterAll(async () => {
  await bell.close()
  await pool.end()
  await server.stop()
})

const open = (person: string) => openOne({ db } as TestDatabase, { person, asked: [asks()] })
const wait = (id: string, patience: Patience = {}) => awaitReview(bell, db, id, patience)
const bob = () => ({ viewer: viewer('bob', ['leads']), db })
const approve = (reviewId: string) => vote(bob(), keys, { reviewId, verdict: 'approve' })

test('of many that wait, one is woken by its own answer, and the others wait on', async () => {
  const ids = await Promise.all(Array.from({ length: 30 }, (_, n) => open(`waiting-${n}`)))
  const ended: string[] = []
  const leave = new AbortController()
  const waits = ids.map((id) => wait(id, { gone: leave.signal }).then(({ state }) => ended.push(`${state} ${id}`)))
  await approve(ids[7]!)
  await until(() => ended.length > 0)
  expect(ended).toEqual([`approved ${ids[7]}`])
  leave.abort()
  await Promise.all(waits)
  expect(ended.filter((one) => one.startsWith('pending'))).toHaveLength(29)
})

test('an answer whose bell was lost is found by the slow look', async () => {
  const id = await open('deaf')
  const ended = wait(id)
  await asRole(server.adminUrl, `update reviews set state = 'denied', note = 'no', settled_at = now() where id = $1`, [
    id,
  ])
  expect(await ended).toMatchObject({ state: 'denied', note: 'no' })
})

test('a question that nobody answers ends when its time is over by the database clock', async () => {
  const id = await open('late')
  await asRole(server.adminUrl, `update reviews set expires_at = now() + interval '1500 milliseconds' where id = $1`, [
    id,
  ])
  const startedAt = performance.now()
  expect(await wait(id)).toMatchObject({ state: 'expired' })
  expect(performance.now() - startedAt).toBeGreaterThan(1300)
  expect(performance.now() - startedAt).toBeLessThan(4000)
})

test('patience ends when it is over, however often memory is swept meanwhile', async () => {
  const id = await open('swept')
  const leave = new AbortController()
  const waits = Array.from({ length: 50 }, () => wait(id, { gone: leave.signal, ms: 1500 }))
  setFlagsFromString('--expose-gc')
  const sweep = runInNewContext('gc') as () => void
  for (let n = 0; n < 5; n += 1) {
    await new Promise((done) => setTimeout(done, 100))
    sweep()
  }
  expect((await Promise.all(waits)).every(({ state }) => state === 'pending')).toBe(true)
})

test('who waits outlives a database that goes away, and hears what is decided after it is back', async () => {
  const id = await open('patient')
  let ended: Settlement | Error | null = null
  wait(id).then(
    (settled) => (ended = settled),
    (error: Error) => (ended = error),
  )
  await new Promise((done) => setTimeout(done, 500))
  await server.halt()
  // Longer than the bell's slow look, so that one of them meets no database.
  await new Promise((done) => setTimeout(done, 6000))
  expect(ended).toBeNull()
  await server.resume()
  await until(() =>
    approve(id).then(
      () => true,
      () => false,
    ),
  )
  await until(() => ended !== null)
  expect(ended).toMatchObject({ state: 'approved' })
})
