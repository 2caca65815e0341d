import { desc } from 'drizzle-orm'
import type { Context } from '../context'
import { policyVersions } from '../db/schema'
import type { VersionView } from './schemas'

/** All versions, newest first. Anybody signed in may read the policy they live under. */
export async function listVersions({ db }: Pick<Context, 'db'>): Promise<VersionView[]> {
  const columns = {
    number: policyVersions.number,
    author: policyVersions.author,
    at: policyVersions.at,
    message: policyVersions.message,
    hash: policyVersions.hash,
    previousHash: policyVersions.previousHash,
  }
  const rows = await db.select(columns).from(policyVersions).orderBy(desc(policyVersions.number))
  return rows.map((row, index) => ({ ...row, at: row.at.toISOString(), current: index === 0 }))
}
