import { type SQL, sql } from 'drizzle-orm'
import { partsCut } from '../audit/cut'
import { type Database, type Transaction, transaction } from '../context'
import { ownId } from '../db/own-connection'
import type { Recorded } from '../policy/recorded'
import type { Decision, Effect, JsonObject, RuleRef } from '../types'

/** A decided call as the record holds it; `kept` says why not, when it does not hold what decided it. */
export type RecordedCall = {
  entry: string
  session: string | null
  at: Date
  person: { id: string; name: string }
  connection: string
  action: string
  resource: string
  version: number
  kept: Kept | { why: string }
}

/** `before`: as `effect`, but what an approval let through is what waits. */
export type Kept = Pick<Decision, 'effect' | 'reason' | 'rules' | 'errors' | 'grantId'> & {
  recorded: Recorded
  before: Effect
  masks: string[]
}

type Row = {
  id: string
  session_id: string | null
  at: Date
  principal_id: string
  principal: string
  connection_id: string | null
  connection: string
  action: string
  resource: string
  policy_version: number
  body: string
}

export type Window = { from: Date; to: Date }

// A page is judged in one breath, in which no call is served.
const pageSize = 250
// What a caller asks Sallyport itself is decided by no rule.
const ofCalls = sql`kind in ('call', 'refusal') and outcome <> 'refused' and connection_id is distinct from ${ownId}::uuid`
const columns = sql`id, session_id, at, principal_id, principal, connection_id, connection, action, resource, policy_version, body`

const within = ({ from, to }: Window) =>
  sql`at > ${from.toISOString()}::timestamptz and at <= ${to.toISOString()}::timestamptz and ${ofCalls}`

export async function countRecorded(db: Database, window: Window): Promise<number> {
  const { rows } = await db.execute(sql`select count(*)::int as n from entries where ${within(window)}`)
  return (rows[0] as { n: number }).n
}

/** Hands every decided call of a time to `take`, page by page, until `signal` ends it. The database keeps one reading of itself. */
export async function eachRecorded(
  db: Database,
  window: Window,
  signal: AbortSignal,
  take: (page: RecordedCall[]) => Promise<void> | void,
): Promise<void> {
  await transaction({ db }, (tx) =>
    eachPage(tx, sql`select ${columns} from entries where ${within(window)}`, async (rows) => {
      signal.throwIfAborted()
      await take((rows as unknown as Row[]).map(recordedCall))
    }),
  )
}

/** Calls of one person to one thing that the same rules decided; none of them when they were denied, or nobody can tell. */
export type CallKind = { person: string; connection: string; resource: string; rules: RuleRef[]; times: number }

/**
 * As `eachRecorded`, but put together: PostgreSQL reads what was decided and counts in a fraction of the time that it takes to
 * hand each call over.
 */
export async function eachKind(db: Database, window: Window, take: (kind: CallKind) => void): Promise<void> {
  await transaction({ db }, async (tx) => {
    // The kinds fit in memory, and all of them are wanted, not the first.
    await tx.execute(sql`set local work_mem = '32MB'`)
    await tx.execute(sql`set local cursor_tuple_fraction = 1`)
    const kinds = sql`
      select principal_id as person, connection, resource, ${decisionText} as decided, count(*)::int as times
      from entries where ${within(window)} group by 1, 2, 3, 4`
    await eachPage(tx, kinds, (rows) => {
      for (const { decided, ...kind } of rows as unknown as (Omit<CallKind, 'rules'> & { decided: string })[])
        take({ ...kind, rules: rulesIn(decided) })
    })
  })
}

const atStart = '{"decision":{"effect":'
const inside = ',"decision":{"effect":'
const grant = ',"grantId":'

// Of a body what stands between the start of its decision and the grant, which are our own words alone. A body begins with its
// decision. Those from before that did have it between what callers and tokens say, either of which may hold something that looks
// like one: where there is one such place it is the decision, and where there are more the whole body is handed over, to be parsed.
const decisionText = sql`
  case when starts_with(body, ${atStart}) then split_part(substr(body, ${atStart.length + 1}::integer), ${grant}, 1)
    when split_part(body, ${inside}, 3) = '' then split_part(split_part(body, ${inside}, 2), ${grant}, 1)
    else body end`

