import { desc, sql } from 'drizzle-orm'
import { emit } from '../audit/emit'
import { genesis, versionHash } from '../audit/version-hash'
import { type Context, type Database, requireAdmin, type Transaction, transaction } from '../context'
import { ring } from '../db/notify'
import { policyVersions } from '../db/schema'
import { Refusal } from '../errors'
import { checkDocument } from '../policy/document'
import { storedPolicy } from '../policy/print'
import type { PolicyVersion } from '../types'
import { isStorable, Publish } from './schemas'

/** Makes the next version. `basedOn` is the version the author saw; if another came since, theirs wins and this is a conflict. */
export async function publishPolicy(ctx: Context, input: Publish): Promise<PolicyVersion> {
  requireAdmin(ctx)
  const { document, message, basedOn } = Publish.parse(input)
  const read = checkDocument(document)
  if (!read.ok)
    throw new Refusal('invalid', read.problems.map((problem) => `${problem.path}: ${problem.message}`).join('\n'))
  const text = storedPolicy(read.document)
  if (!isStorable(text)) throw new Refusal('invalid', 'the policy holds characters that cannot be stored', 'document')
  const author = { id: ctx.viewer.id, name: ctx.viewer.email ?? ctx.viewer.name }
  return transaction(ctx, async (tx) => {
    const newest = await lockNewest(tx)
    if (basedOn !== null && basedOn !== (newest?.number ?? 0))
      throw new Refusal(
        'conflict',
        `version ${newest?.number} by ${newest?.author} was published meanwhile; look at it and try again`,
      )
    return insert(tx, newest, author, message, text)
  })
}

/** The demo's policy, only where there is none yet. */
export async function publishFirst(
  db: Database,
  document: string,
  author: { id: string; name: string },
): Promise<void> {
  await db.transaction(async (tx) => {
    if ((await lockNewest(tx)) === undefined) await insert(tx, undefined, author, 'The demo', document)
  })
}

async function lockNewest(tx: Transaction): Promise<PolicyVersion | undefined> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtext('sallyport policy'))`)
  const [newest] = await tx.select().from(policyVersions).orderBy(desc(policyVersions.number)).limit(1)
  return newest
}

async function insert(
  tx: Transaction,
  newest: PolicyVersion | undefined,
  author: { id: string; name: string },
  message: string,
  document: string,
): Promise<PolicyVersion> {
  const number = (newest?.number ?? 0) + 1
  const unhashed = {
    number,
    author: author.name,
    at: new Date(),
    message,
    document,
    previousHash: newest?.hash ?? genesis,
  }
  const version = { ...unhashed, hash: versionHash(unhashed) }
  await tx.insert(policyVersions).values(version)
  await emit(tx, author, {
    action: 'policy.publish',
    policyVersion: number,
    body: { number, message, before: newest?.document ?? null, after: document },
  })
  await ring(tx, 'policy', String(number))
  return version
}
