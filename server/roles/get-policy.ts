import { desc } from 'drizzle-orm'
import type { Context } from '../context'
import { policyVersions } from '../db/schema'
import { getVersion, type StoredPolicy } from './get-version'

const none: StoredPolicy = { number: 0, text: '', document: { roles: [], masks: [] } }

/** The newest version; number 0 and empty before the first. */
export async function getPolicy({ db }: Pick<Context, 'db'>): Promise<StoredPolicy> {
  const { number } = policyVersions
  const [row] = await db.select({ number }).from(policyVersions).orderBy(desc(number)).limit(1)
  return row === undefined ? none : getVersion({ db }, row.number)
}

/** A version in force while a newer one does not verify; empty before the first. */
export const getInForce = async (ctx: Pick<Context, 'db'>, number: number): Promise<StoredPolicy> =>
  number === 0 ? none : getVersion(ctx, number)
