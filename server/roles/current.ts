import { asc, desc } from 'drizzle-orm'
import type { Logger } from 'pino'
import { genesis, versionHash } from '../audit/version-hash'
import type { Database } from '../context'
import type { Bell } from '../db/notify'
import { oneLook } from '../db/one-look'
import { policyVersions } from '../db/schema'
import { type CompiledPolicy, compile } from '../policy/compile'
import { parsePolicy } from '../policy/document'
import type { PolicyVersion } from '../types'

export type PolicyHolder = {
  /** The policy in force; the empty one, which allows nothing, until a version is loaded. */
  current(): CompiledPolicy
  /** Looks for a newer version now. */
  refresh(): Promise<void>
  loaded(): boolean
  /** Why the newest stored version is not in force; null when it is. */
  alarm(): string | null
  close(): void
}

export type PolicyOptions = { db: Database; bell: Bell; log: Logger }

/** Compiled once per version; the bell says when to look. A version that does not verify never comes into force. */
export async function startPolicy({ db, bell, log }: PolicyOptions): Promise<PolicyHolder> {
  let policy = compile(0, { roles: [], masks: [] })
  let verified = { number: 0, hash: genesis }
  let alarm: string | null = null
  let loaded = false

  const look = async () => {
    const { number, hash } = policyVersions
    const [head] = await db.select({ number, hash }).from(policyVersions).orderBy(desc(number)).limit(1)
    loaded = true
    if (head?.number === verified.number && head.hash === verified.hash) return
    const newer = await db.select().from(policyVersions).orderBy(asc(number))
    const problem = chainProblem(newer)
    if (problem !== null) {
      if (problem !== alarm)
        log.fatal({ problem }, 'the stored policy does not verify; the last good version stays in force')
      alarm = problem
      return
    }
    const newest = newer.at(-1)
    if (newest === undefined) return
    const read = parsePolicy(newest.document)
    if (!read.ok) {
      alarm = `version ${newest.number} does not read: ${read.problems[0]?.message}`
      log.fatal({ alarm }, 'the stored policy does not read; the last good version stays in force')
      return
    }
    policy = compile(newest.number, read.document)
    verified = { number: newest.number, hash: newest.hash }
    alarm = null
    log.info({ version: newest.number }, 'policy in force')
  }
  const refresh = oneLook(look)
  await refresh()
  const stop = bell.on(
    'policy',
    () => void refresh().catch((error) => log.error({ err: error }, 'the policy could not be read')),
  )
  return { current: () => policy, refresh, loaded: () => loaded, alarm: () => alarm, close: stop }
}

/** Why a list of all versions, oldest first, is not one unbroken chain; null when it is. */
export function chainProblem(versions: PolicyVersion[]): string | null {
  let previous = genesis
  for (const [index, version] of versions.entries()) {
    if (version.number !== index + 1) return `version ${index + 1} is missing`
    if (version.previousHash !== previous) return `version ${version.number} does not follow version ${index}`
    if (versionHash(version) !== version.hash) return `version ${version.number} was changed after it was published`
    previous = version.hash
  }
  return null
}
