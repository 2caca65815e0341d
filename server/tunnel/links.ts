import { and, eq, inArray, isNull, lt, sql } from 'drizzle-orm'
import { emit } from '../audit/emit'
import type { Database, Transaction } from '../context'
import { agentLinks, agents } from '../db/identity-schema'
import { ring } from '../db/notify'

type Who = { id: string; name: string; publicKey: string; version: string; targets: string[] }

const actor = ({ id, name }: { id: string; name: string }) => ({ id: `agent ${id}`, name })

export type LinkRows = ReturnType<typeof linkRows>

/** The rows that say which agent is connected to this instance, for the console and for other instances. */
export function linkRows(db: Database, instanceId: string) {
  const mine = (agentId: string) => and(eq(agentLinks.agentId, agentId), eq(agentLinks.instanceId, instanceId))
  const inOrder = createTurns()
  return {
    settled: inOrder.all,

    /** False when the agent was revoked, or given another key, in the meantime. */
    connected: (who: Who): Promise<boolean> =>
      inOrder.after(who.id, db, async (tx) => {
        const { id, version, targets } = who
        const [still] = await tx
          .update(agents)
          .set({ version, targets, lastSeenAt: sql`now()` })
          .where(and(eq(agents.id, id), eq(agents.publicKey, who.publicKey), isNull(agents.revokedAt)))
          .returning()
        if (still === undefined) return false
        const fresh = { connectedAt: sql`now()`, seenAt: sql`now()`, inFlight: 0 }
        await tx
          .insert(agentLinks)
          .values({ agentId: id, instanceId, ...fresh })
          .onConflictDoUpdate({ target: [agentLinks.agentId, agentLinks.instanceId], set: fresh })
        await said(tx, who, 'agent.connect', { instance: instanceId, version, targets })
        return true
      }),

    gone: (who: { id: string; name: string }, reason: string): Promise<void> =>
      inOrder.after(who.id, db, async (tx) => {
        await tx.delete(agentLinks).where(mine(who.id))
        await tx.update(agents).set({ lastSeenAt: sql`now()` }).where(eq(agents.id, who.id))
        await said(tx, who, 'agent.disconnect', { instance: instanceId, reason })
      }),

    targets: (id: string, targets: string[]): Promise<void> =>
      db.transaction(async (tx) => {
        await tx.update(agents).set({ targets }).where(eq(agents.id, id))
        await ring(tx, 'agents', id)
      }),

    /** Says of each that it is connected, and how many calls it has in flight. */
    beat: async (counts: Map<string, number>): Promise<void> => {
      const ids = [...counts.keys()]
      const inFlight = [...counts.values()]
      await db.execute(sql`
        update agent_links set seen_at = now(), in_flight = counted.calls
        from unnest(${sql.param(ids)}::uuid[], ${sql.param(inFlight)}::int[]) as counted(id, calls)
        where agent_id = counted.id and instance_id = ${instanceId}`)
      await db.update(agents).set({ lastSeenAt: sql`now()` }).where(inArray(agents.id, ids))
    },

    /** Whether another instance heard of the agent a moment ago. */
    elsewhere: async (agentId: string): Promise<boolean> => {
      const rows = await db
        .select({ id: agentLinks.instanceId })
        .from(agentLinks)
        .where(and(eq(agentLinks.agentId, agentId), sql`${agentLinks.seenAt} > now() - interval '15 seconds'`))
      return rows.some(({ id }) => id !== instanceId)
    },

    /** Those of this instance, and those that a dead one left. */
    forget: async (): Promise<void> => {
      await db.delete(agentLinks).where(eq(agentLinks.instanceId, instanceId))
      await db.delete(agentLinks).where(lt(agentLinks.seenAt, sql`now() - interval '1 minute'`))
    },
  }
}

/** One transaction of an agent after the other: that it left must not be written after that it came back. */
function createTurns() {
  const turns = new Map<string, Promise<unknown>>()
  return {
    after: <T>(id: string, db: Database, work: (tx: Transaction) => Promise<T>): Promise<T> => {
      const before = turns.get(id) ?? Promise.resolve()
      const mine = before.then(() => db.transaction(work))
      const settled: Promise<void> = mine
        .then(
          () => {},
          () => {},
        )
        .then(() => {
          if (turns.get(id) === settled) turns.delete(id)
        })
      turns.set(id, settled)
      return mine
    },
    all: async (): Promise<void> => void (await Promise.all(turns.values())),
  }
}

async function said(tx: Transaction, who: { id: string; name: string }, action: string, body: object): Promise<void> {
  await emit(tx, actor(who), { action, kind: 'agent', resource: who.name, body: JSON.parse(JSON.stringify(body)) })
  await ring(tx, 'agents', who.id)
}
