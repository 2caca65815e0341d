import { and, eq, inArray, type SQL, sql } from 'drizzle-orm'
import type { Logger } from 'pino'
import type { Database } from '../context'
import type { Bell } from '../db/notify'
import { oneLook } from '../db/one-look'
import { glassBreaks, glassVotes, noticeChannels, notices, reviews } from '../db/review-schema'
import type { Keys } from '../keys'
import { letterOf } from './letter'
import { type Message, messageOf, slackBody, webhookBody } from './message'
import { type Occasion, occasions } from './occasions'
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

const atOnceMax = 20
/** Seconds between attempts: about a day in all. */
const pauses = [10, 60, 300, 1800, 7200, 21_600, 43_200]
/** Longer than an attempt can take: one that nobody finished is somebody else's after that. */
const leaseSeconds = 60

/** A call on its way to a person, and a click on its way to a call, come first. */
const momentMs = 250

/**
 * Tells people of questions that wait, from any instance, each channel once; tries again until it is heard. A channel that does
 * not answer holds up no other.
 */
export function startOutbox({ bell, log, ...telling }: Outbox): { close(): void } {
  const changed = new Set<string>()
  const lines = new Map<string, () => Promise<void>>()
  let timer: NodeJS.Timeout | undefined
  const failed = (error: unknown) => log.warn({ err: error }, 'people could not be told of questions')
  const lineOf = (channel: string) => {
    const line = lines.get(channel) ?? oneLook(() => deliverAll(telling, channel))
    lines.set(channel, line)
    return line
  }
  const look = oneLook(async () => {
    const ids = [...changed]
    changed.clear()
    await fill(telling, ids.includes('') ? null : ids)
    for (const channel of await channelsDue(telling.db)) lineOf(channel)().catch(failed)
  })
  const close = bell.on('reviews', (payload) => {
    changed.add(payload)
    timer ??= setTimeout(() => {
      timer = undefined
      look().catch(failed)
    }, momentMs)
  })
  return {
    close: () => {
      close()
      clearTimeout(timer)
    },
  }
}

async function deliverAll(telling: Telling, channel: string): Promise<void> {
  while ((await deliverDue(telling, channel)) === atOnceMax);
}

async function channelsDue(db: Database): Promise<string[]> {
  const due = await db.selectDistinct({ id: notices.channelId }).from(notices).where(sql`due_at <= now()`)
  return due.map(({ id }) => id)
}

/**
 * What is to be said, of these questions or of all, follows from what stands: nothing is missed when a process dies between a
 * question and its notice.
 */
export async function fill({ db, publicUrl }: Telling, ids: string[] | null = null): Promise<void> {
  const channels = await db.select({ id: noticeChannels.id }).from(noticeChannels).limit(1)
  if (channels.length === 0) return
  const which = ids === null ? sql`true` : sql`${reviews.id} = any(${sql.param(ids)}::uuid[])`
  for (const occasion of occasions) await fillOne(db, publicUrl, occasion, which)
}

async function fillOne(
  db: Database,
  publicUrl: string,
  { event, arises, heardBy }: Occasion,
  which: SQL,
): Promise<void> {
  const missing = await db
    .select({ review: reviews, channel: noticeChannels, broken: glassBreaks })
    .from(reviews)
    .leftJoin(glassBreaks, eq(glassBreaks.reviewId, reviews.id))
    .innerJoin(noticeChannels, heardBy)
    .where(
      // A scalar is one probe of an index for each; `not exists` lets the planner read every notice there ever was, every five seconds.
      // The coalesce keeps it behind the join with glasses; before it, a planner that knows nothing of them, as of a table that was
      // always empty, would probe for every question there ever was.
      sql`${which} and ${arises} and (
        select n.id from notices n
        where n.channel_id = ${noticeChannels.id} and n.review_id = coalesce(${glassBreaks.reviewId}, ${reviews.id})
          and n.event = ${event} limit 1) is null`,
    )
    .limit(1000)
  if (missing.length === 0) return
  const breakers = event.startsWith('glass.')
    ? await breakersOf(
        db,
        missing.map(({ review }) => review.id),
      )
    : []
  const rows = missing.map(({ review, channel, broken }) => {
    const by = breakers.filter((vote) => vote.reviewId === review.id).map(({ name, why }) => ({ name, why }))
    const glass = by.length === 0 ? undefined : { by, dueAt: broken?.dueAt.toISOString() ?? null }
    return {
      ...{ id: crypto.randomUUID(), channelId: channel.id, reviewId: review.id, event },
      body: bodyFor(channel.kind, messageOf(review, publicUrl, glass), event),
      dueAt: glass === undefined ? new Date(review.createdAt.getTime() + channel.afterMinutes * 60_000) : new Date(),
    }
  })
  await db.insert(notices).values(rows).onConflictDoNothing()
}

const breakersOf = (db: Database, ids: string[]) =>
  db.select().from(glassVotes).where(inArray(glassVotes.reviewId, ids)).orderBy(glassVotes.at)

export function bodyFor(kind: Channel['kind'], message: Message, event: string): string {
  if (kind === 'email') return JSON.stringify(letterOf(message, event))
  return JSON.stringify(kind === 'slack' ? slackBody(message, event) : webhookBody(event, message))
}

/** Takes some that are due, of one channel or of all, so that no other instance does, and delivers them; how many. */
export async function deliverDue(telling: Telling, channel: string | null = null): Promise<number> {
  const { db } = telling
  const its = channel === null ? sql`true` : sql`channel_id = ${channel}`
  const due = sql`select id from notices where due_at <= now() and ${its} order by due_at limit ${atOnceMax} for update skip locked`
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
  if (channel === undefined || !(await stillStands(db, notice))) return dropped(db, notice)
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

async function stillStands(db: Database, { reviewId, event }: Notice): Promise<boolean> {
  if (reviewId === null) return true
  const stands = occasions.find((occasion) => occasion.event === event)?.stands ?? sql`false`
  const rows = await db
    .select({ id: reviews.id })
    .from(reviews)
    .leftJoin(glassBreaks, eq(glassBreaks.reviewId, reviews.id))
    .where(and(eq(reviews.id, reviewId), stands))
  return rows.length > 0
}

/** Nobody needs to be told of what was answered meanwhile. */
async function dropped(db: Database, notice: Notice): Promise<Delivered> {
  const problem = 'it was answered before'
  await db.update(notices).set({ dueAt: null, problem }).where(eq(notices.id, notice.id))
  return { ok: false, status: null, problem }
}
