import { lt, sql } from 'drizzle-orm'
import type { Database } from '../context'
import { unheardAnswers } from '../db/schema'

/** For how long an answer that nobody heard is told to the next identical call. */
export const answersKeptFor = sql`interval '10 minutes'`

/** Forgets answers that nobody came for. */
export async function sweepAnswers(db: Database): Promise<void> {
  await db.delete(unheardAnswers).where(lt(unheardAnswers.createdAt, sql`now() - ${answersKeptFor}`))
}
