import { desc, sql } from 'drizzle-orm'
import { emit } from '../audit/emit'
import { genesis, versionHash } from '../audit/version-hash'
import { type Context, type Database, requireAdmin, type Transaction, transaction } from '../context'
import { ring } from '../db/notify'
import { policyVersions } from '../db/schema'
import { Refusal } from '../errors'
import { checkDocument, parsePolicy } from '../policy/document'
import { storedPolicy } from '../policy/print'
import { findProblems } from '../policy/problems'
import { diffPolicies } from '../policy/words'
import type { PolicyDocument, PolicyVersion } from '../types'
import { conflictWith } from './conflict'
import { draftProblems } from './draft-problems'
import { isStorable, Publish } from './schemas'
import { readWorld } from './world'

/** The version that says what was asked for; `changed` is false when it was in force already. */
export type Published = PolicyVersion & { changed: boolean }

/**
 * Makes the next version, unless the newest one says the same. Errors refuse it, warnings do not. `basedOn` is the version the
 * author saw: if another came since, theirs stands and this is a conflict that says what theirs changed.
 */
export async function publishPolicy(ctx: Context, input: Publish): Promise<Published> {
  requireAdmin(ctx)
  const { document, message, basedOn } = Publish.parse(input)
  const checked = checkDocument(document)
  const found = checked.ok ? findProblems(checked.document, await readWorld(ctx.db)) : checked.problems
  const problems = draftProblems(document, found)
  const errors = problems.filter(({ severity }) => severity === 'error')
  if (!checked.ok || errors.length > 0)
    throw new Refusal('invalid', errors.map((error) => `${error.path}: ${error.message}`).join('\n'), 'document', {
      problems,
    })
  const text = storedPolicy(checked.document)
  if (!isStorable(text)) throw new Refusal('invalid', 'the policy holds characters that cannot be stored', 'document')
  const author = { id: ctx.viewer.id, name: ctx.viewer.email ?? ctx.viewer.name }
  const made = await transaction(ctx, async (tx) => {
    const newest = await lockNewest(tx)
    if (newest !== undefined && versionHash(newest) !== newest.hash)
      throw new Refusal('unavailable', `version ${newest.number} is not what was published; mend the record first`)
    if (basedOn !== null && basedOn !== (newest?.number ?? 0)) return null
    if (newest !== undefined && saysTheSame(newest.document, checked.document)) return { ...newest, changed: false }
    return { ...(await insert(tx, newest, author, message, text)), changed: true }
  })
  if (made !== null) return made
  const conflict = await conflictWith(ctx, checked.document, basedOn)
  const theirs = conflict === null ? 'another version' : `version ${conflict.version} by ${conflict.author}`
  throw new Refusal('conflict', `${theirs} was published meanwhile; look at it and try again`, 'basedOn', { conflict })
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

function saysTheSame(stored: string, document: PolicyDocument): boolean {
  const read = parsePolicy(stored)
  return read.ok && diffPolicies(read.document, document).length === 0
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
