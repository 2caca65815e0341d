import { eq } from 'drizzle-orm'
import { versionHash } from '../audit/version-hash'
import type { Context } from '../context'
import { policyVersions } from '../db/schema'
import { Refusal } from '../errors'
import { parsePolicy } from '../policy/document'
import type { PolicyDocument } from '../types'

export type StoredPolicy = { number: number; text: string; document: PolicyDocument }

/** Throws a Refusal when there is no such version, or when it is not what was published. */
export async function getVersion({ db }: Pick<Context, 'db'>, number: number): Promise<StoredPolicy> {
  const [row] =
    Number.isSafeInteger(number) && Math.abs(number) < 2 ** 31
      ? await db.select().from(policyVersions).where(eq(policyVersions.number, number))
      : []
  if (row === undefined) throw new Refusal('not-found', `there is no version ${number}`)
  if (versionHash(row) !== row.hash)
    throw new Refusal('unavailable', `version ${number} was changed after it was published`)
  const read = parsePolicy(row.document)
  if (!read.ok) throw new Refusal('unavailable', `version ${number} does not read`)
  return { number, text: row.document, document: read.document }
}
