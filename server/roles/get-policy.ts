import { desc } from 'drizzle-orm'
import type { Context } from '../context'
import { policyVersions } from '../db/schema'
import { getVersion, type StoredPolicy } from './get-version'

/** The newest version; number 0 and empty before the first. */
export async function getPolicy({ db }: Pick<Context, 'db'>): Promise<StoredPolicy> {
  const { number } = policyVersions
  const [row] = await db.select({ number }).from(policyVersions).orderBy(desc(number)).limit(1)
  return row === undefined
    ? { number: 0, text: '', document: { roles: [], masks: [] } }
    : getVersion({ db }, row.number)
}
