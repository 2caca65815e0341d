import { and, count, eq, inArray, lt, sql } from 'drizzle-orm'
import type { LiveConnection } from '../connections/current'
import { heldTasks, reviews } from '../db/review-schema'
import { mayLive } from '../instances'
import { codes } from '../mcp/errors'
import { errorMessage, type Message, resultMessage } from '../mcp/messages'
import { awaitReview, type Settlement } from '../reviews/await-review'
import { cancelReviewAs } from '../reviews/cancel-review'
import { waiting } from '../reviews/visible'
import { runtime } from '../runtime'
import type { JsonObject, Principal } from '../types'
import type { CallerRequest } from './caller-request'
import type { Incoming } from './parse'

/** Our tasks go by this; any other task is the target's. */
const mark = 'sallyport-'
const pollMs = 2000
const keptForMs = 24 * 3_600_000
/** A poll waits so long for the answer of a call that it let through. */
const patienceMs = 10_000
const againMs = 1_000

type Row = typeof heldTasks.$inferSelect
type Request = { body: string; headers: Record<string, string> }
/** The answer to the call itself, as it would have been without a task. */
export type Run = (request: CallerRequest) => Promise<JsonObject>
/** What a settled review that is no approval answers to the call. */
export type Refused = (settled: Settlement, message: Message, review: string) => JsonObject

/** Each keeps its whole request for a day, and identical calls wait on one question, which the limit of questions counts once. */
const waitingMax = 100

/** Whether this caller may have one more task that waits. */
export async function mayOpenTask({ call }: Incoming): Promise<boolean> {
  const theirs = and(
    eq(heldTasks.principalId, call.principal.id),
    inArray(heldTasks.state, ['working', 'running']),
    waiting,
  )
  const [row] = await runtime()
    .db.select({ n: count() })
    .from(heldTasks)
    .innerJoin(reviews, eq(reviews.id, heldTasks.reviewId))
    .where(theirs)
  return (row?.n ?? 0) < waitingMax
}

/** Keeps a call that waits as a task (extension `io.modelcontextprotocol/tasks`, 2026-07-28): durable, sealed, this caller's. */
export async function openTask(incoming: Incoming, reviewId: string, link: string): Promise<JsonObject> {
  const { db, keys } = runtime()
  const id = crypto.randomUUID()
  const request: Request = { body: incoming.body, headers: incoming.headers }
  await db.delete(heldTasks).where(lt(heldTasks.createdAt, sql`now() - interval '1 day'`))
  const [row] = await db
    .insert(heldTasks)
    .values({
      ...{ id, reviewId, principalId: incoming.call.principal.id, connectionId: incoming.connection.id },
      requestSealed: keys.seal(JSON.stringify(request), `task ${id}`),
    })
    .returning()
  if (row === undefined) throw new Error('a task was not stored')
  return { resultType: 'task', ...shown(row), statusMessage: `waiting for approval: ${link}` }
}

export const isOwnTaskId = (id: string): boolean => id.startsWith(mark)

/** Whether a message is about a task of ours. */
export const isOwnTask = ({ method, params }: Message): boolean =>
  ['tasks/get', 'tasks/update', 'tasks/cancel'].includes(method) && isOwnTaskId(String(params.taskId))

/**
 * Answers a message about a task of ours. The first look after the approval lets the call through; whoever looks meanwhile is told
 * that it works still, and everybody afterwards gets the recorded answer. It never runs twice.
 */
export async function ownTask(
  message: Message,
  principal: Principal,
  connection: LiveConnection,
  run: Run,
  refused: Refused,
): Promise<JsonObject> {
  const row = await find(String(message.params.taskId).slice(mark.length), principal, connection)
  if (row === null) return errorMessage(message.id, codes.invalidParams, 'there is no such task of yours')
  if (message.method === 'tasks/get') return resultMessage(message.id, await look(row, run, refused))
  if (message.method === 'tasks/cancel') await cancel(row, principal)
  return resultMessage(message.id, { resultType: 'complete' })
}

async function find(id: string, principal: Principal, connection: LiveConnection): Promise<Row | null> {
  if (!/^[0-9a-f-]{36}$/.test(id)) return null
  const mine = and(eq(heldTasks.principalId, principal.id), eq(heldTasks.connectionId, connection.id))
  const [row] = await runtime()
    .db.select()
    .from(heldTasks)
    .where(and(eq(heldTasks.id, id), mine))
  return row ?? null
}

