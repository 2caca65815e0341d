import { and, eq, isNull, sql } from 'drizzle-orm'
import { z } from 'zod'
import { emit } from '../audit/emit'
import { type Context, transaction } from '../context'
import { ring } from '../db/notify'
import { grants, votes } from '../db/review-schema'
import { Refusal } from '../errors'

const unspent = sql`ends_at > clock_timestamp() and (max_uses is null or used < max_uses)`

/** Ends a grant now: for admins, whoever approved it, and its holder. */
export async function revokeGrant(ctx: Context, id: string): Promise<void> {
  const { viewer } = ctx
  if (!z.uuid().safeParse(id).success) throw new Refusal('not-found', 'there is no such grant')
  await transaction(ctx, async (tx) => {
    const [grant] = await tx.select().from(grants).where(eq(grants.id, id)).for('update')
    if (grant === undefined) throw new Refusal('not-found', 'there is no such grant')
    const [cast] = await tx
      .select()
      .from(votes)
      .where(and(eq(votes.reviewId, grant.reviewId), eq(votes.person, viewer.id)))
    if (!viewer.admin && grant.principalId !== viewer.id && cast === undefined)
      throw new Refusal('not-found', 'there is no such grant')
    const name = viewer.email ?? viewer.name
    const [gone] = await tx
      .update(grants)
      .set({ revokedAt: sql`clock_timestamp()`, revokedBy: name })
      .where(and(eq(grants.id, id), isNull(grants.revokedAt), unspent))
      .returning()
    if (gone === undefined) throw new Refusal('conflict', whyOver(grant))
    await emit(
      tx,
      { id: viewer.id, name },
      {
        action: 'grant.revoke',
        kind: 'grant',
        connection: grant.connection,
        resource: grant.resource.id,
        body: { grant: id, review: grant.reviewId },
      },
    )
    await ring(tx, 'grants', id)
  })
}

function whyOver({ revokedAt, revokedBy, maxUses, used }: typeof grants.$inferSelect): string {
  if (revokedAt !== null) return `this grant is revoked already, by ${revokedBy}`
  return maxUses !== null && used >= maxUses ? 'this grant is used up already' : 'this grant is over already'
}
