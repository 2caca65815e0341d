import { randomUUID } from 'node:crypto'
import { maskTogether } from '../masking/arguments'
import { awaitReview, type Settlement } from '../reviews/await-review'
import { openReview } from '../reviews/open-review'
import { runtime } from '../runtime'
import type { Decision, JsonObject, Reason } from '../types'
import { everyBeat } from './beats'
import { type Declared, declaredBy, reasonOf } from './declared'
import { type Denial, denial } from './denial'
import { cancellable } from './held'
import type { Line } from './line'
import { maskersFor } from './maskers'
import type { Incoming } from './parse'
import { stateOf } from './rounds'
import { mayOpenTask, openTask } from './tasks'

/** The official SDK gives up after ten (measured). */
const roundsMax = 9
/** What a client that hears progress bears at least, in silent holds; Claude Code bears any number (measured). */
const spokenHolds = 6

const verdicts = {
  pending: 'review-required',
  approved: 'allowed',
  denied: 'review-denied',
  expired: 'review-expired',
  cancelled: 'review-cancelled',
} as const satisfies Record<Settlement['state'], Reason>

/**
 * Opens or joins the review and waits in whatever way the client bears: a task, an address for its person to open, a stream with
 * progress, rounds of `input_required`, and at last an answer that says what is waited for. Only `allowed` means go on.
 */
export async function hold(incoming: Incoming, decision: Decision, digest: string, line: Line): Promise<Denial> {
  const review = await reviewFor(incoming, decision, digest)
  if (typeof review !== 'string') return review
  const declared = declaredBy(incoming)
  const n = incoming.round?.n ?? 0
  const state = (next: number) => stateOf({ review, digest, n: next }, incoming.message, whoseOf(incoming))
  const link = `${runtime().env.publicUrl}/reviews/${review}`
  const asks = n === 0 && incoming.era === 'modern' ? inputRequests(incoming, decision, declared, link) : {}
  const pausing = (pause: JsonObject): Denial => ({ ...denial('review-required', decision, link, review), pause })
  const again = { resultType: 'input_required' }
  // The approval a task was waiting for is gone, and a task cannot wait twice.
  if (incoming.inTask) return denial('review-required', decision, `${link} , then call again`, review)
  if (declared.tasks && n === 0 && incoming.message.method === 'tools/call')
    return (await mayOpenTask(incoming))
      ? pausing(await openTask(incoming, review, link))
      : denial('review-limit', decision)
  if (Object.keys(asks).length > 0) return pausing({ ...again, inputRequests: asks, requestState: state(1) })
  const settled = await wait(incoming, declared, review, link, line)
  if (settled.state !== 'pending') return endOf(settled, decision, review)
  if (incoming.era === 'modern' && n < roundsMax) return pausing({ ...again, requestState: state(n + 1) })
  const same = incoming.call.meta === undefined ? 'the same arguments' : 'the same arguments and the same `_meta`'
  return denial('review-required', decision, `${link} , then call again with ${same}`, review)
}

/** What a settled review says to the call; `allowed` for an approved one. */
export function endOf(settled: Settlement, decision: Decision | null, review: string): Denial {
  const offer = offerOf(settled, review)
  return { ...denial(verdicts[settled.state], decision, wordsOf(settled.note, offer), review), offer }
}

const whoseOf = ({ call }: Incoming) => ({ principalId: call.principal.id, connectionId: call.connection.id })

/** The id of the review that this call waits for, or why there is none. A round goes on with its own, as long as the question is the same. */
async function reviewFor(incoming: Incoming, decision: Decision, digest: string): Promise<string | Denial> {
  const { db, keys } = runtime()
  const { round } = incoming
  const { args, meta } = incoming.call
  const reason = reasonOf(incoming)
  if (round !== null && round.digest === digest && reason === null) return round.review
  const masker = maskersFor(incoming.connection, decision).record
  const [argumentsMasked = {}, metaMasked = {}, words] = maskTogether([args, meta ?? {}, { reason }], masker)
  const ticket = await openReview(db, keys, {
    ...{ digest, call: incoming.call, asked: decision.asked },
    reason: reason === null ? null : String(words?.reason ?? ''),
    sessionId: incoming.conversation.id,
    argumentsMasked,
    ...(meta === undefined ? {} : { metaMasked }),
    policyVersion: decision.version,
  })
  if (ticket === 'too-many') return denial('review-limit', decision)
  if (ticket === 'muted') return denial('review-muted', decision)
  if (ticket === 'repeated') return denial('review-repeated', decision)
  return ticket.id
}

