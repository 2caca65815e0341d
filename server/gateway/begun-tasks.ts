import { and, eq, lt, sql } from 'drizzle-orm'
import { begunTasks } from '../db/schema'
import type { Message } from '../mcp/messages'
import { runtime } from '../runtime'
import type { JsonObject } from '../types'
import { declaredBy } from './declared'
import type { Incoming } from './parse'
import { isOwnTaskId } from './tasks'

/** The call of a tool that began a task of the target, and the grant it was let through by. */
export type Origin = { call: Called; grantId: string | null }
type Called = { name: string; arguments: JsonObject }
/** `targetHash`: where its connection led then; another target's task of the same id is another. */
type Kept = Called & { targetHash?: string; grantId?: string | null }

const idCharsMax = 500
type Whose = { principalId: string; connectionId: string; targetHash: string; session: string | null }

/**
 * The id of the task that an answer begins: `resultType: task` where the client declared the extension (2026-07-28), or `task`
 * where it asked for one (2025-11-25). Null for any other answer; a problem where it must not pass.
 */
export function taskBegunBy(result: JsonObject, incoming: Incoming): string | null | { problem: string } {
  const { era, message, inTask } = incoming
  const asked = isObject(message.params.task) && era === 'legacy'
  const task = era === 'modern' ? (result.resultType === 'task' ? result : null) : asked ? result.task : null
  if (!isObject(task)) return null
  if (message.method !== 'tools/call' || inTask) return { problem: 'it began a task where none can be' }
  if (era === 'modern' && !declaredBy(incoming).tasks)
    return { problem: 'it began a task, which the client does not take' }
  const { taskId } = task
  const usable = typeof taskId === 'string' && taskId !== '' && taskId.length <= idCharsMax && !isOwnTaskId(taskId)
  return usable ? taskId : { problem: 'it began a task without a usable id' }
}

/** Kept before the caller hears of the task: whose it is, and which call every later message about it is decided as. */
export async function keepTask(taskId: string, { call, message, conversation, under }: Incoming): Promise<void> {
  const { db, keys } = runtime()
  const { id: connectionId, targetHash } = call.connection
  const whose = { principalId: call.principal.id, connectionId, session: conversation.mcpSession }
  const kept: Kept = { name: String(message.params.name), arguments: call.args, targetHash, grantId: under }
  const callSealed = keys.seal(JSON.stringify(kept), boundTo(whose, taskId))
  await db.delete(begunTasks).where(lt(begunTasks.createdAt, sql`now() - interval '30 days'`))
  await db
    .insert(begunTasks)
    .values({ ...whose, session: whose.session ?? '', taskId, callSealed })
    .onConflictDoUpdate({
      target: [begunTasks.connectionId, begunTasks.principalId, begunTasks.session, begunTasks.taskId],
      set: { callSealed, createdAt: sql`now()` },
    })
}

/** The call that began a task of this caller's on this connection; null where there is none, or more than one could be meant. */
export async function originOf({ params }: Pick<Message, 'params'>, whose: Whose): Promise<Origin | null> {
  const { taskId } = params
  if (typeof taskId !== 'string' || taskId === '' || taskId.length > idCharsMax) return null
  const rows = await runtime()
    .db.select()
    .from(begunTasks)
    .where(and(...mine(whose), eq(begunTasks.taskId, taskId)))
  const row = rows.find(({ session }) => session === (whose.session ?? '')) ?? (rows.length === 1 ? rows[0] : undefined)
  if (row === undefined) return null
  return opened(row, whose)
}

function opened({ session, taskId, callSealed }: typeof begunTasks.$inferSelect, whose: Whose): Origin | null {
  const text = runtime().keys.open(callSealed, boundTo({ ...whose, session }, taskId))
  const { targetHash, grantId = null, ...call } = JSON.parse(text) as Kept
  // One from before this was kept says nothing of it, and is gone within a month.
  return (targetHash ?? whose.targetHash) === whose.targetHash ? { call, grantId } : null
}

/** Ids of the tasks that this caller began on this connection. */
export async function tasksOf(whose: Whose): Promise<Set<string>> {
  const rows = await runtime()
    .db.select()
    .from(begunTasks)
    .where(and(...mine(whose)))
  return new Set(rows.filter((row) => opened(row, whose) !== null).map(({ taskId }) => taskId))
}

const mine = ({ principalId, connectionId }: Omit<Whose, 'targetHash'>) => [
  eq(begunTasks.principalId, principalId),
  eq(begunTasks.connectionId, connectionId),
]

const boundTo = ({ principalId, connectionId, session }: Omit<Whose, 'targetHash'>, taskId: string) =>
  `begun task ${JSON.stringify([principalId, connectionId, session ?? '', taskId])}`

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
