import { and, eq, inArray, notInArray, type SQL, sql } from 'drizzle-orm'
import type { Transaction } from '../context'
import { connections, quarantine, tools } from '../db/schema'
import type { JsonObject } from '../types'
import type { ConnectionRow } from './change'
import { type Observed, quarantineTools } from './quarantine-tools'
import type { Shown } from './shown-definition'
import { keptDefinition, toolHash } from './tool-hash'

const atOnceMax = 500

/**
 * What a list that the gateway made itself means; names must differ. The first one is pinned, and where nothing is pinned the
 * catalog becomes each one. Later ones change no pin: what differs goes into quarantine; what is as accepted is kept as masks show it
 * now, and leaves quarantine unless it was rejected: a target can tell our list from a caller's.
 */
export async function saveTools(
  tx: Transaction,
  row: ConnectionRow,
  definitions: JsonObject[],
  shown: Shown,
): Promise<void> {
  const listed = definitions.map((definition) => ({
    ...{ connectionId: row.id, name: String(definition.name), hash: toolHash(definition), problem: null },
    ...{ definition: keptDefinition(shown(definition)), seenBy: 'the gateway' },
  }))
  if (row.pinning !== 'off' && row.pinnedAt !== null) return compare(tx, row, listed)
  await replace(tx, row.id, listed)
  await tx.delete(quarantine).where(eq(quarantine.connectionId, row.id))
  if (row.pinning !== 'off')
    await tx.update(connections).set({ pinnedAt: sql`now()` }).where(eq(connections.id, row.id))
}

type Listed = Observed & { connectionId: string }

async function replace(tx: Transaction, connectionId: string, listed: Listed[]): Promise<void> {
  const names = listed.map(({ name }) => name)
  const gone = names.length === 0 ? undefined : notInArray(tools.name, names)
  await tx.delete(tools).where(and(eq(tools.connectionId, connectionId), gone))
  await put(tx, listed, { definition: sql`excluded.definition`, hash: sql`excluded.hash`, seenAt: sql`now()` })
}

async function put(tx: Transaction, listed: Listed[], set: Record<string, SQL>): Promise<void> {
  const rows = listed.map(({ problem: _, seenBy: __, ...row }) => row)
  for (let at = 0; at < rows.length; at += atOnceMax)
    await tx
      .insert(tools)
      .values(rows.slice(at, at + atOnceMax))
      .onConflictDoUpdate({ target: [tools.connectionId, tools.name], set })
}

async function compare(tx: Transaction, row: ConnectionRow, listed: Listed[]): Promise<void> {
  const accepted = await tx.select().from(tools).where(eq(tools.connectionId, row.id))
  const hashes = new Map(accepted.map(({ name, hash }) => [name, hash]))
  const asAccepted = listed.filter(({ name, hash }) => hashes.get(name) === hash)
  const names = asAccepted.map(({ name }) => name)
  const waits = and(eq(quarantine.connectionId, row.id), eq(quarantine.state, 'waiting'))
  if (names.length > 0) await tx.delete(quarantine).where(and(waits, inArray(quarantine.name, names)))
  await put(tx, asAccepted, { definition: sql`excluded.definition` })
  // An administrator asked for it.
  await quarantineTools(tx, row, listed, 0)
}
