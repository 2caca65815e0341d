import { and, eq, isNull } from 'drizzle-orm'
import { emit } from '../audit/emit'
import type { Context, Database, Transaction } from '../context'
import { ring } from '../db/notify'
import { reviews } from '../db/review-schema'
import { storable } from '../db/storable'
import { Refusal } from '../errors'
import type { Principal } from '../types'
import { isReviewId, Reason } from './schemas'
import { waiting } from './visible'

/** The caller says afterwards why they ask; once. */
export const giveReason = ({ db, viewer }: Context, id: string, input: Reason): Promise<void> =>
  giveReasonAs(db, viewer, id, input)

export async function giveReasonAs(db: Database, person: Principal, id: string, input: Reason): Promise<void> {
  const { reason } = Reason.parse(input)
  if (!isReviewId(id)) throw new Refusal('not-found', 'there is no such review')
  await db.transaction(async (tx) => {
    if (!(await tellReason(tx, person, id, reason)))
      throw new Refusal('conflict', 'there is no pending question of yours with this id that lacks a reason')
  })
}

/** Whether it was taken: the question is theirs, waits, and has no reason yet. */
export async function tellReason(tx: Transaction, person: Principal, id: string, reason: string): Promise<boolean> {
  const [told] = await tx
    .update(reviews)
    .set({ reason: storable(reason) })
    .where(and(eq(reviews.id, id), eq(reviews.principalId, person.id), isNull(reviews.reason), waiting))
    .returning()
  if (told === undefined) return false
  const actor = { id: person.id, name: storable(person.email ?? person.name) }
  const { connection, resource } = told
  const body = { review: id, reason: storable(reason) }
  await emit(tx, actor, { action: 'review.reason', kind: 'review', connection, resource: resource.id, body })
  await ring(tx, 'reviews', id)
  return true
}