function rulesIn(decided: string): RuleRef[] {
  const { effect, rules } = read(decided.startsWith('{') ? decided : `${atStart}${decided}}}`).decision ?? {}
  return effect === undefined || effect === 'deny' ? [] : (rules ?? [])
}

async function eachPage(
  tx: Transaction,
  query: SQL,
  take: (rows: Record<string, unknown>[]) => Promise<void> | void,
): Promise<void> {
  await tx.execute(sql`declare recorded no scroll cursor for ${query}`)
  for (;;) {
    const { rows } = await tx.execute(sql`fetch ${sql.raw(String(pageSize))} from recorded`)
    if (rows.length > 0) await take(rows)
    if (rows.length < pageSize) return
  }
}

/** One entry; null when it is no decided call. */
export async function recordedEntry(db: Database, id: string): Promise<RecordedCall | null> {
  if (!/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) return null
  const { rows } = await db.execute(sql`select ${columns} from entries where id = ${id}::uuid and ${ofCalls}`)
  const row = rows[0] as unknown as Row | undefined
  return row === undefined ? null : recordedCall(row)
}

type Body = {
  /** All of it, or the parts that are named. */
  cut?: true | string[]
  arguments?: JsonObject
  argumentsWhole?: boolean
  decision?: Omit<Kept, 'recorded' | 'before'>
  claims?: { groups?: string[]; kind?: 'user' | 'service'; named?: JsonObject; absent?: string[] }
  facts?: Pick<Recorded, 'sql' | 'http' | 'tool'> & { toolIsPinned?: boolean; httpMasked?: true }
}

function recordedCall(row: Row): RecordedCall {
  const call = {
    entry: row.id,
    session: row.session_id,
    at: new Date(row.at),
    person: { id: row.principal_id, name: row.principal },
    connection: row.connection,
    action:
      row.action === 'resources/subscribe' || row.action === 'resources/unsubscribe' ? 'resources/read' : row.action,
    resource: row.resource,
    version: row.policy_version,
  }
  return { ...call, kept: keptOf(row, call) }
}

function keptOf(
  row: Row,
  { at, action, resource }: Pick<RecordedCall, 'at' | 'action' | 'resource'>,
): RecordedCall['kept'] {
  const body = read(row.body)
  const { decision, claims, facts } = body
  const cut = partsCut(body)
  if (body.cut === true) return { why: 'the entry was too large for the record, which keeps its start only' }
  if (row.action === 'completion/complete') return { why: 'completions are recorded without what they complete' }
  if (decision === undefined || claims === undefined || row.connection_id === null)
    return { why: 'the entry does not hold what decided it' }
  const recorded: Recorded = {
    at,
    person: {
      id: row.principal_id,
      shown: row.principal,
      groups: claims.groups ?? [],
      kind: claims.kind ?? 'user',
    },
    named: claims.named ?? {},
    absent: claims.absent ?? [],
    connection: { id: row.connection_id, name: row.connection },
    ...{ action, resource },
    args: cut.includes('arguments') ? {} : (body.arguments ?? {}),
    isWhole: body.argumentsWhole ?? decision.masks.length === 0,
    hasFacts: !cut.includes('facts'),
    sql: facts?.sql ?? null,
    http: facts?.http ?? null,
    httpIsMasked: facts?.httpMasked === true,
    tool: facts?.tool ?? null,
    toolIsPinned: facts?.toolIsPinned ?? null,
  }
  const { effect, reason, rules, errors = [], grantId, masks } = decision
  return { recorded, before: grantId === null ? effect : 'review', effect, reason, rules, errors, grantId, masks }
}

function read(text: string): Body {
  try {
    return JSON.parse(text) as Body
  } catch {
    return {}
  }
}
