import { eq, sql } from 'drizzle-orm'
import { cutBody } from '../audit/cut'
import { emit } from '../audit/emit'
import type { Database, Transaction } from '../context'
import { ring } from '../db/notify'
import { type CallFacts, reviews, type Wanted } from '../db/review-schema'
import { storable } from '../db/storable'
import type { Keys } from '../keys'
import { shownHttp } from '../policy/http-facts'
import type { AskedRule, Call, JsonObject } from '../types'
import { expireWhere } from './expire-reviews'
import { tellReason } from './give-reason'
import { ownersOf } from './owners'
import { waiting } from './visible'
import { wholeText } from './whole'

export type OpenReview = {
  digest: string
  call: Call
  sessionId: string | null
  asked: AskedRule[]
  argumentsMasked: JsonObject
  metaMasked?: JsonObject
  reason: string | null
  policyVersion: number
  /** The question that this is the counter-offer to. */
  offerOf?: string
  /** Access that is asked for ahead, in place of a call. */
  wanted?: Wanted
}
export type ReviewTicket = { id: string; expiresAt: Date; joined: boolean }

/** An AI in a loop must not bury people. */
const pendingMax = 20
/** Nor ask for ever what was denied, nor have them told of what it takes back at once: in ten minutes, of one question and of all. */
const vainMax = { same: 5, any: 60 }

/**
 * Opens a question, or joins the pending one of the same caller and digest. `too-many`: 20 of theirs wait already; `muted`: an
 * approver wants no new ones for a while; `repeated`: asked, and denied or taken back, again and again.
 */
export async function openReview(
  db: Database,
  keys: Pick<Keys, 'seal'>,
  input: OpenReview,
): Promise<ReviewTicket | 'too-many' | 'muted' | 'repeated'> {
  return db.transaction(async (tx) => {
    const { call } = input
    // One caller's questions come one after another, so that the limit is one and identical ones meet.
    await tx.execute(sql`select pg_advisory_xact_lock(hashtext(${`review ${call.principal.id}`}))`)
    const { over, pending, waits, silent, vain } = await standing(tx, call.principal.id, input.digest)
    if (pending !== null && !over) {
      if (pending.reason === null && input.reason !== null)
        await tellReason(tx, call.principal, pending.id, input.reason)
      return { id: pending.id, expiresAt: pending.expiresAt, joined: true }
    }
    if (waits >= pendingMax) return 'too-many'
    if (silent) return 'muted'
    if (vain.same >= vainMax.same || vain.any >= vainMax.any) return 'repeated'
    // What is over but not marked so yet would stand in the way of the next one.
    if (pending !== null) await expireWhere(tx, eq(reviews.id, pending.id))
    return insertReview(tx, keys, input)
  })
}

type Standing = {
  id: string | null
  expires_at: Date
  reason: string | null
  over: boolean
  waits: number
  silent: boolean
  vain: { same: number; any: number }
}

/** The pending question of the same digest, how many of theirs wait or were in vain, and whether an approver muted them: in one look. */
async function standing(tx: Transaction, principalId: string, digest: string) {
  const { rows } = await tx.execute(sql`
    select same.id, same.expires_at, same.reason, same.expires_at <= now() as over,
      (select count(*)::int from reviews where principal_id = ${principalId} and ${waiting}) as waits,
      exists (select from mutes where principal_id = ${principalId} and until > now()) as silent,
      (select json_build_object('any', count(*), 'same', count(*) filter (where digest = ${digest})) from reviews
        where principal_id = ${principalId} and created_at > now() - interval '10 minutes' and state in ('denied', 'cancelled'))
        as vain
    from (values (1)) one left join reviews same
      on same.principal_id = ${principalId} and same.digest = ${digest} and same.state = 'pending'`)
  const [row] = rows as unknown as Standing[]
  if (row === undefined) throw new Error('what stands was not answered with a row')
  const { id, expires_at, reason, ...rest } = row
  return { ...rest, pending: id === null ? null : { id, expiresAt: new Date(expires_at), reason } }
}

/** What the call would touch, without what the arguments are kept without; the template says it whole to who sees them whole. */
function keptFacts(call: Call, shown: JsonObject): CallFacts {
  const { sql, tool, toolHash = '', httpTemplate } = call
  const template = httpTemplate === undefined ? {} : { httpTemplate }
  return { sql, http: shownHttp(call, shown), tool, toolHash, ...template }
}

const keptMeta = (meta: JsonObject | undefined): { metaMasked?: string } =>
  meta === undefined ? {} : { metaMasked: cutBody(JSON.stringify(meta)) }

/** One more pending question. */
export async function insertReview(
  tx: Transaction,
  keys: Pick<Keys, 'seal'>,
  input: OpenReview,
): Promise<ReviewTicket> {
  const { call, asked, digest, policyVersion } = input
  const { principal, client, connection } = call
  const owners = ownersOf(principal).map(storable)
  const minutes = Math.min(...asked.map((rule) => rule.review.expiresMinutes))
  const id = crypto.randomUUID()
  const resource = { type: call.resource.type, id: storable(call.resource.id) }
  const { metaMasked: meta } = input
  const [row] = await tx
    .insert(reviews)
    .values({
      id,
      digest,
      principalId: principal.id,
      principal: { name: storable(principal.name), email: principal.email, groups: principal.groups, owners },
      client: { name: storable(client.name), version: storable(client.version) },
      sessionId: input.sessionId,
      connectionId: connection.id,
      connection: connection.name,
      targetHash: connection.targetHash,
      action: call.action,
      resource,
      facts: { ...keptFacts(call, input.argumentsMasked), ...keptMeta(meta) },
      claimsSealed: keys.seal(JSON.stringify(principal.claims), `claims ${id}`),
      offerOf: input.offerOf ?? null,
      kind: input.wanted === undefined ? 'call' : 'access',
      wanted: input.wanted ?? null,
      argumentsSealed: input.wanted === undefined ? keys.seal(wholeText(call), `review ${id}`) : null,
      argumentsMasked: JSON.stringify(input.argumentsMasked),
      asked,
      policyVersion,
      reason: input.reason === null ? null : storable(input.reason),
      expiresAt: sql`now() + make_interval(mins => ${minutes})`,
    })
    .returning({ id: reviews.id, expiresAt: reviews.expiresAt })
  if (row === undefined) throw new Error('a review was not stored')
  const actor = { id: principal.id, name: principal.email ?? storable(principal.name) }
  const rules = asked.map(({ role, rule }) => ({ role, rule }))
  await ring(tx, 'reviews', id)
  await emit(tx, actor, {
    action: 'review.open',
    kind: 'review',
    connection: connection.name,
    resource: resource.id,
    policyVersion,
    body: {
      review: id,
      digest,
      arguments: input.argumentsMasked,
      ...(meta ? { meta } : {}),
      reason: input.reason,
      rules,
    },
  })
  return { ...row, joined: false }
}
