import { eq, sql } from 'drizzle-orm'
import { emit } from '../audit/emit'
import type { Transaction } from '../context'
import { ring } from '../db/notify'
import { quarantine, tools } from '../db/schema'
import type { JsonObject } from '../types'
import type { ConnectionRow } from './change'
import { undecidedMax } from './schemas'

/** A tool as a list described it, and whose list; `hash` is that of the description as it came. */
export type Observed = { name: string; hash: string; definition: JsonObject; problem: string | null; seenBy: string }

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
  let undecided = known.filter(({ state }) => state !== 'rejected').length
  const tooSoon: Observed[] = []
  let put = false
  for (const tool of observed) {
    const { name, hash, definition, problem, seenBy } = tool
    const [pin, old] = [pins.get(name), before.get(name)]
    const wasRejected = old !== undefined && old.state !== 'waiting'
    if (old?.hash === hash || (pin?.hash === hash && !wasRejected)) continue
    if (old === undefined && pin === undefined && undecided >= undecidedMax) continue
    if (old !== undefined && Date.now() - old.seenAt.getTime() < rest) {
      tooSoon.push(tool)
      continue
    }
    const state = wasRejected ? ('returned' as const) : ('waiting' as const)
    const news = { definition, hash, problem, seenBy, state }
    const [kept] = await tx
      .insert(quarantine)
      .values({ connectionId: row.id, name, ...news })
      .onConflictDoUpdate({ target: [quarantine.connectionId, quarantine.name], set: { ...news, seenAt: sql`now()` } })
      .returning()
    before.set(name, kept!)
    if (old === undefined || old.state === 'rejected') undecided += 1
    put = true
    const body: JsonObject = {
      seenBy,
      accepted: pin?.hash ?? null,
      rejectedBefore: wasRejected,
      hash,
      definition,
      problem,
    }
    await emit(tx, self, { action: 'tool.quarantine', connection: row.name, resource: name, body })
  }
  if (put) await ring(tx, 'connections', row.name)
  return tooSoon
}
