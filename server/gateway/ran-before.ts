import { setTimeout as after } from 'node:timers/promises'
import { and, asc, eq, gt, isNotNull, sql } from 'drizzle-orm'
import { unheardAnswers } from '../db/schema'
import { liveInstanceIds } from '../instances'
import { parseReply, printReply } from '../masking/fulfil'
import { runtime } from '../runtime'
import type { Decision, Json, JsonObject } from '../types'
import { declaredBy } from './declared'
import { type Denial, decisionKey, denial } from './denial'
import { visible } from './fulfil'
import { keepWaiting } from './hold'
import type { Line } from './line'
import { aboutOf, maskersFor } from './maskers'
import type { Incoming } from './parse'
import { isHeardOnce, type Kept, keptFor, ofCall, opened, putBack, type Row } from './unheard'

// Rare, and over soon: not worth a bell.
const lookEveryMs = 500

/**
 * What is told instead of running: an identical call of the same caller was let through, and its caller left before it was answered. Its
 * answer, once; while it runs, it is waited for as long as a call is held. Null where there was none.
 */
export async function ranBefore(
  incoming: Incoming,
  decision: Decision,
  digest: string,
  line: Line,
): Promise<Denial | null> {
  if (!isHeardOnce(incoming)) return null
  const until = performance.now() + runtime().env.holdSeconds * 1000
  let quiet = () => {}
  let isWaiting = false
  try {
    for (;;) {
      const mine = taken.get(incoming)
      if (mine !== undefined) return told(mine, incoming, decision)
      const found = await look(incoming, digest)
      const isThere = found.some(({ hasAnswer }) => hasAnswer)
      if (!isThere && !(await isRunning(found))) return null
      if (isThere && (await take(incoming, digest, line))) continue
      if (performance.now() >= until || line.gone.aborted)
        return denial('ran-before', decision, 'it still runs; call again in a moment for its answer')
      if (!isWaiting) quiet = keepWaiting(declaredBy(incoming), line, 'waiting for the answer to your earlier call')
      isWaiting = true
      await after(lookEveryMs)
    }
  } finally {
    quiet()
  }
}

const recent = (incoming: Incoming, digest: string) => {
  const { principalId, form } = ofCall(incoming, digest)
  const of = unheardAnswers
  const isSame = and(eq(of.principalId, principalId), eq(of.digest, digest), eq(of.form, form))
  return and(isSame, gt(of.createdAt, sql`now() - ${keptFor}`))
}

const look = (incoming: Incoming, digest: string) =>
  runtime()
    .db.select({
      instanceId: unheardAnswers.instanceId,
      hasAnswer: sql<boolean>`${unheardAnswers.answerSealed} is not null`,
    })
    .from(unheardAnswers)
    .where(recent(incoming, digest))

/** What a process that died was running, nobody will ever answer. */
async function isRunning(found: { instanceId: string }[]): Promise<boolean> {
  if (found.length === 0) return false
  const live = new Set(await liveInstanceIds(runtime().db))
  return found.some(({ instanceId }) => live.has(instanceId))
}

// What a request took is its own, however often it is decided anew before it is recorded.
const taken = new WeakMap<Incoming, Row>()

/** Takes the oldest answer away, for this request alone, until its caller leaves too. */
async function take(incoming: Incoming, digest: string, line: Line): Promise<boolean> {
  const { db, log } = runtime()
  const oldest = db
    .select({ callId: unheardAnswers.callId })
    .from(unheardAnswers)
    .where(and(recent(incoming, digest), isNotNull(unheardAnswers.answerSealed)))
    .orderBy(asc(unheardAnswers.createdAt))
    .limit(1)
    .for('update', { skipLocked: true })
  const [row] = await db
    .delete(unheardAnswers)
    .where(eq(unheardAnswers.callId, sql`(${oldest})`))
    .returning()
  if (row === undefined) return false
  taken.set(incoming, row)
  line.whenGone(() => {
    putBack(row).catch((err) => log.warn({ err }, 'an answer that nobody heard could not be kept'))
  })
  return true
}

function told(row: Row, incoming: Incoming, decision: Decision): Denial {
  const kept = opened(row, row.answerSealed as Buffer)
  const text = asMasked(kept, row.callId, incoming, decision)
  if (text === null) return denial('mask-failed', decision)
  return { ...denial('ran-before', decision), earlier: { callId: row.callId, text, outcome: kept.outcome } }
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
