import { asc, eq, sql } from 'drizzle-orm'
import { type Context, requireAuditor } from '../context'
import { agentLinks, agents } from '../db/identity-schema'
import { connections, instances } from '../db/schema'
import type { AgentState, AgentView } from './schemas'

type Row = typeof agents.$inferSelect

/** For admins and auditors: agents, whether each is connected, and what depends on it. */
export async function listAgents(ctx: Context): Promise<AgentView[]> {
  requireAuditor(ctx)
  const { db } = ctx
  const [rows, links, attached, [live]] = await Promise.all([
    db.select().from(agents).orderBy(asc(agents.name)),
    // A link that nobody spoke of for so long is that of an instance that died.
    db.select().from(agentLinks).where(sql`${agentLinks.seenAt} > now() - interval '15 seconds'`),
    db
      .select({ agentId: connections.agentId, name: connections.name, target: connections.target })
      .from(connections)
      .where(eq(connections.transport, 'agent'))
      .orderBy(asc(connections.name)),
    db
      .select({ count: sql<number>`count(*)::int`, now: sql<string>`now()` })
      .from(instances)
      .where(sql`${instances.lastSeenAt} > now() - interval '20 seconds'`),
  ])
  return rows.map((row) => {
    const mine = links.filter(({ agentId }) => agentId === row.id)
    return {
      ...publicOf(row, new Date(live?.now ?? 0)),
      online: mine.length > 0,
      instances: { connected: mine.length, all: live?.count ?? 0 },
      connections: attached.flatMap(({ agentId, name, target }) =>
        agentId === row.id ? [{ name, target: target ?? '' }] : [],
      ),
      inFlight: mine.reduce((sum, { inFlight }) => sum + inFlight, 0),
    }
  })
}

function publicOf(row: Row, now: Date) {
  const { id, name, version, targets, lastSeenAt, enrolExpiresAt, createdAt } = row
  const tokenGood = enrolExpiresAt !== null && enrolExpiresAt > now
  return {
    ...{ id, name, version, targets, state: stateOf(row) },
    lastSeenAt: lastSeenAt?.toISOString() ?? null,
    tokenEndsAt: tokenGood ? enrolExpiresAt.toISOString() : null,
    createdAt: createdAt.toISOString(),
  }
}

function stateOf({ revokedAt, publicKey }: Row): AgentState {
  if (revokedAt !== null) return 'revoked'
  return publicKey === null ? 'waiting' : 'enrolled'
}
