import { and, asc, eq, gte, inArray, sql } from 'drizzle-orm'
import { type CutNotice, partsCut } from '../audit/cut'
import type { Context, Database } from '../context'
import { grants } from '../db/review-schema'
import { entries } from '../db/schema'
import { Refusal } from '../errors'
import { parseReply, printReply } from '../masking/exact'
import type { HttpFacts, Json, JsonObject, Outcome } from '../types'
import { isId, visibleSession } from './get-session'
import { isStep } from './list-steps'
import type { Meanwhile, Step, StepDecision } from './schemas'

type Row = typeof entries.$inferSelect

const meanwhileMax = 500

/** One step of a conversation, whole. */
export async function getStep(ctx: Context, sessionId: string, id: string): Promise<Step> {
  await visibleSession(ctx, sessionId)
  const mine = eq(entries.sessionId, sessionId)
  const own = isId(id)
    ? await ctx.db
        .select()
        .from(entries)
        .where(and(mine, eq(entries.id, id)))
    : []
  const [row] = own
  if (row === undefined) throw new Refusal('not-found', 'there is no such step in this session')
  const [[reply], between] = await Promise.all([
    ctx.db
      .select()
      .from(entries)
      .where(and(eq(entries.callId, id), eq(entries.kind, 'reply'))),
    ctx.db
      .select()
      .from(entries)
      .where(
        and(mine, gte(entries.at, row.at), inArray(entries.kind, ['notification', 'request']), eq(entries.callId, id)),
      )
      .orderBy(asc(entries.at), asc(entries.seq))
      .limit(meanwhileMax),
  ])
  const body = parse(row.body)
  const [reviewId, earlier] = await Promise.all([reviewOf(ctx.db, body), earlierOf(ctx.db, body)])
  return stepOf(row, reply, between, { reviewId, earlier })
}

function stepOf(row: Row, reply: Row | undefined, between: Row[], tied: Pick<Step, 'reviewId' | 'earlier'>): Step {
  const body = parse(row.body)
  const answer = reply === undefined ? null : parse(reply.body)
  const last = answer === null || reply === undefined ? [] : saidIn(answer, reply)
  return {
    id: row.id,
    kind: row.kind,
    at: row.at.toISOString(),
    action: row.action,
    resource: row.resource,
    outcome: (reply?.outcome ?? row.outcome) as Outcome | '',
    masked: reply?.masked ?? row.masked,
    policyVersion: row.policyVersion,
    decision: decisionOf(body),
    ...tied,
    told: typeof body.told === 'string' ? body.told : null,
    ...askedIn(body),
    http: httpIn(body),
    meta: printed(body.meta),
    answers: printed(body.inputResponses),
    meanwhile: [...between.flatMap((one) => passedIn(one)), ...last],
    reply: answer === null ? null : printed('answer' in answer ? answer.answer : answer),
    ms: typeof answer?.ms === 'number' ? answer.ms : null,
    chain: row.chain,
    seq: row.seq,
    hash: row.hash,
  }
}

const printed = (value: Json | undefined): string | null =>
  value === undefined || value === null ? null : printReply(value)

/** The question that a step waited for is in its entry; one whose approval let it through is where its grant came from. */
async function reviewOf(db: Database, body: JsonObject): Promise<string | null> {
  if (typeof body.review === 'string') return body.review
  const grantId = (body.decision as JsonObject | undefined)?.grantId
  if (typeof grantId !== 'string' || !isId(grantId)) return null
  const [grant] = await db.select({ reviewId: grants.reviewId }).from(grants).where(eq(grants.id, grantId))
  return grant?.reviewId ?? null
}

async function earlierOf(db: Database, { answeredAs }: JsonObject): Promise<Step['earlier']> {
  if (typeof answeredAs !== 'string' || !isId(answeredAs)) return null
  const { rows } = await db.execute<{ session: string; step: number }>(sql`
    select c.session_id as session, count(*)::int as step
    from entries c join entries e on e.session_id = c.session_id and (e.at, e.seq) <= (c.at, c.seq)
    where c.id = ${answeredAs} and ${isStep} group by c.session_id`)
  const [call] = rows
  return call === undefined ? null : { sessionId: call.session, step: call.step }
}

function passedIn(row: Row): Meanwhile[] {
  const body = parse(row.body)
  if (row.kind === 'notification') return saidIn(body, row)
  const at = row.at.toISOString()
  if (body.answered === undefined) return [{ at, kind: 'asked', text: printReply(body) }]
  return [{ at, kind: 'answered', text: printReply(body.response ?? body) }]
}

const saidIn = (body: JsonObject, { at }: Row): Meanwhile[] =>
  (Array.isArray(body.notifications) ? body.notifications : []).map((one) => ({
    at: at.toISOString(),
    kind: 'said',
    text: printReply(one),
  }))

function askedIn(body: JsonObject): Pick<Step, 'request' | 'tooLong'> {
  if (!partsCut(body).includes('arguments')) return { request: printReply(body.arguments ?? body), tooLong: null }
  const { start, bytes, sha256 } = body.arguments as CutNotice
  return { request: start, tooLong: { bytes, sha256 } }
}

function httpIn(body: JsonObject): HttpFacts | null {
  const { http } = (partsCut(body).includes('facts') ? {} : (body.facts ?? {})) as { http?: HttpFacts | null }
  return http ?? null
}

function decisionOf(body: JsonObject): StepDecision | null {
  const decision = body.decision as Partial<StepDecision> | undefined
  if (decision === undefined) return null
  const { effect = '', reason = '', rules = [], masks = [], errors = [], version = 0 } = decision
  return { effect, reason, rules, masks, errors, version }
}

// Exactly: a number that a double cannot hold is shown as it was.
function parse(text: string): JsonObject {
  try {
    return parseReply(text)
  } catch {
    return { text }
  }
}
