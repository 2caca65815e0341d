import { maskArguments } from '../masking/arguments'
import { codes } from '../mcp/errors'
import { errorMessage } from '../mcp/messages'
import { runtime } from '../runtime'
import { endLegacySession, setUpstreamSession } from '../sessions/resolve-session'
import type { Outcome } from '../types'
import { type Answer, jsonAnswer, jsonHeaders } from './answer'
import { type Denial, denial, denialMessage } from './denial'
import type { Reply } from './forward'
import { fulfilAnswer } from './fulfil'
import { type Maskers, maskerOfWords } from './maskers'
import type { Incoming } from './parse'
import type { Closing } from './record'

/** An answer that is one message: what leaves, and what the record keeps of it. */
export type Reading = Closing & { answer: Answer }

/** Reply + masks -> what leaves. For a stream see stream.ts. */
export function fulfil(reply: Exclude<Reply, { kind: 'stream' }>, incoming: Incoming, maskers: Maskers): Reading {
  if (reply.kind === 'failed') {
    const outcome: Outcome =
      reply.reason === 'unreachable' ? 'unreachable' : reply.reason === 'mask-failed' ? 'withheld' : 'error'
    return refused(incoming, denial(reply.reason, null, reply.detail), outcome, eraStatus(reply.status))
  }
  if (reply.kind === 'accepted' || incoming.message.id === null)
    return { answer: { status: 202, headers: {}, body: null }, outcome: 'ok', masked: 0, recorded: '' }
  const visible = fulfilAnswer(reply.text, incoming, maskers)
  if ('denial' in visible) return refused(incoming, visible.denial, visible.outcome, eraStatus(reply.status))
  const answer = { status: eraStatus(reply.status), headers: jsonHeaders, body: visible.text }
  const { outcome, masked, recorded, begins = null } = visible
  return { answer, outcome, masked, recorded, begins }
}

/** A client tells the era of a server by 4xx answers, so those stay; nothing else of the target's status does. */
function eraStatus(status: number | null): number {
  if (status === 404) return 404
  return status !== null && status >= 400 && status < 500 && status !== 401 && status !== 403 ? 400 : 200
}

export function refused(incoming: Incoming, why: Denial, outcome: Outcome, status = 200): Reading {
  if (why.earlier !== null)
    return { answer: { status: 200, headers: jsonHeaders, body: why.earlier.text }, outcome, masked: 0, recorded: '' }
  // A notification has no answer to carry the reason, so the status must.
  const silent = incoming.message.id === null
  const message = silent
    ? errorMessage(null, codes.upstream, why.detail ?? why.reason)
    : denialMessage(incoming.message, incoming.era, why)
  const recorded = JSON.stringify(maskArguments(message, maskerOfWords(incoming.connection)))
  return { answer: jsonAnswer(silent ? 400 : status, message), outcome, masked: 0, recorded }
}

/** Ties our legacy session to the target's; ends it when the target has forgotten it. */
export function followSession(incoming: Incoming, reply: Reply, answer: Answer): Answer | Promise<Answer> {
  const { mcpSession } = incoming.conversation
  return mcpSession === null ? answer : tie(incoming, reply, answer, mcpSession)
}

async function tie(incoming: Incoming, reply: Reply, answer: Answer, mcpSession: string): Promise<Answer> {
  const { upstreamSession } = incoming.conversation
  const { db, keys } = runtime()
  if (incoming.message.method === 'initialize' && reply.kind !== 'failed' && answer.status === 200) {
    await setUpstreamSession(db, keys, mcpSession, reply.upstreamSession)
    return { ...answer, headers: { ...answer.headers, 'mcp-session-id': mcpSession } }
  }
  const forgotten = 'status' in reply && reply.status === 404 && upstreamSession !== null
  if (forgotten) await endLegacySession(db, mcpSession)
  return answer
}
