import { eq, inArray, sql } from 'drizzle-orm'
import type { Logger } from 'pino'
import type { Database } from '../context'
import type { Bell } from '../db/notify'
import { oneLook } from '../db/one-look'
import { noticeChannels, notices, reviews } from '../db/review-schema'
import type { Keys } from '../keys'
import { letterOf, type Message, messageOf, slackBody, webhookBody } from './message'
import { type Delivered, type Reach, send } from './send'
import { sendMail } from './send-mail'

export type Outbox = {
  db: Database
  bell: Bell
  log: Logger
  keys: Pick<Keys, 'open'>
  reach: Reach
  publicUrl: string
}
export type Telling = Omit<Outbox, 'bell' | 'log'>

export const opened = 'review.opened'
const atOnceMax = 20
/** Seconds between attempts: about a day in all. */
const pauses = [10, 60, 300, 1800, 7200, 21_600, 43_200]
/** Longer than an attempt can take: one that nobody finished is somebody else's after that. */
const leaseSeconds = 60

/** Tells people of questions that wait, from any instance, each channel once; tries again until it is heard. */
export function startOutbox({ bell, log, ...telling }: Outbox): { close(): void } {
  const look = oneLook(async () => {
    await fill(telling)
    while ((await deliverDue(telling)) === atOnceMax);
  })
  const close = bell.on('reviews', () => {
    look().catch((error) => log.warn({ err: error }, 'people could not be told of questions'))
  })
  return { close }
}

/** What is to be said follows from what waits: nothing is missed when a process dies between a question and its notice. */
export async function fill({ db, publicUrl }: Telling): Promise<void> {
  const missing = await db
    .select({ review: reviews, channel: noticeChannels })
    .from(reviews)
    .innerJoin(noticeChannels, concerns)
    .where(
      sql`${reviews.state} = 'pending' and ${reviews.expiresAt} > now() and not exists (
        select from notices n where n.channel_id = ${noticeChannels.id} and n.review_id = ${reviews.id} and n.event = ${opened})`,
    )
    .limit(1000)
  if (missing.length === 0) return
  const rows = missing.map(({ review, channel }) => ({
    id: crypto.randomUUID(),
    channelId: channel.id,
    reviewId: review.id,
    event: opened,
    body: bodyFor(channel.kind, messageOf(review, publicUrl)),
    dueAt: new Date(review.createdAt.getTime() + channel.afterMinutes * 60_000),
  }))
  await db.insert(notices).values(rows).onConflictDoNothing()
}

/** Channels without groups are told of everything, the others of what one of their groups may answer. */
const concerns = sql`(${noticeChannels.groups} = '[]'::jsonb or exists (
  select from jsonb_array_elements(${reviews.asked}) rule, jsonb_array_elements(rule -> 'review' -> 'approvers') member
  where member ->> 'claim' = 'groups' and ${noticeChannels.groups} ? (member ->> 'value')))`

export function bodyFor(kind: Channel['kind'], message: Message, event = opened): string {
  if (kind === 'email') return JSON.stringify(letterOf(message))
  return JSON.stringify(kind === 'slack' ? slackBody(message) : webhookBody(event, message))
}

/** Takes some that are due, so that no other instance does, and delivers them; how many. */
export async function deliverDue(telling: Telling): Promise<number> {
  const { db } = telling
  const due = sql`select id from notices where due_at <= now() order by due_at limit ${atOnceMax} for update skip locked`
  const taken = await db
    .update(notices)
    .set({ dueAt: sql`now() + make_interval(secs => ${leaseSeconds})`, attempts: sql`attempts + 1` })
    .where(sql`id in (${due})`)
    .returning()
  await Promise.all(taken.map((notice) => deliver(telling, notice)))
  return taken.length
}

type Notice = typeof notices.$inferSelect
type Channel = typeof noticeChannels.$inferSelect

export async function deliver(telling: Telling, notice: Notice): Promise<Delivered> {
  const { db } = telling
  const [channel] = await db.select().from(noticeChannels).where(eq(noticeChannels.id, notice.channelId))
  if (channel === undefined || !(await stillWaits(db, notice.reviewId))) return dropped(db, notice)
  const delivered = await attempt(telling, channel, notice)
  const pause = delivered.ok ? undefined : pauses[notice.attempts - 1]
  await db
    .update(notices)
    .set({
      status: delivered.status,
      problem: delivered.problem,
      deliveredAt: delivered.ok ? sql`now()` : null,
      dueAt: pause === undefined || notice.reviewId === null ? null : sql`now() + make_interval(secs => ${pause})`,
    })
    .where(eq(notices.id, notice.id))
  return delivered
}

function attempt({ keys, reach, publicUrl }: Telling, channel: Channel, { id, body }: Notice): Promise<Delivered> {
  const address = keys.open(channel.addressSealed, `notice ${channel.id}`)
  if (channel.kind === 'email')
    return sendMail({ id, letter: JSON.parse(body), mailbox: JSON.parse(address), publicUrl }, reach)
  const secret = channel.secretSealed === null ? null : keys.open(channel.secretSealed, `notice secret ${channel.id}`)
  return send({ id, url: address, secret, body, at: new Date() }, reach)
}

async function stillWaits(db: Database, id: string | null): Promise<boolean> {
  if (id === null) return true
  const [row] = await db
    .select({ state: reviews.state })
    .from(reviews)
    .where(inArray(reviews.id, [id]))
  return row?.state === 'pending'
}

/** Nobody needs to be told of what was answered meanwhile. */
async function dropped(db: Database, notice: Notice): Promise<Delivered> {
  const problem = 'it was answered before'
  await db.update(notices).set({ dueAt: null, problem }).where(eq(notices.id, notice.id))
  return { ok: false, status: null, problem }
}
