import { and, asc, eq } from 'drizzle-orm'
import { type CutNotice, partsCut } from '../audit/cut'
import type { Context } from '../context'
import { entries, sessions } from '../db/schema'
import { Refusal } from '../errors'
import { parseReply, printReply } from '../masking/exact'
import type { HttpFacts, JsonObject, Outcome } from '../types'
import type { SessionDetail, Step, StepDecision } from './schemas'

type Row = typeof entries.$inferSelect

const entriesShown = 5_000

/** One conversation, step by step. Somebody else's is not there for whoever may not audit. */
export async function getSession({ db, viewer }: Context, id: string): Promise<SessionDetail> {
  const [session] = /^[0-9a-f-]{36}$/.test(id) ? await db.select().from(sessions).where(eq(sessions.id, id)) : []
  if (session === undefined || (!viewer.admin && !viewer.auditor && session.principalId !== viewer.id))
    throw new Refusal('not-found', 'there is no such session')
  const rows = await db
    .select()
    .from(entries)
    .where(and(eq(entries.sessionId, id)))
    .orderBy(asc(entries.at), asc(entries.seq))
    .limit(entriesShown)
  return {
    id,
    era: session.era,
    principal: session.principal,
    client: `${session.clientName} ${session.clientVersion}`.trim(),
    connection: session.connection,
    protocolVersion: session.protocolVersion,
    startedAt: session.startedAt.toISOString(),
    lastAt: session.lastAt.toISOString(),
    endedAt: session.endedAt?.toISOString() ?? null,
    steps: stepsOf(rows),
    more: rows.length === entriesShown,
  }
}

/** A call and its answer are one step; what is only one entry is a step by itself. */
function stepsOf(rows: Row[]): Step[] {
  const replies = new Map(rows.filter((row) => row.kind === 'reply').map((row) => [row.callId, row]))
  return rows.filter((row) => row.kind !== 'reply').map((row) => stepOf(row, replies.get(row.id)))
}

function stepOf(row: Row, reply: Row | undefined): Step {
  const body = parse(row.body)
  const answer = reply === undefined ? null : parse(reply.body)
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
    ...askedIn(body),
    http: httpIn(body),
    reply: answer === null ? null : printReply(answer.answer ?? answer),
    ms: typeof answer?.ms === 'number' ? answer.ms : null,
    chain: row.chain,
    seq: row.seq,
    hash: row.hash,
  }
}

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
