import { emit } from '../audit/emit'
import { type Context, requireAdmin, transaction } from '../context'
import { agents } from '../db/identity-schema'
import { ring } from '../db/notify'
import { Refusal } from '../errors'
import { newToken } from './one-time-token'
import { CreateAgent, type OneTimeToken } from './schemas'

/** Names a new agent and gives the token that its program exchanges for a key. The token is shown this once. */
export async function createAgent(ctx: Context, input: CreateAgent): Promise<OneTimeToken> {
  requireAdmin(ctx)
  const { name } = CreateAgent.parse(input)
  const { token, columns } = newToken()
  const { viewer } = ctx
  return transaction(ctx, async (tx) => {
    const [row] = await tx
      .insert(agents)
      .values({ name, ...columns })
      .onConflictDoNothing()
      .returning()
    if (row === undefined)
      throw new Refusal(
        'conflict',
        `there is an agent \`${name}\` already; renew its token, or use another name`,
        'name',
      )
    const actor = { id: viewer.id, name: viewer.email ?? viewer.name }
    await emit(tx, actor, { action: 'agent.create', resource: name, body: { agent: row.id } })
    await ring(tx, 'agents', row.id)
    return { id: row.id, name, token, expiresAt: row.enrolExpiresAt?.toISOString() ?? '' }
  })
}
