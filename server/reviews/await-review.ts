import { eq, sql } from 'drizzle-orm'
import type { Database } from '../context'
import type { Bell } from '../db/notify'
import { reviews } from '../db/review-schema'
import type { ReviewState } from '../types'
import { expireReview } from './expire-reviews'

/** `offerSealed`: of a denied one, the arguments that would be approved instead. */
export type Settlement = { state: ReviewState; note: string | null; offerSealed: Buffer | null }

/** setTimeout takes no more. */
const timerMaxMs = 2 ** 31 - 1

/**
 * Resolves when a review is settled, or with `pending` when `signal` ends the waiting. The review outlives the wait. Woken by
 * the bell, by its slow look, and when the time is over by the database's clock.
 */
export async function awaitReview(bell: Bell, db: Database, id: string, signal: AbortSignal): Promise<Settlement> {
  let wake: () => void = () => {}
  let rung = false
  const ringing = () => {
    rung = true
    wake()
  }
  const stop = bell.on('reviews', (payload) => {
    if (payload === '' || payload === id) ringing()
  })
  signal.addEventListener('abort', ringing, { once: true })
  try {
    for (;;) {
      rung = false
      const { leftMs, ...found } = await look(db, id)
      if (found.state !== 'pending') return found
      if (leftMs <= 0) await expireReview(db, id)
      else if (signal.aborted) return found
      else if (!rung) {
        const woken = new Promise<void>((resolve) => (wake = resolve))
        const timer = setTimeout(ringing, Math.min(leftMs, timerMaxMs))
        await woken
        clearTimeout(timer)
      }
    }
  } finally {
    stop()
    signal.removeEventListener('abort', ringing)
  }
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
