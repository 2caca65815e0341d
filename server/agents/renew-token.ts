import { eq } from 'drizzle-orm'
import { emit } from '../audit/emit'
import { type Context, requireAdmin, transaction } from '../context'
import { agents } from '../db/identity-schema'
import { ring } from '../db/notify'
import { Refusal } from '../errors'
import { newToken } from './one-time-token'
import { AgentId, type OneTimeToken } from './schemas'

/**
 * Another one-time token for an agent that is known: its first expired, its key was lost, or it was revoked. Until the token is
 * used nothing else changes; then the new key replaces the old one, and the agent's connections lead to its new holder.
 */
export async function renewToken(ctx: Context, agentId: string): Promise<OneTimeToken> {
  requireAdmin(ctx)
  const id = AgentId.parse(agentId)
  const { token, columns } = newToken()
  const { viewer } = ctx
  return transaction(ctx, async (tx) => {
    const [row] = await tx.update(agents).set(columns).where(eq(agents.id, id)).returning()
    if (row === undefined) throw new Refusal('not-found', 'there is no such agent')
    const actor = { id: viewer.id, name: viewer.email ?? viewer.name }
    await emit(tx, actor, { action: 'agent.renew', resource: row.name, body: { agent: id } })
    await ring(tx, 'agents', id)
    return { id, name: row.name, token, expiresAt: row.enrolExpiresAt?.toISOString() ?? '' }
  })
}
