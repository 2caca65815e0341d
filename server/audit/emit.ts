import { sql } from 'drizzle-orm'
import type { Transaction } from '../context'
import { chains } from '../db/record-schema'
import type { Entry, EntryKind, JsonObject } from '../types'
import { chained, coveredText, genesis } from './chain'
import { newEntryId } from './entry-id'
import { isoNow } from './iso-now'

/** The one chain that admin actions and reviews share, whichever process writes them. */
export const sharedChain = '00000000-0000-4000-8000-000000000001'

export type AuditEvent = {
  action: string
  kind?: EntryKind
  connection?: string
  resource?: string
  outcome?: 'ok' | 'denied'
  policyVersion?: number
  /** What changed, before and after; never a raw masked value or a credential. */
  body: JsonObject
}

/** Appends to the shared chain inside the caller's transaction, under a row lock on its head: both happen, or neither. */
export async function emit(tx: Transaction, actor: { id: string; name: string }, event: AuditEvent): Promise<void> {
  const draft = chained(
    {
      id: newEntryId(),
      kind: event.kind ?? 'admin',
      at: isoNow(),
      sessionId: null,
      callId: null,
      principalId: actor.id,
      principal: actor.name,
      client: '',
      connectionId: null,
      connection: event.connection ?? '',
      action: event.action,
      resource: event.resource ?? '',
      outcome: event.outcome ?? 'ok',
      policyVersion: event.policyVersion ?? 0,
      masked: 0,
      body: JSON.stringify(event.body),
    },
    sharedChain,
    0,
    genesis,
  )
  if (await append(tx, draft)) return
  await tx.insert(chains).values({ id: sharedChain, kind: 'shared', seq: 0, hash: genesis }).onConflictDoNothing()
  if (!(await append(tx, draft))) throw new Error('the shared chain has no head')
}

/**
 * Gives an entry its place behind the head, and moves the head. One statement: everybody who writes to the shared chain waits for
 * this, so it is as late and as little as can be. False when the chain has no head yet.
 */
async function append(tx: Transaction, entry: Entry): Promise<boolean> {
  // As `entryHash` does, where the head is known.
  const hashed = sql`encode(sha256(convert_to(
    '["' || hash || '","' || id || '",' || (seq + 1) || ',' || ${coveredText(entry)}, 'UTF8')), 'hex')`
  const { id, kind, at, principalId, principal, connection, action, resource, outcome, policyVersion, body } = entry
  const { rowCount } = await tx.execute(sql`
    with head as (select id, seq, hash from chains where id = ${sharedChain} for update),
    placed as (select id as chain, seq + 1 as seq, hash as previous_hash, ${hashed} as hash from head),
    added as (
      insert into entries (chain, seq, id, kind, at, principal_id, principal, client, connection, action, resource, outcome,
        policy_version, masked, body, previous_hash, hash)
      select chain, seq, ${id}::uuid, ${kind}, ${at}::timestamptz, ${principalId}, ${principal}, '', ${connection},
        ${action}, ${resource}, ${outcome}, ${policyVersion}::integer, 0, ${body}, previous_hash, hash from placed)
    update chains set seq = placed.seq, hash = placed.hash from placed where chains.id = placed.chain`)
  return rowCount === 1
}
