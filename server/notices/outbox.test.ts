import { createHmac } from 'node:crypto'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { pinnedLookup, urlProblem } from '../connections/upstream-url'
import { startBell } from '../db/notify'
import { quiet, startTestDatabase, type TestDatabase, until } from '../db/testing'
import { asks, keys, openOne, viewer } from '../reviews/asking.testing'
import { breakGlass } from '../reviews/break-glass'
import { vote } from '../reviews/vote'
import { listNotices } from './list-notices'
import { slackBody } from './message'
import { deliverDue, fill, startOutbox, type Telling } from './outbox'
import { createChannel, removeChannel } from './save-channel'
import { testChannel } from './test-channel'

type Heard = { headers: IncomingHttpHeaders; body: string }
let database: TestDatabase
let receiver: Server
let url: string
let answers: number[] = []
const heard: Heard[] = []
const rules = { local: true, upstreamPrivateRanges: [] }
const reach = { problem: (text: string) => urlProblem(text, rules), lookup: pinnedLookup(rules) }

beforeAll(async () => {
  database = await startTestDatabase()
  receiver = createServer(async (req, res) => {
    let body = ''
    for await (const chunk of req) body += String(chunk)
    heard.push({ headers: req.headers, body })
    const status = answers.shift() ?? 200
    res.writeHead(status, status === 302 ? { location: url } : {}).end()
  })
  await new Promise<void>((done) => receiver.listen(0, '127.0.0.1', done))
  url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook?token=a-secret`
})
afterAll(async () => {
  receiver.close()
  receiver.closeAllConnections()
  await database.stop()
})
beforeEach(async () => {
  heard.length = 0
  answers = []
  await database.asOwner('delete from notice_channels')
  await database.asOwner(`update reviews set state = 'cancelled' where state = 'pending'`)
})

const carol = () => ({ viewer: viewer('carol', [], { admin: true }), db: database.db })
const telling = (): Telling => ({ db: database.db, keys, reach, publicUrl: 'https://sallyport.test' })
type More = { name?: string; kind?: 'webhook' | 'slack'; url?: string; groups?: string[]; afterMinutes?: number }
const channel = (more: More = {}) =>
  createChannel(carol(), { keys, reach }, { name: `c${Math.random()}`, kind: 'webhook', url, ...more })
const tell = async () => {
  await fill(telling())
  while ((await deliverDue(telling())) > 0);
}
const later = () => database.asOwner(`update notices set due_at = now() - interval '1 second' where due_at is not null`)
const log = async () => (await listNotices(carol())).log

test('a question is told at once, signed as Standard Webhooks are, and its arguments are not in it', async () => {
  const { secret } = await channel()
  const review = await openOne(database)
  await tell()
  expect(heard).toHaveLength(1)
  const { headers, body } = heard[0] as Heard
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`
  const key = Buffer.from(String(secret).slice('whsec_'.length), 'base64')
  expect(headers['webhook-signature']).toBe(`v1,${createHmac('sha256', key).update(signed).digest('base64')}`)
  expect(JSON.parse(body)).toMatchObject({
    type: 'review.opened',
    data: { review, caller: 'alice@example.com', link: `https://sallyport.test/reviews/${review}` },
  })
  expect(body).not.toContain('whole')
  await tell()
  expect(heard).toHaveLength(1)
})

