import { eq, sql } from 'drizzle-orm'
import { emit } from '../audit/emit'
import type { Transaction } from '../context'
import { ring } from '../db/notify'
import { quarantine, tools } from '../db/schema'
import type { JsonObject } from '../types'
import type { ConnectionRow } from './change'

/** A tool as a list described it, and whose list; `hash` is that of the description as it came. */
export type Observed = { name: string; hash: string; definition: JsonObject; problem: string | null; seenBy: string }

// A target may make up new tools in each list; whoever looks at this many has seen what it does. Those that were accepted always
// have their place: what they changed into must not be called.
const keptMax = 500
/** One that describes a tool otherwise each time has it written no more often than this. */
export const restMs = 10_000

const self = { id: 'sallyport', name: 'sallyport' }

/**
 * Puts what is not as accepted into quarantine, each change with an event in the record; gives back what changed again too soon,
 * to be brought once more. The row of the connection is held, so that of two lists with the same news one writes it.
 */
export async function quarantineTools(
  tx: Transaction,
  row: Pick<ConnectionRow, 'id' | 'name'>,
  observed: Observed[],
  rest = restMs,
): Promise<Observed[]> {
  const [accepted, known] = await Promise.all([
    tx.select().from(tools).where(eq(tools.connectionId, row.id)),
    tx.select().from(quarantine).where(eq(quarantine.connectionId, row.id)),
  ])
  const pins = new Map(accepted.map((tool) => [tool.name, tool]))
  const before = new Map(known.map((tool) => [tool.name, tool]))
  const tooSoon: Observed[] = []
  let put = false
  for (const tool of observed) {
    const { name, hash, definition, problem, seenBy } = tool
    const [pin, old] = [pins.get(name), before.get(name)]
    if (pin?.hash === hash || old?.hash === hash) continue
    if (old === undefined && pin === undefined && before.size >= keptMax) continue
    if (old !== undefined && Date.now() - old.seenAt.getTime() < rest) {
      tooSoon.push(tool)
      continue
    }
    const news = { definition, hash, problem, seenBy, state: 'waiting' as const }
    const [kept] = await tx
      .insert(quarantine)
      .values({ connectionId: row.id, name, ...news })
      .onConflictDoUpdate({ target: [quarantine.connectionId, quarantine.name], set: { ...news, seenAt: sql`now()` } })
      .returning()
    before.set(name, kept!)
    put = true
    const body: JsonObject = { seenBy, accepted: pin?.hash ?? null, hash, definition, problem }
    await emit(tx, self, { action: 'tool.quarantine', connection: row.name, resource: name, body })
  }
  if (put) await ring(tx, 'connections', row.name)
  return tooSoon
}
