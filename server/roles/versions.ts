import { desc, eq } from 'drizzle-orm'
import type { Context } from '../context'
import { policyVersions } from '../db/schema'
import { Refusal } from '../errors'
import { parsePolicy } from '../policy/document'
import type { PolicyDocument } from '../types'
import { publishPolicy } from './publish'
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

export type StoredPolicy = { number: number; text: string; document: PolicyDocument }

export async function getVersion({ db }: Pick<Context, 'db'>, number: number): Promise<StoredPolicy> {
  const [row] =
    Number.isSafeInteger(number) && number < 2 ** 31
      ? await db.select().from(policyVersions).where(eq(policyVersions.number, number))
      : []
  if (row === undefined) throw new Refusal('not-found', `there is no version ${number}`)
  const read = parsePolicy(row.document)
  if (!read.ok) throw new Refusal('unavailable', `version ${number} does not read`)
  return { number, text: row.document, document: read.document }
}

/** The newest version; number 0 and empty before the first. */
export async function getPolicy({ db }: Pick<Context, 'db'>): Promise<StoredPolicy> {
  const [row] = await db
    .select({ number: policyVersions.number })
    .from(policyVersions)
    .orderBy(desc(policyVersions.number))
    .limit(1)
  return row === undefined
    ? { number: 0, text: '', document: { roles: [], masks: [] } }
    : getVersion({ db }, row.number)
}

/** Publishes an older document as a new version. */
export async function rollBack(ctx: Context, number: number, message: string): Promise<{ number: number }> {
  const old = await getVersion(ctx, number)
  return publishPolicy(ctx, { document: old.document, message: message || `Back to version ${number}`, basedOn: null })
}
