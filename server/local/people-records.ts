import { and, eq, gt, isNull, lt, or, type SQL, sql } from 'drizzle-orm'
import type { Adapter, AdapterPayload } from 'oidc-provider'
import type { Database } from '../context'
import { oidcRecords as records } from '../db/identity-schema'

/** What oidc-provider keeps, in the table `oidc_records`; what has expired by the database's clock is not found. */
export const recordsAdapter =
  (db: Database) =>
  (model: string): Adapter => {
    const one = (id: string) => and(eq(records.model, model), eq(records.id, id))
    const find = async (which: SQL | undefined): Promise<AdapterPayload | undefined> => {
      const live = or(isNull(records.expiresAt), gt(records.expiresAt, sql`now()`))
      const [row] = await db
        .select()
        .from(records)
        .where(and(eq(records.model, model), which, live))
      if (row === undefined) return undefined
      const consumed = row.consumedAt === null ? {} : { consumed: Math.floor(row.consumedAt.getTime() / 1000) }
      // drizzle parses what it reads as text; whether it does is its own affair.
      const payload: unknown = typeof row.payload === 'string' ? JSON.parse(row.payload) : row.payload
      return { ...(payload as AdapterPayload), ...consumed }
    }
    return {
      async upsert(id, payload, expiresIn) {
        const expiresAt = expiresIn === undefined ? null : new Date(Date.now() + expiresIn * 1000)
        const { grantId = null, uid = null, userCode = null } = payload
        // As text inside: a client may send NUL or a lone surrogate, which jsonb itself refuses.
        const row = { payload: JSON.stringify(payload), grantId, uid, userCode, expiresAt }
        await db
          .insert(records)
          .values({ model, id, ...row })
          .onConflictDoUpdate({ target: [records.model, records.id], set: row })
      },
      find: (id) => find(eq(records.id, id)),
      findByUid: (uid) => find(eq(records.uid, uid)),
      findByUserCode: (userCode) => find(eq(records.userCode, userCode)),
      async consume(id) {
        await db.update(records).set({ consumedAt: sql`now()` }).where(one(id))
      },
      async destroy(id) {
        await db.delete(records).where(one(id))
      },
      async revokeByGrantId(grantId) {
        await db.delete(records).where(and(eq(records.model, model), eq(records.grantId, grantId)))
      },
    }
  }

export async function removeExpired(db: Database): Promise<void> {
  await db.delete(records).where(lt(records.expiresAt, sql`now()`))
}
