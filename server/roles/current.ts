import { and, asc, desc, eq, gte } from 'drizzle-orm'
import type { Logger } from 'pino'
import { sharedChain } from '../audit/emit'
import { genesis, versionHash } from '../audit/version-hash'
import type { Database } from '../context'
import type { Bell } from '../db/notify'
import { oneLook } from '../db/one-look'
import { entries, policyVersions } from '../db/schema'
import { type CompiledPolicy, compile } from '../policy/compile'
import { parsePolicy } from '../policy/document'
import type { PolicyVersion } from '../types'

export type PolicyHolder = {
  /** The policy in force; the empty one, which allows nothing, until a version is loaded. */
  current(): CompiledPolicy
  /** The newest version that the database held at the last look: `current()`'s, but for an alarm. */
  newestSeen(): number
  /** Looks for a newer version now. */
  refresh(): Promise<void>
  loaded(): boolean
  /** Why the newest stored version is not in force; null when it is. */
  alarm(): string | null
  close(): void
}

export type PolicyOptions = { db: Database; bell: Bell; log: Logger }

type Head = { number: number; hash: string }

/** Compiled once per version; the bell says when to look. A version that does not verify never comes into force. */
export async function startPolicy({ db, bell, log }: PolicyOptions): Promise<PolicyHolder> {
  let policy = compile(0, { roles: [], masks: [] })
  let good: Head = { number: 0, hash: genesis }
  let seen: Head = good
  let alarm: string | null = null
  let loaded = false

  const look = async () => {
    const head = await readHead(db)
    loaded = true
    if (isSame(head, seen) && alarm === null) return
    const found = await readNewest(db, good)
    // In this order: whoever sees the new head finds its policy.
    if ('policy' in found) {
      policy = found.policy
      good = found.head
      log.info({ version: good.number }, 'policy in force')
    }
    if ('problem' in found && found.problem !== alarm)
      log.fatal({ problem: found.problem, inForce: good.number }, 'the stored policy is not what was published')
    else if (!('problem' in found) && alarm !== null)
      log.warn({ version: good.number }, 'the stored policy is right again')
    alarm = 'problem' in found ? found.problem : null
    seen = head
  }
  const refresh = oneLook(look)
  await refresh()
  const stop = bell.on(
    'policy',
    () => void refresh().catch((error) => log.error({ err: error }, 'the policy could not be read')),
  )
  return {
    current: () => policy,
    newestSeen: () => seen.number,
    refresh,
    loaded: () => loaded,
    alarm: () => (alarm === null ? null : `${alarm}; ${whatHolds(good)}`),
    close: stop,
  }
}

const whatHolds = ({ number }: Head): string =>
  number === 0 ? 'nothing is allowed' : `version ${number} stays in force`

const isSame = (a: Head, b: Head): boolean => a.number === b.number && a.hash === b.hash

async function readHead(db: Database): Promise<Head> {
  const { number, hash } = policyVersions
  const [head] = await db.select({ number, hash }).from(policyVersions).orderBy(desc(number)).limit(1)
  return head ?? { number: 0, hash: genesis }
}

type Found = Head | { head: Head; policy: CompiledPolicy } | { problem: string }

/** The newest version, when an unbroken chain leads to it from the one that is in force. */
async function readNewest(db: Database, good: Head): Promise<Found> {
  const { number } = policyVersions
  const versions = await db.select().from(policyVersions).where(gte(number, good.number)).orderBy(asc(number))
  const [first, ...later] = versions
  const problem =
    good.number === 0 ? chainProblem(versions) : (rewriteProblem(first, good) ?? chainProblem(later, good))
  if (problem !== null) return { problem }
  const newest = versions.at(-1)
  // A server that starts knows of no version yet; the record of who published does.
  const published = good.number === 0 ? await lastPublished(db) : 0
  if (published > (newest?.number ?? 0)) return { problem: `version ${published} was removed` }
  if (newest === undefined || isSame(newest, good)) return good
  const read = parsePolicy(newest.document)
  if (!read.ok) return { problem: `version ${newest.number} does not read: ${read.problems[0]?.message}` }
  try {
    return { head: { number: newest.number, hash: newest.hash }, policy: compile(newest.number, read.document) }
  } catch (error) {
    return { problem: `version ${newest.number} does not compile: ${(error as Error).message}` }
  }
}

/** The newest version whose publishing is recorded; 0 when none is. */
async function lastPublished(db: Database): Promise<number> {
  const [event] = await db
    .select({ number: entries.policyVersion })
    .from(entries)
    .where(and(eq(entries.chain, sharedChain), eq(entries.action, 'policy.publish')))
    .orderBy(desc(entries.seq))
    .limit(1)
  return event?.number ?? 0
}

/** Why versions, oldest first, do not follow each other and `after` in one unbroken chain; null when they do. */
function chainProblem(versions: PolicyVersion[], after: Head = { number: 0, hash: genesis }): string | null {
  let previous = after
  for (const version of versions) {
    const number = previous.number + 1
    if (version.number !== number) return `version ${number} is missing`
    if (version.previousHash !== previous.hash) return `version ${number} does not follow version ${previous.number}`
    if (versionHash(version) !== version.hash) return `version ${number} was changed after it was published`
    previous = version
  }
  return null
}

/** A chain that was cut or written anew is whole in itself, but does not hold what is in force. */
function rewriteProblem(stored: PolicyVersion | undefined, good: Head): string | null {
  if (stored === undefined || stored.number !== good.number) return `version ${good.number} was removed`
  const isRight = stored.hash === good.hash && versionHash(stored) === stored.hash
  return isRight ? null : `version ${good.number} was changed after it was published`
}
