import { randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import type { Transaction } from '../context'
import { chains } from '../db/record-schema'
import { entries } from '../db/schema'
import type { EntryKind, JsonObject } from '../types'
import { chained, genesis } from './chain'

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
  const head = (await lockHead(tx)) ?? (await begin(tx))
  const entry = chained(
    {
      id: randomUUID(),
      kind: event.kind ?? 'admin',
      at: new Date(),
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
    head.seq + 1,
    head.hash,
  )
  const added = tx.$with('added').as(tx.insert(entries).values(entry).returning({ id: entries.id }))
  await tx.with(added).update(chains).set({ seq: entry.seq, hash: entry.hash }).where(eq(chains.id, sharedChain))
}

/** Everybody who writes to the shared chain waits for this, so it is as late and as little as can be. */
async function lockHead(tx: Transaction) {
  const [head] = await tx.select().from(chains).where(eq(chains.id, sharedChain)).for('update')
  return head
}

async function begin(tx: Transaction) {
  await tx.insert(chains).values({ id: sharedChain, kind: 'shared', seq: 0, hash: genesis }).onConflictDoNothing()
  const head = await lockHead(tx)
  if (head === undefined) throw new Error('the shared chain has no head')
  return head
}
