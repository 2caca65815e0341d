import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { pinnedLookup, urlProblem } from '../connections/upstream-url'
import { startTestDatabase, type TestDatabase } from '../db/testing'
import { keys, openOne, viewer } from '../reviews/asking.testing'
import { letterOf } from './letter'
import { listNotices } from './list-notices'
import { deliverDue, fill, type Telling } from './outbox'
import { createChannel } from './save-channel'
import { needsTls, sendMail } from './send-mail'
import { type Smtp, startSmtp } from './smtp.testing'
import { testChannel } from './test-channel'

let database: TestDatabase
let smtp: Smtp
const rules = { local: true, upstreamPrivateRanges: [] }
const reach = { problem: (text: string) => urlProblem(text, rules), lookup: pinnedLookup(rules) }
const publicUrl = 'https://sallyport.test'
beforeAll(async () => {
  database = await startTestDatabase()
  smtp = await startSmtp()
})
afterAll(async () => {
  smtp.stop()
  await database.stop()
})
beforeEach(async () => {
  smtp.letters.length = 0
  smtp.refuse.clear()
  await database.asOwner('delete from notice_channels')
  await database.asOwner(`update reviews set state = 'cancelled' where state = 'pending'`)
})

const carol = () => ({ viewer: viewer('carol', [], { admin: true }), db: database.db })
const telling = (): Telling => ({ db: database.db, keys, reach, publicUrl })
const withAccount = () => smtp.url.replace('://', '://sally:p%40ss-word@')
const channel = (url = withAccount()) =>
  createChannel(
    carol(),
    { keys, reach },
    {
      ...{ name: 'on call', kind: 'email', url, from: 'sallyport@example.com' },
      to: ['bob@example.com', 'leads@example.com'],
    },
  )
const tell = async () => {
  await fill(telling())
  while ((await deliverDue(telling())) > 0);
}
const log = async () => (await listNotices(carol())).log
const whole = (data = '') => data.replace(/=\n/g, '').replace(/=3D/g, '=')

test('a question is told by e-mail, as text and as HTML, with the link and without arguments', async () => {
  await channel()
  const review = await openOne(database)
  await tell()
  expect(smtp.letters).toHaveLength(1)
  const [letter] = smtp.letters
  expect(letter).toMatchObject({ from: '<sallyport@example.com>' })
  expect(letter?.to).toEqual(['<bob@example.com>', '<leads@example.com>'])
  const text = whole(letter?.data)
  expect(text).toContain('Subject: alice@example.com wants refund_order on shop')
  expect(text).toContain('Content-Type: text/plain')
  expect(text).toContain(`<a href="https://sallyport.test/reviews/${review}">`)
  for (const hidden of ['whole', 'masked', 'amount', 'p@ss-word']) expect(text).not.toContain(hidden)
  expect(smtp.accounts).toContain('\0sally\0p@ss-word')
})

test('what fails is tried again under the same message id, until it is taken', async () => {
  await channel()
  await openOne(database)
  smtp.refuse.set('data', '451 later')
  await tell()
  expect(await log()).toMatchObject([{ state: 'waits', attempts: 1, status: 451 }])
  smtp.refuse.clear()
  await database.asOwner(`update notices set due_at = now() where due_at is not null`)
  await tell()
  const [notice] = await log()
  expect(notice).toMatchObject({ state: 'delivered', attempts: 2, status: 250 })
  expect(smtp.letters[0]?.data).toContain(`Message-ID: <${notice?.id}@sallyport.test>`)
})

const answers: [what: string, verb: string, answer: string, problem: RegExp][] = [
  ['an account that is refused', 'auth', '535 no', /name or the password.*535/],
  ['a sender that is refused', 'mail', '550 no', /refuses the sender/],
  ['every address refused', 'rcpt', '550 no', /refuses the sender or every address/],
]
for (const [what, verb, answer, problem] of answers)
  test(`the test of a channel tells of ${what}, and never the password`, async () => {
    const { id } = await channel()
    smtp.refuse.set(verb, answer)
    const told = await testChannel(carol(), telling(), id)
    expect(told).toMatchObject({ ok: false, problem: expect.stringMatching(problem) })
    expect(JSON.stringify([told, await listNotices(carol())])).not.toMatch(/p@ss|p%40ss|sally:/)
  })

test('the account is sealed and not read back; server and addresses are shown', async () => {
  await channel()
  const { channels } = await listNotices(carol())
  expect(channels[0]?.hint).toBe(`${smtp.url}, to bob@example.com, leads@example.com`)
  const { rows } = await database.asOwner('select address_sealed from notice_channels')
  expect(Buffer.from(rows[0].address_sealed).toString('latin1')).not.toContain('p%40ss')
})

const refused = [
  'smtp://169.254.169.254',
  'smtp://0xa9fea9fe:25',
  'smtp://[::ffff:169.254.169.254]',
  'smtp://mail.test/x',
]
for (const url of [...refused, 'https://mail.test'])
  test(`${url} is no mail server`, async () => {
    await expect(channel(url)).rejects.toMatchObject(
      url.startsWith('https') ? { issues: [{ path: ['url'] }] } : { code: 'invalid', field: 'url' },
    )
  })

test('a name that leads to a forbidden address is found out when it is dialled', async () => {
  const lookup = pinnedLookup(rules, (_, done) => done(null, [{ address: '169.254.169.254', family: 4 }]))
  const mailbox = { url: 'smtp://mail.test', from: 'a@example.com', to: ['b@example.com'] }
  const sent = await sendMail(
    { id: 'x', letter: { subject: '', text: '', html: '' }, mailbox, publicUrl },
    { ...reach, lookup },
  )
  expect(sent).toMatchObject({ ok: false, problem: expect.stringContaining('never targets') })
})

test('a password leaves over TLS, or not beyond this machine', async () => {
  const auth = { user: 'a', pass: 'b' }
  expect(needsTls({ auth, secure: false }, '10.0.0.7')).toBe(true)
  expect(needsTls({ auth, secure: false }, '127.0.0.1')).toBe(false)
  expect(needsTls({ auth: null, secure: false }, '10.0.0.7')).toBe(false)
  const sealed = await startSmtp(['STARTTLS', 'AUTH PLAIN'])
  const mailbox = { url: sealed.url.replace('://', '://a:b@'), from: 'a@example.com', to: ['b@example.com'] }
  const sent = await sendMail({ id: 'x', letter: { subject: '', text: '', html: '' }, mailbox, publicUrl }, reach)
  sealed.stop()
  expect(sent.ok).toBe(false)
  expect(sealed.accounts).toEqual([])
})

test('what people wrote is neither markup nor a header', () => {
  const message = {
    ...{ review: 'r', caller: 'a\r\nBcc: evil@example.com', tools: ['<img src=x>'], connection: 'shop\u202e' },
    ...{ reason: '<script>', createdAt: '', expiresAt: '2026-11-23T10:00:00Z', link: `${publicUrl}/reviews/r` },
  }
  const { subject, html, text } = letterOf(message, 'review.opened')
  expect(subject).toBe('a Bcc: evil@example.com wants <img src=x> on shop')
  expect(html).not.toMatch(/<img|<script/)
  expect(text).toContain('> Bcc: evil@example.com: <script>')
})