/** What the client is asked to show its person first. Its answer is no approval, and a refusal is no denial. */
function inputRequests(incoming: Incoming, { asked }: Decision, declared: Declared, link: string): JsonObject {
  const wanted = asked.some((rule) => rule.review.reason === 'required') && reasonOf(incoming) === null
  const message = `${incoming.call.resource.id} on ${incoming.connection.name} waits for a person's approval`
  return {
    ...(wanted && declared.form ? { reason: { method: 'elicitation/create', params: reasonForm(message) } } : {}),
    ...(declared.url ? { approval: { method: 'elicitation/create', params: opening(message, link) } } : {}),
  }
}

const opening = (message: string, url: string): JsonObject => ({
  mode: 'url',
  message: `${message}. The page shows who may decide, and what became of it.`,
  url,
  elicitationId: randomUUID(),
})

const reasonForm = (message: string): JsonObject => ({
  mode: 'form',
  message: `${message}. Whoever decides wants to know why.`,
  requestedSchema: {
    type: 'object',
    properties: { reason: { type: 'string', title: 'Why this is needed', maxLength: 1000 } },
    required: ['reason'],
  },
})

async function wait(incoming: Incoming, declared: Declared, review: string, link: string, line: Line) {
  const { db, bell, metrics } = runtime()
  const { era, message, call } = incoming
  const spoken = line.streams && declared.progressToken !== null
  if (era === 'legacy' && declared.url && line.streams && message.id !== null)
    line.say({
      ...{ jsonrpc: '2.0', id: `${approvalIds}${randomUUID()}`, method: 'elicitation/create' },
      params: opening(`${call.resource.id} waits for a person's approval`, link),
    })
  metrics.held.inc()
  const quiet = keepWaiting(declared, line, `waiting for approval: ${link}`)
  const forget = cancellable(incoming, review)
  try {
    return await awaitReview(bell, db, review, { gone: line.gone, ms: holdMs(incoming, spoken) })
  } finally {
    quiet()
    forget()
    metrics.held.dec()
  }
}

/** Requests of ours to a legacy client; its answers to them are taken, and mean nothing. */
export const approvalIds = 'sallyport-approval-'

/** How long one request is held; `Infinity`: as long as the question lives. Without progress a client gives up after a minute (measured). */
function holdMs({ call, era }: Incoming, spoken: boolean): number {
  const silent = runtime().env.holdSeconds * 1000
  if (!spoken) return silent
  if (call.client.name === 'claude-code') return Number.POSITIVE_INFINITY
  return era === 'modern' ? silent : silent * spokenHolds
}

const offerOf = ({ offerSealed }: Settlement, id: string): JsonObject | null =>
  offerSealed === null ? null : (JSON.parse(runtime().keys.open(offerSealed, `offer ${id}`)) as JsonObject)

function wordsOf(note: string | null, offer: JsonObject | null): string | null {
  if (offer === null) return note
  const words = `with these arguments it would be approved, call again with exactly them: ${JSON.stringify(offer)}`
  return note === null || note === '' ? words : `${note}; ${words}`
}

/** Says now and then that it goes on, in whatever way the client hears; until the returned function is called. */
export function keepWaiting({ progressToken }: Declared, line: Line, message: string): () => void {
  let progress = 0
  const beat = () => {
    if (progressToken === null) return line.comment()
    progress += 1
    line.say({ jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken, progress, message } })
  }
  beat()
  return everyBeat(beat)
}
