import { eq, sql } from 'drizzle-orm'
import type { Database } from '../context'
import type { Bell } from '../db/notify'
import { oneLook } from '../db/one-look'
import { reviews } from '../db/review-schema'
import type { ReviewState } from '../types'
import { expireReview } from './expire-reviews'

/** `offerSealed`: of a denied one, the arguments that would be approved instead. */
export type Settlement = { state: ReviewState; note: string | null; offerSealed: Buffer | null }

/** How long somebody waits: until `gone` aborts, and no longer than `ms`. Not one signal of both: Node 20 drops its timer (measured). */
export type Patience = { gone?: AbortSignal; ms?: number }

/** setTimeout takes no more. */
const timerMaxMs = 2 ** 31 - 1

/**
 * Resolves when a review is settled, or with `pending` when the patience is over. The review outlives the wait. Woken by
 * the bell, by its slow look, and when the time is over by the database's clock.
 */
export async function awaitReview(bell: Bell, db: Database, id: string, patience: Patience): Promise<Settlement> {
  const { gone, ms = Number.POSITIVE_INFINITY } = patience
  const end = performance.now() + ms
  let wake: () => void = () => {}
  let rung = false
  const ringing = () => {
    rung = true
    wake()
  }
  const stop = whenRung(bell, db, id, ringing)
  gone?.addEventListener('abort', ringing, { once: true })
  try {
    for (;;) {
      rung = false
      const { leftMs, ...found } = await look(db, id)
      if (found.state !== 'pending') return found
      const patientMs = Math.ceil(end - performance.now())
      if (leftMs <= 0) await expireReview(db, id)
      else if (patientMs <= 0 || gone?.aborted === true) return found
      else if (!rung) {
        const woken = new Promise<void>((resolve) => (wake = resolve))
        const timer = setTimeout(ringing, Math.min(leftMs, patientMs, timerMaxMs))
        await woken
        clearTimeout(timer)
      }
    }
  } finally {
    stop()
    gone?.removeEventListener('abort', ringing)
  }
}

type Waiting = Map<string, Set<() => void>>

const waitingOn = new WeakMap<Bell, Waiting>()

/** Calls `ringing` when the question may have changed, until the returned function is called. Thousands wait, and one listens. */
function whenRung(bell: Bell, db: Database, id: string, ringing: () => void): () => void {
  const waiting = waitingOn.get(bell) ?? listen(bell, db)
  const those = waiting.get(id) ?? new Set()
  waiting.set(id, those.add(ringing))
  return () => {
    those.delete(ringing)
    if (those.size === 0 && waiting.get(id) === those) waiting.delete(id)
  }
}

function listen(bell: Bell, db: Database): Waiting {
  const waiting: Waiting = new Map()
  const wake = (id: string) => {
    for (const ringing of waiting.get(id) ?? []) ringing()
  }
  const missed = oneLook(async () => {
    for (const id of await overAmong(db, [...waiting.keys()])) wake(id)
  })
  // A database that is away settles nothing: who waits goes on waiting, and the next look comes.
  bell.on('reviews', (payload) => (payload === '' ? void missed().catch(() => {}) : wake(payload)))
  waitingOn.set(bell, waiting)
  return waiting
}

/** Those of many that do not wait any more: one question for all of them, and few rows. */
async function overAmong(db: Database, ids: string[]): Promise<string[]> {
  if (ids.length === 0) return []
  const { rows } = await db.execute<{ id: string }>(sql`
    select w.id from unnest(${sql.param(ids)}::uuid[]) w(id) where not exists (
      select from reviews r where r.id = w.id and r.state = 'pending' and r.expires_at > now())`)
  return rows.map(({ id }) => id)
}

type Look = Settlement & { leftMs: number }
type Batch = { ids: Set<string>; found: Promise<Map<string, Look>> }

const underWay = new WeakMap<Database, Promise<unknown>>()
const next = new WeakMap<Database, Batch>()

/** Thousands may wait, and are woken together: who looks while a query is under way shares the one after it. */
async function look(db: Database, id: string): Promise<Look> {
  const batch = next.get(db) ?? open(db)
  batch.ids.add(id)
  return (await batch.found).get(id) ?? { state: 'cancelled', note: null, offerSealed: null, leftMs: 0 }
}

function open(db: Database): Batch {
  const ids = new Set<string>()
  const before = underWay.get(db) ?? Promise.resolve()
  const found = before.then(
    () => start(db, ids),
    () => start(db, ids),
  )
  const batch = { ids, found }
  next.set(db, batch)
  return batch
}

function start(db: Database, ids: Set<string>): Promise<Map<string, Look>> {
  next.delete(db)
  const leftMs = sql<number>`ceil(extract(epoch from expires_at - now()) * 1000)::float8`
  const asked = db
    .select({ id: reviews.id, state: reviews.state, note: reviews.note, offerSealed: reviews.offerSealed, leftMs })
    .from(reviews)
    .where(eq(reviews.id, sql`any(${sql.param([...ids])}::uuid[])`))
    .then((rows) => new Map(rows.map(({ id, ...row }) => [id, row])))
  underWay.set(db, asked)
  return asked
}
