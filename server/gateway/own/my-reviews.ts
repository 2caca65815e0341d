import { Refusal } from '../../errors'
import { askAccessAs } from '../../reviews/ask-access'
import { awaitReview } from '../../reviews/await-review'
import { giveReasonAs } from '../../reviews/give-reason'
import { listReviews } from '../../reviews/list-reviews'
import type { AskAccess, ReviewView } from '../../reviews/schemas'
import { runtime } from '../../runtime'
import type { JsonObject, Principal, Viewer } from '../../types'

const client = { id: '', name: 'the sallyport server', version: '' }
const shownMax = 50

/** The caller without any power of the console: what is theirs, nothing else. */
const asViewer = (principal: Principal): Viewer => ({
  ...principal,
  admin: false,
  auditor: false,
  groupsReadAt: new Date(0),
})

const linkTo = (id: string): string => `${runtime().env.publicUrl}/reviews/${id}`

const described = (review: ReviewView): JsonObject => ({
  review: review.id,
  state: review.state,
  what:
    review.wanted === null
      ? review.resource.id
      : `${review.wanted.tools.join(', ')} for ${review.wanted.minutes} minutes`,
  connection: review.connection,
  asked: review.createdAt,
  ...(review.state === 'pending' ? { expires: review.expiresAt } : { settled: review.settledAt }),
  reason: review.reason,
  note: review.note,
  link: linkTo(review.id),
})

export async function myReviews(
  principal: Principal,
  { state }: { state: 'pending' | 'settled' },
): Promise<JsonObject> {
  const ctx = { viewer: asViewer(principal), db: runtime().db }
  return { reviews: (await listReviews(ctx, { state, mine: true, limit: shownMax })).map(described) }
}

export async function requestAccess(principal: Principal, input: AskAccess): Promise<JsonObject> {
  const { db, keys, policy, connections } = runtime()
  const asking = { db, keys, policy: policy.current(), connections: connections.list() }
  const { id, expiresAt, joined } = await askAccessAs(principal, client, asking, input)
  return {
    review: id,
    state: 'pending',
    ...(joined ? { note: 'you asked for this already; it is the same question' } : {}),
    expires: expiresAt.toISOString(),
    link: linkTo(id),
    whatNow: 'people decide this in the console; wait_for_review tells when they have',
  }
}

export async function giveReason(
  principal: Principal,
  { review, reason }: { review: string; reason: string },
): Promise<JsonObject> {
  await giveReasonAs(runtime().db, principal, review, { reason })
  return { review, reason }
}

export async function waitForReview(
  principal: Principal,
  { review, seconds }: { review: string; seconds: number },
  gone: AbortSignal,
): Promise<JsonObject> {
  const { db, bell, keys } = runtime()
  await mine(principal, review)
  const { state, note, offerSealed } = await awaitReview(bell, db, review, { gone, ms: seconds * 1000 })
  const told: JsonObject = { review, state, note, link: linkTo(review), whatNow: whatNow[state] }
  if (offerSealed !== null) told.offer = JSON.parse(keys.open(offerSealed, `offer ${review}`)) as JsonObject
  return told
}

/** Somebody else's question is not there. */
async function mine(principal: Principal, id: string): Promise<void> {
  const ctx = { viewer: asViewer(principal), db: runtime().db }
  const owned = await listReviews(ctx, { state: 'pending', mine: true, id, limit: 1 })
  const settled = owned.length > 0 ? owned : await listReviews(ctx, { state: 'settled', mine: true, id, limit: 1 })
  if (settled.length === 0) throw new Refusal('not-found', 'there is no question of yours with this id')
}

const whatNow = {
  pending: 'nobody has decided yet; wait again, or do something else meanwhile',
  approved: 'call again with the same arguments; it goes through',
  denied: 'a person denied this; read the note, and if there is an offer, call with exactly those arguments',
  expired: 'nobody answered in time; ask again if it is still needed',
  cancelled: 'it was cancelled; ask again if it is still needed',
}
