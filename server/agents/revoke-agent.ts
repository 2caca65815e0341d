import { and, eq, isNotNull, isNull, or, sql } from 'drizzle-orm'
import { emit } from '../audit/emit'
import { type Context, requireAdmin, transaction } from '../context'
import { agents } from '../db/identity-schema'
import { ring } from '../db/notify'
import { Refusal } from '../errors'
import { AgentId } from './schemas'

/** Ends an agent now: every instance hangs up, and its key and any token of it are worth nothing. */
export async function revokeAgent(ctx: Context, agentId: string): Promise<void> {
  requireAdmin(ctx)
  const id = AgentId.parse(agentId)
  const { viewer } = ctx
  await transaction(ctx, async (tx) => {
    const [row] = await tx.select().from(agents).where(eq(agents.id, id)).for('update')
    if (row === undefined) throw new Refusal('not-found', 'there is no such agent')
    const [revoked] = await tx
      .update(agents)
      .set({ revokedAt: sql`now()`, enrolTokenHash: null, enrolExpiresAt: null })
      .where(and(eq(agents.id, id), or(isNull(agents.revokedAt), isNotNull(agents.enrolTokenHash))))
      .returning()
    if (revoked === undefined) throw new Refusal('conflict', 'this agent is revoked already')
    const actor = { id: viewer.id, name: viewer.email ?? viewer.name }
    await emit(tx, actor, { action: 'agent.revoke', resource: row.name, body: { agent: id } })
    await ring(tx, 'agents', id)
  })
}
