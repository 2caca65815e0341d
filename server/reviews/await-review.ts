import { eq, sql } from 'drizzle-orm'
import type { Database } from '../context'
import type { Bell } from '../db/notify'
import { reviews } from '../db/schema'
import type { ReviewState } from '../types'
import { expireReview } from './expire-review'

export type Settlement = { state: ReviewState; note: string | null }

/** Resolves when a review is settled, or with `pending` when `signal` ends the waiting. The review outlives the wait. */
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
      const found = await look(db, id)
      if (found.state !== 'pending' || signal.aborted) return found
      if (!rung) await new Promise<void>((resolve) => (wake = resolve))
    }
  } finally {
    stop()
    signal.removeEventListener('abort', ringing)
  }
}

async function look(db: Database, id: string): Promise<Settlement> {
  const over = sql<boolean>`state = 'pending' and expires_at <= now()`
  const [row] = await db
    .select({ state: reviews.state, note: reviews.note, over })
    .from(reviews)
    .where(eq(reviews.id, id))
  if (row === undefined) return { state: 'cancelled', note: null }
  if (!row.over) return { state: row.state, note: row.note }
  await expireReview(db, id)
  return look(db, id)
}
