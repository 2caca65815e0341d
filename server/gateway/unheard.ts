import { eq, lt, sql } from 'drizzle-orm'
import { unheardAnswers } from '../db/schema'
import { runtime } from '../runtime'
import type { Outcome } from '../types'
import { declaredBy } from './declared'
import type { Line } from './line'
import type { Incoming } from './parse'
import type { Closing, Opened } from './record'

/** Told what an approved call was answered, when that is in the record; null: with nothing that could be told. */
export type Unheard = { answered(end: Closing | null): void }
/** `version`: of the policy whose masks it went through. */
export type Kept = { text: string; outcome: Outcome; version: number }
export type Row = typeof unheardAnswers.$inferSelect

/** For how long the next identical call is told it. */
export const keptFor = sql`interval '10 minutes'`
const keptForMs = 10 * 60_000
/** Of one caller; the newest. */
export const keptMax = 10

/** What the target said of the call, or what we said in its place; of one that was broken off there is nothing to tell. */
const outcomes = new Set<Outcome>(['ok', 'tool_error', 'error', 'withheld'])
// What these do, they do when they are answered; a subscription or a completion is of its own time.
const methods = new Set(['tools/call', 'prompts/get', 'resources/read'])

/**
 * Of a call that a person let through: when its caller leaves before it was answered, the answer is kept for its next identical call.
 * Null where none would be.
 */
export function keepUnheard(incoming: Incoming, { entryId, settled }: Opened, line: Line): Unheard | null {
  const { digest, decision } = settled
  if (digest === undefined || !isHeardOnce(incoming)) return null
  const row = { callId: entryId, ...ofCall(incoming, digest), instanceId: runtime().instanceId }
  let hasLeft = false
  let end: Closing | null | undefined
  let storing = Promise.resolve()
  const store = () => {
    const text = end === undefined ? '' : keptText(end, decision.version)
    storing = storing
      .then(() => (text === null ? forget(entryId) : keep({ ...row, answerSealed: sealed(text, row) })))
      .catch((error) =>
        runtime().log.warn({ err: error, call: entryId }, 'an answer that nobody heard could not be kept'),
      )
  }
  line.whenGone(() => {
    hasLeft = true
    store()
  })
  return {
    answered(closing) {
      end = closing
      if (hasLeft) store()
    },
  }
}

/** Whether the answer to such a call is worth as much to the next identical one. What is in a task is asked for by the task's id. */
export const isHeardOnce = ({ message, inTask, begun }: Incoming): boolean =>
  methods.has(message.method) && message.id !== null && !inTask && !begun

/** What finds its answer again: an answer goes only to who would take its kind. */
export function ofCall(incoming: Incoming, digest: string) {
  const takesTasks = incoming.message.params.task !== undefined || declaredBy(incoming).tasks
  return { principalId: incoming.call.principal.id, digest, form: `${incoming.era}${takesTasks ? ' tasks' : ''}` }
}

function keptText(end: Closing | null, version: number): string | null {
  if (end === null || end.recorded === '' || !outcomes.has(end.outcome)) return null
  return JSON.stringify({ text: end.recorded, outcome: end.outcome, version } satisfies Kept)
}

type About = Pick<Row, 'callId' | 'digest'>

const boundTo = ({ callId, digest }: About): string => `unheard ${callId} ${digest}`
const sealed = (text: string, row: About): Buffer | null =>
  text === '' ? null : runtime().keys.seal(text, boundTo(row))

export const opened = (row: About, answerSealed: Buffer): Kept =>
  JSON.parse(runtime().keys.open(answerSealed, boundTo(row))) as Kept

/** Writes what is known of it by now. The time counts from the answer. */
async function keep(row: typeof unheardAnswers.$inferInsert): Promise<void> {
  const { db } = runtime()
  await db
    .insert(unheardAnswers)
    .values(row)
    .onConflictDoUpdate({
      target: unheardAnswers.callId,
      set: { answerSealed: row.answerSealed ?? null, createdAt: sql`now()` },
    })
  await thin(row.principalId)
  setTimeout(() => void sweep().catch(() => {}), keptForMs).unref()
}

/** Who calls and leaves, over and over, fills no disk: each is a reply as large as replies may be. */
const thin = (principalId: string) =>
  runtime().db.execute(sql`
    delete from unheard_answers where principal_id = ${principalId} and call_id not in (
      select call_id from unheard_answers where principal_id = ${principalId} order by created_at desc limit ${keptMax})`)

const forget = async (callId: string): Promise<void> =>
  void (await runtime().db.delete(unheardAnswers).where(eq(unheardAnswers.callId, callId)))

/** Those of a process that died since are gone with the next. */
const sweep = () =>
  runtime()
    .db.delete(unheardAnswers)
    .where(lt(unheardAnswers.createdAt, sql`now() - ${keptFor}`))

/** One that was taken, and was not heard again. */
export const putBack = (row: Row): Promise<unknown> =>
  runtime().db.insert(unheardAnswers).values(row).onConflictDoNothing()
