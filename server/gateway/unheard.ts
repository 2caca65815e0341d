import { setTimeout as after } from 'node:timers/promises'
import { eq, sql } from 'drizzle-orm'
import { unheardAnswers } from '../db/schema'
import { runtime } from '../runtime'
import type { Outcome } from '../types'
import { declaredBy } from './declared'
import type { Line } from './line'
import type { Incoming } from './parse'
import type { Closing, Opened } from './record'
import { unshown } from './unshown'

/** Told what an approved call was answered, when that is in the record; null: with nothing that could be told. */
export type Unheard = { answered(end: Closing | null): void }
/** `version`: of the policy whose masks it went through. `under`: the grant that let it through. */
export type Kept = { text: string; outcome: Outcome; version: number; under: string | null }
export type Row = typeof unheardAnswers.$inferSelect

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
  const about = { version: decision.version, under: decision.grantId ?? incoming.under }
  let hasLeft = false
  let end: Closing | null | undefined
  let storing = Promise.resolve()
  const store = () => {
    const text = end === undefined ? '' : keptText(end, about)
    const work = () => (text === null ? forget(entryId) : keep({ ...row, answerSealed: sealed(text, row) }))
    storing = storing.then(() => patiently(work, entryId))
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

/** One that is told now, and is in the database no more: when who is told leaves as well, it is there again. */
export function keepOn(row: Row, line: Line): void {
  const back = () => runtime().db.insert(unheardAnswers).values(row).onConflictDoNothing()
  line.whenGone(() => void patiently(back, row.callId))
}

/**
 * Whether the answer to such a call is worth as much to the next identical one. What is in a task is asked for by the task's id, and two
 * calls are not identical by their digest where it says nothing of something that goes to the target.
 */
export const isHeardOnce = (incoming: Incoming): boolean => {
  const { message, inTask, begun } = incoming
  return methods.has(message.method) && message.id !== null && !inTask && !begun && unshown(incoming) === null
}

/** What finds its answer again: an answer goes only to who would take its kind. */
export function ofCall(incoming: Incoming, digest: string) {
  const takesTasks = incoming.message.params.task !== undefined || declaredBy(incoming).tasks
  return { principalId: incoming.call.principal.id, digest, form: `${incoming.era}${takesTasks ? ' tasks' : ''}` }
}

function keptText(end: Closing | null, about: Pick<Kept, 'version' | 'under'>): string | null {
  if (end === null || end.recorded === '' || !outcomes.has(end.outcome)) return null
  return JSON.stringify({ text: end.recorded, outcome: end.outcome, ...about } satisfies Kept)
}

type About = Pick<Row, 'callId' | 'digest'>

const boundTo = ({ callId, digest }: About): string => `unheard ${callId} ${digest}`
const sealed = (text: string, row: About): Buffer | null =>
  text === '' ? null : runtime().keys.seal(text, boundTo(row))

export const opened = (row: About, answerSealed: Buffer): Kept =>
  JSON.parse(runtime().keys.open(answerSealed, boundTo(row))) as Kept

/** Writes what is known of it by now. The time counts from the answer. */
async function keep(row: typeof unheardAnswers.$inferInsert): Promise<void> {
  await runtime()
    .db.insert(unheardAnswers)
    .values(row)
    .onConflictDoUpdate({
      target: unheardAnswers.callId,
      set: { answerSealed: row.answerSealed ?? null, createdAt: sql`now()` },
    })
  await thin(row.principalId)
}

/** Who calls and leaves, over and over, fills no disk: each is a reply as large as replies may be. One that still runs is no more than a line. */
const thin = (principalId: string) =>
  runtime().db.execute(sql`
    delete from unheard_answers where call_id in (
      select call_id from unheard_answers where principal_id = ${principalId} and answer_sealed is not null
      order by created_at desc offset ${keptMax})`)

const forget = async (callId: string): Promise<void> =>
  void (await runtime().db.delete(unheardAnswers).where(eq(unheardAnswers.callId, callId)))

const againAfterMs = [500, 2_000, 8_000]

/** The database may be away at the moment in which a caller leaves. */
async function patiently(work: () => PromiseLike<unknown>, call: string): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      await work()
      return
    } catch (err) {
      const wait = againAfterMs[attempt]
      if (wait === undefined) return runtime().log.warn({ err, call }, 'an answer that nobody heard could not be kept')
      await after(wait, undefined, { ref: false })
    }
  }
}