async function look(row: Row, run: Run, refused: Refused): Promise<JsonObject> {
  if (row.state === 'running') return detailed(await unlessDead(row))
  if (row.state !== 'working') return detailed(row)
  const { db, bell } = runtime()
  const settled = await awaitReview(bell, db, row.reviewId, { ms: 0 })
  if (settled.state === 'pending') return detailed(row)
  const request = requestOf(row)
  if (settled.state !== 'approved') {
    const state = settled.state === 'cancelled' ? 'cancelled' : 'completed'
    const message = JSON.parse(request.body) as JsonObject
    const asked = { id: 1, method: 'tools/call', params: message.params as JsonObject, body: message }
    return detailed(await finish(row, state, refused(settled, asked, row.reviewId)))
  }
  if (!(await claim(row))) return detailed({ ...row, state: 'running' })
  const running = run(callerRequest(request)).then(
    (answer) => surely(() => finish(row, 'result' in answer ? 'completed' : 'failed', answer)),
    () => surely(() => finish(row, 'failed', errorMessage(1, codes.internalError, lostWords))),
  )
  const late = new Promise<Row>((done) => setTimeout(() => done({ ...row, state: 'running' }), patienceMs).unref())
  return detailed(await Promise.race([running, late]))
}

const lostWords = 'the gateway stopped before the answer; the call may or may not have run'

/** What ran must be told: a database that is away for a moment would leave it running for as long as this process lives. */
async function surely(work: () => Promise<Row>): Promise<Row> {
  for (;;) {
    try {
      return await work()
    } catch (error) {
      runtime().log.warn({ err: error }, 'the end of a task could not be stored; trying again')
      await new Promise((wait) => setTimeout(wait, againMs).unref())
    }
  }
}

/** Of all who look at once, one runs it. */
async function claim({ id }: Row): Promise<boolean> {
  const { db, instanceId } = runtime()
  const mine = await db
    .update(heldTasks)
    .set({ state: 'running', instanceId, updatedAt: sql`now()` })
    .where(and(eq(heldTasks.id, id), eq(heldTasks.state, 'working')))
    .returning({ id: heldTasks.id })
  return mine.length === 1
}

async function unlessDead(row: Row): Promise<Row> {
  const { db, instanceId } = runtime()
  const live = await mayLive(db, instanceId)
  if (live === null || live.includes(row.instanceId ?? '')) return row
  return finish(row, 'failed', errorMessage(1, codes.internalError, lostWords))
}

/** What ended stays as it ended, whoever comes later. */
async function finish(row: Row, state: Row['state'], answer: JsonObject): Promise<Row> {
  const { db, keys } = runtime()
  const [after] = await db
    .update(heldTasks)
    .set({ state, answerSealed: keys.seal(JSON.stringify(answer), `task answer ${row.id}`), updatedAt: sql`now()` })
    .where(and(eq(heldTasks.id, row.id), inArray(heldTasks.state, ['working', 'running'])))
    .returning()
  if (after !== undefined) return after
  const [ended] = await db.select().from(heldTasks).where(eq(heldTasks.id, row.id))
  return ended ?? row
}

async function cancel(row: Row, { id, email, name }: Principal): Promise<void> {
  const { db } = runtime()
  // A question that was decided stays so; but what did not run yet will not. What runs is past taking back.
  await cancelReviewAs(db, { id, name: email ?? name }, row.reviewId).catch(() => {})
  const waits = and(eq(heldTasks.id, row.id), eq(heldTasks.state, 'working'))
  await db.update(heldTasks).set({ state: 'cancelled', updatedAt: sql`now()` }).where(waits)
}

const requestOf = ({ id, requestSealed }: Row): Request => JSON.parse(runtime().keys.open(requestSealed, `task ${id}`))

/** The request as its caller sent it. The caller of a task may leave; the call goes on. */
const callerRequest = ({ body, headers }: Request): CallerRequest => ({
  method: 'POST',
  url: '',
  signal: new AbortController().signal,
  onOver: () => {},
  whenGone: () => () => {},
  headers: {
    get: (name) => headers[name] ?? null,
    [Symbol.iterator]: () => Object.entries(headers)[Symbol.iterator]() as Iterator<[string, string]>,
  },
  bytes: async () => Buffer.from(body),
})

const shown = ({ id, state, createdAt, updatedAt }: Row): JsonObject => ({
  taskId: `${mark}${id}`,
  status: state === 'running' ? 'working' : state,
  createdAt: createdAt.toISOString(),
  lastUpdatedAt: updatedAt.toISOString(),
  ttlMs: keptForMs,
  pollIntervalMs: pollMs,
})

function detailed(row: Row): JsonObject {
  const { result, error } = answerOf(row)
  const end: JsonObject =
    row.state === 'completed' ? { result: result ?? {} } : row.state === 'failed' ? { error: error ?? {} } : {}
  return { resultType: 'complete', ...shown(row), ...end }
}

const answerOf = ({ id, answerSealed }: Row): JsonObject =>
  answerSealed === null ? {} : (JSON.parse(runtime().keys.open(answerSealed, `task answer ${id}`)) as JsonObject)
