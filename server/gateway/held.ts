import { createHash } from 'node:crypto'
import { ring } from '../db/notify'
import { cancelReviewAs } from '../reviews/cancel-review'
import { runtime } from '../runtime'
import type { Json } from '../types'
import type { Incoming } from './parse'

/** Calls that this process holds, by conversation and request: a client takes one back by naming its request. */
const held = new Map<string, { review: string; person: { id: string; name: string } }>()
let listening = false

const keyOf = (conversation: string, request: Json | undefined): string =>
  createHash('sha256')
    .update(JSON.stringify([conversation, request ?? null]))
    .digest('base64url')

/** From now on `notifications/cancelled` for this request, at any instance, cancels the review; until the returned function is called. */
export function cancellable({ conversation, message, call }: Incoming, review: string): () => void {
  if (!listening) runtime().bell.on('held', hear)
  listening = true
  const key = keyOf(conversation.id, message.id)
  const { id, email, name } = call.principal
  held.set(key, { review, person: { id, name: email ?? name } })
  return () => {
    if (held.get(key)?.review === review) held.delete(key)
  }
}

/** A client takes a request back. Whoever holds it, cancels; nobody may. */
export const takeBack = ({ conversation, message }: Incoming): Promise<void> =>
  ring(runtime().db, 'held', keyOf(conversation.id, message.params.requestId))

function hear(key: string): void {
  const found = held.get(key)
  if (found === undefined) return
  const { db, log } = runtime()
  cancelReviewAs(db, found.person, found.review).catch((error) =>
    log.debug({ err: error, review: found.review }, 'a call was taken back that no longer waited'),
  )
}