test('what fails is tried again with pauses, under the same id, until it is heard; a redirect is not followed', async () => {
  await channel()
  answers = [500, 302]
  await openOne(database)
  await tell()
  expect(await log()).toMatchObject([{ state: 'waits', attempts: 1, status: 500 }])
  await later()
  await tell()
  await later()
  await tell()
  expect(await log()).toMatchObject([{ state: 'delivered', attempts: 3, status: 200 }])
  expect(new Set(heard.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
  expect(heard).toHaveLength(3)
})

test('what nobody hears in a day is given up', async () => {
  await channel()
  answers = Array.from({ length: 20 }, () => 503)
  await openOne(database)
  for (let n = 0; n < 9; n += 1) {
    await tell()
    await later()
  }
  expect(heard).toHaveLength(8)
  expect(await log()).toMatchObject([{ state: 'failed', attempts: 8, nextAt: null }])
})

test('any number of instances tell it once', async () => {
  await channel()
  for (let n = 0; n < 5; n += 1) await openOne(database)
  await Promise.all(Array.from({ length: 6 }, () => fill(telling())))
  await Promise.all(Array.from({ length: 6 }, () => deliverDue(telling())))
  expect(heard).toHaveLength(5)
})

test('each group hears of what it may answer; the next one when nobody has answered, and not after that', async () => {
  await channel({ name: 'leads', groups: ['leads'] })
  await channel({ name: 'finance', groups: ['finance'] })
  await channel({ name: 'on call', groups: ['leads'], afterMinutes: 15 })
  const [one, two] = [await openOne(database, { asked: [asks()] }), await openOne(database, { asked: [asks()] })]
  await tell()
  expect((await log()).filter(({ state }) => state === 'delivered').map((notice) => notice.channel)).toEqual([
    ...['leads', 'leads'],
  ])
  await vote({ viewer: viewer('bob', ['leads']), db: database.db }, keys, { reviewId: one, verdict: 'deny' })
  await later()
  await tell()
  const onCall = (await log()).filter((notice) => notice.channel === 'on call')
  expect(onCall.find(({ reviewId }) => reviewId === two)?.state).toBe('delivered')
  expect(onCall.find(({ reviewId }) => reviewId === one)).toMatchObject({ problem: 'it was answered before' })
})

test('an administrator tests a channel; the address is sealed and never read back; others may do nothing', async () => {
  const { id } = await channel({ kind: 'slack' })
  expect(await testChannel(carol(), { keys, reach, publicUrl: 'https://sallyport.test' }, id)).toMatchObject({
    ok: true,
  })
  expect(JSON.parse(heard[0]?.body ?? '')).toMatchObject({ blocks: [{ type: 'section' }, { type: 'actions' }] })
  expect(JSON.stringify(await listNotices(carol()))).not.toContain('a-secret')
  const bob = { viewer: viewer('bob', ['leads']), db: database.db }
  for (const attempt of [listNotices(bob), removeChannel(bob, id), testChannel(bob, telling(), id)])
    await expect(attempt).rejects.toMatchObject({ code: 'forbidden' })
  await removeChannel(carol(), id)
  expect((await listNotices(carol())).channels).toEqual([])
})

test('an address that may be no target may be no channel', async () => {
  const metadata = channel({ url: 'http://169.254.169.254/latest' })
  await expect(metadata).rejects.toMatchObject({ code: 'invalid', field: 'url' })
})

test('what people wrote cannot mention anybody in Slack, or make a link', () => {
  const message = {
    ...{ review: 'r', caller: '<!channel>', tools: ['`x` <https://evil.test|ok>'], connection: 'a&b' },
    ...{ reason: '<@U1> *now*', createdAt: '', expiresAt: '', link: 'https://sallyport.test/reviews/r' },
  }
  expect(JSON.stringify(slackBody(message, 'review.opened'))).not.toMatch(/<[!@h]/)
})

test('of a broken glass every channel hears at once, whatever its groups: begun, broken, and nobody looked', async () => {
  await channel({ name: 'finance', groups: ['finance'], afterMinutes: 60 })
  const reviewId = await openOne(database, { asked: [asks(1, 'leads', { breakGlass: true })] })
  const half = (name: string) =>
    breakGlass({ ...carol(), viewer: viewer(name, [], { admin: true }) }, () => true, {
      reviewId,
      why: `${name} says why`,
    })
  const told = () => heard.map(({ body }) => JSON.parse(body))
  await half('carol')
  await tell()
  expect(told()).toMatchObject([{ type: 'glass.begun', data: { glass: { by: [{ why: 'carol says why' }] } } }])
  await half('chris')
  await tell()
  expect(told()[1]).toMatchObject({ type: 'glass.broken', data: { caller: 'alice@example.com' } })
  expect(told()[1].data.glass).toMatchObject({ by: [{ name: 'carol@example.com' }, { name: 'chris@example.com' }] })
  await database.asOwner(`update glass_breaks set due_at = now() where review_id = $1`, [reviewId])
  await tell()
  await tell()
  expect(told().map(({ type }) => type)).toEqual(['glass.begun', 'glass.broken', 'glass.overdue'])
  expect(JSON.stringify(told())).not.toContain('whole')
})

test('a channel that does not answer holds up no other, however many questions wait for it', async () => {
  const silent = createServer(() => {})
  await new Promise<void>((done) => silent.listen(0, '127.0.0.1', done))
  await channel({ url: `http://127.0.0.1:${(silent.address() as AddressInfo).port}/` })
  await channel()
  const bell = await startBell(database.serverUrl, quiet)
  const outbox = startOutbox({ ...telling(), bell, log: quiet })
  try {
    for (let n = 1; n <= 3; n += 1) {
      const startedAt = performance.now()
      const review = await openOne(database, { person: `caller-${n}` })
      await until(() => heard.some(({ body }) => body.includes(review)))
      expect(performance.now() - startedAt).toBeLessThan(4000)
    }
    expect(heard).toHaveLength(3)
  } finally {
    outbox.close()
    await bell.close()
    silent.closeAllConnections()
    silent.close()
  }
})
