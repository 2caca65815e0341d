import { and, asc, desc, eq, inArray } from 'drizzle-orm'
import { sharedChain } from '../audit/emit'
import { type Context, requireAuditor } from '../context'
import { connections, entries, quarantine, tools } from '../db/schema'
import { Refusal } from '../errors'
import type { JsonObject } from '../types'
import { type QuarantineView, type ToolEvent, undecidedMax } from './schemas'

const eventsShown = 50
const actions = ['tool.quarantine', 'tool.accept', 'tool.reject']

/** Tools that are not as accepted, beside what was accepted of them, and who decided what before; newest events first. */
export async function listQuarantine({ db, ...ctx }: Context, name: string): Promise<QuarantineView> {
  requireAuditor({ db, ...ctx })
  const [row] = await db.select().from(connections).where(eq(connections.name, name))
  if (row === undefined) throw new Refusal('not-found', `there is no connection \`${name}\``)
  const which = and(eq(entries.chain, sharedChain), eq(entries.connection, name), inArray(entries.action, actions))
  const [held, accepted, events] = await Promise.all([
    db.select().from(quarantine).where(eq(quarantine.connectionId, row.id)).orderBy(asc(quarantine.name)),
    db.select().from(tools).where(eq(tools.connectionId, row.id)),
    db.select().from(entries).where(which).orderBy(desc(entries.seq)).limit(eventsShown),
  ])
  const pins = new Map(accepted.map((tool) => [tool.name, tool.definition as JsonObject]))
  return {
    tools: held.map(({ name: tool, hash, state, problem, seenBy, seenAt, definition }) => ({
      ...{ name: tool, hash, state, problem, seenBy, seenAt: seenAt.toISOString() },
      before: pins.get(tool) ?? null,
      after: definition as JsonObject,
    })),
    isFull: held.filter(({ state }) => state !== 'rejected').length >= undecidedMax,
    events: events.map(({ seq, at, action, principal, resource }) => ({
      ...{ seq, at: at.toISOString(), by: principal, tool: resource },
      did: action.slice('tool.'.length) as ToolEvent['did'],
    })),
  }
}
