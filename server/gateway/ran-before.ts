import { setTimeout as after } from 'node:timers/promises'
import { and, asc, eq, gt, sql } from 'drizzle-orm'
import { unheardAnswers } from '../db/schema'
import { isRevoked } from '../grants/is-revoked'
import { liveInstanceIds } from '../instances'
import { parseReply, printReply } from '../masking/fulfil'
import { runtime } from '../runtime'
import { answersKeptFor } from '../sessions/sweep-answers'
import type { Decision, Json, JsonObject } from '../types'
import { declaredBy } from './declared'
import { type Denial, decisionKey, denial, denialMessage } from './denial'
import { visible } from './fulfil'
import { keepWaiting } from './hold'
import type { Line } from './line'
import { aboutOf, maskersFor } from './maskers'
import type { Incoming } from './parse'
import { isHeardOnce, type Kept, ofCall, opened, type Row } from './unheard'

// Rare, and over soon: not worth a bell.
const lookEveryMs = 500

/**
 * What is told instead of running: an identical call of the same caller was let through, and its caller left before it was answered. Its
 * answer, once: the entry that says so takes it away. While it runs, it is waited for as long as a call is held. Null where there was none.
 */
export async function ranBefore(
  incoming: Incoming,
  decision: Decision,
  digest: string,
  line: Line,
): Promise<Denial | null> {
  if (!isHeardOnce(incoming)) return null
  const until = performance.now() + runtime().env.holdSeconds * 1000
  let quiet: (() => void) | null = null
  try {
    for (;;) {
      const found = await look(incoming, digest)
      const answer = await firstAnswer(found)
      if (answer !== null) return told(answer, incoming, decision)
      if (!(await isRunning(found))) return null
      if (performance.now() >= until || line.gone.aborted)
        return denial('ran-before', decision, 'it still runs; call again in a moment for its answer')
      quiet ??= keepWaiting(declaredBy(incoming), line, 'waiting for the answer to your earlier call')
      await after(lookEveryMs)
    }
  } finally {
    quiet?.()
  }
}

type Found = { callId: string; instanceId: string; hasAnswer: boolean }

/** The oldest first. */
function look(incoming: Incoming, digest: string): Promise<Found[]> {
  const { continued } = incoming
  const { principalId, form } = ofCall(incoming, digest)
  const of = unheardAnswers
  const isSame = and(eq(of.principalId, principalId), eq(of.digest, digest), eq(of.form, form))
  // A later round has the id that its entry had, and answers something that another execution was not asked.
  const isSameRound = continued?.granted === true ? eq(of.callId, continued.id) : undefined
  const isRecent = gt(of.createdAt, sql`now() - ${answersKeptFor}`)
  const hasAnswer = sql<boolean>`${of.answerSealed} is not null`
  return runtime()
    .db.select({ callId: of.callId, instanceId: of.instanceId, hasAnswer })
    .from(of)
    .where(and(isSame, isSameRound, isRecent))
    .orderBy(asc(of.createdAt))
}

type Answer = { row: Row; kept: Kept }

/** The oldest that is there still, and that was not let through by what has been revoked since. */
async function firstAnswer(found: Found[]): Promise<Answer | null> {
  const { db } = runtime()
  for (const { callId } of found.filter(({ hasAnswer }) => hasAnswer)) {
    const [row] = await db.select().from(unheardAnswers).where(eq(unheardAnswers.callId, callId))
    if (row === undefined || row.answerSealed === null) continue
    const kept = opened(row, row.answerSealed)
    if (kept.under === null || !(await isRevoked(db, kept.under))) return { row, kept }
  }
  return null
}

/** What a process that died was running, nobody will ever answer. */
async function isRunning(found: Found[]): Promise<boolean> {
  const running = found.filter(({ hasAnswer }) => !hasAnswer)
  if (running.length === 0) return false
  const live = new Set(await liveInstanceIds(runtime().db))
  return running.some(({ instanceId }) => live.has(instanceId))
}

function told({ row, kept }: Answer, incoming: Incoming, decision: Decision): Denial {
  const text = asMasked(kept, row.callId, incoming, decision)
  if (text !== null) return { ...denial('ran-before', decision), earlier: { row, text, outcome: kept.outcome } }
  const withheld = denial('mask-failed', decision)
  const instead = JSON.stringify(denialMessage(incoming.message, incoming.era, withheld))
  return { ...withheld, earlier: { row, text: instead, outcome: 'withheld' } }
}

/** Under the id of this request, with a word of what it is; where the policy is another by now, through its masks as well. Null when it cannot be masked. */
function asMasked({ text, version }: Kept, callId: string, incoming: Incoming, decision: Decision): string | null {
  const { result, ...rest } = parseReply(text)
  const about = { [decisionKey]: { reason: 'ran-before', answeredAs: callId } }
  const told: JsonObject = isObject(result)
    ? { result: { ...result, _meta: { ...objectOf(result._meta), ...about } } }
    : {}
  const message: JsonObject = { ...rest, id: incoming.message.id, ...told }
  if (version === decision.version) return printReply(message)
  const maskers = maskersFor(incoming.connection, decision, aboutOf(incoming.call))
  const shown = visible(message, message.error === undefined ? maskers : maskers.aside)
  return 'denial' in shown ? null : shown.recorded
}

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const objectOf = (value: Json | undefined): JsonObject => (isObject(value) ? value : {})
