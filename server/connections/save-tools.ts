import { createHash } from 'node:crypto'
import { and, eq, notInArray, sql } from 'drizzle-orm'
import type { Transaction } from '../context'
import { tools } from '../db/schema'
import { canonical } from '../policy/digest'
import type { JsonObject } from '../types'

const atOnceMax = 500

/** SHA-256 (hex) over the whole definition (RFC 8785): an approval is for the tool as it was described. */
export const toolHash = (definition: JsonObject): string =>
  createHash('sha256').update(canonical(definition)).digest('hex')

/** Makes the catalog of a connection exactly these; names must differ. */
export async function saveTools(tx: Transaction, connectionId: string, definitions: JsonObject[]): Promise<void> {
  const rows = definitions.map((definition) => {
    const name = String(definition.name)
    return { connectionId, name, definition, hash: toolHash(definition) }
  })
  const names = rows.map((row) => row.name)
  const gone = names.length === 0 ? undefined : notInArray(tools.name, names)
  await tx.delete(tools).where(and(eq(tools.connectionId, connectionId), gone))
  const set = { definition: sql`excluded.definition`, hash: sql`excluded.hash`, seenAt: sql`now()` }
  for (let at = 0; at < rows.length; at += atOnceMax)
    await tx
      .insert(tools)
      .values(rows.slice(at, at + atOnceMax))
      .onConflictDoUpdate({ target: [tools.connectionId, tools.name], set })
}
