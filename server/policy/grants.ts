import type { AskedRule, Call, Grant } from '../types'
import { type Condition, compileCondition, conditionProblem, seenBy } from './conditions'

/** What a caller holds: grants, and the digest of the call at hand (null while it is not known). */
export type Held = { grants: Grant[]; digest: string | null }

/**
 * One live grant that names every rule that asks, and is for this very call or for its tool; null when there is none.
 * The narrowest comes first, so that a use for this call is spent before a wider grant is drawn on.
 */
export function coveringGrant({ grants, digest }: Held, asked: AskedRule[], call: Call, now: Date): Grant | null {
  return (
    [...grants]
      .sort((a, b) => Number(a.digest === null) - Number(b.digest === null) || +a.endsAt - +b.endsAt)
      .find((grant) => isLive(grant, now) && covers(grant, asked, call, digest, now)) ?? null
  )
}

/** Not revoked, not over, not used up. */
export const isLive = ({ revokedAt, endsAt, maxUses, used }: Grant, now: Date): boolean =>
  revokedAt === null && endsAt > now && (maxUses === null || used < maxUses)

function covers(grant: Grant, asked: AskedRule[], call: Call, digest: string | null, now: Date): boolean {
  if (grant.principalId !== call.principal.id || grant.connectionId !== call.connection.id) return false
  if (!asked.every((rule) => grant.rules.includes(rule.contentHash))) return false
  if (grant.digest !== null) return grant.digest === digest
  if (grant.action !== call.action) return false
  if (grant.resource.type !== call.resource.type || grant.resource.id !== call.resource.id) return false
  // What was approved is the tool as it was described: a target that describes it otherwise asks again.
  if ((grant.toolHash ?? '') !== (call.toolHash ?? '')) return false
  if (!asked.every((rule) => rule.review.scope === 'tool')) return false
  return grant.when === null || narrowing(grant.when)?.answer(seenBy(call, now)) === true
}

/** Why a text cannot narrow a grant; null when it can. It must be a condition, and read nothing the other side claims. */
export function narrowingProblem(when: string): string | null {
  const problem = conditionProblem(when)
  if (problem !== null) return problem.message
  const { reads } = compileCondition(when)
  if (reads('client')) return 'a grant must not depend on `client`, which the caller chooses'
  return reads('tool') ? 'a grant must not depend on `tool`, which the target chooses' : null
}

const known = new Map<string, Condition | null>()
const knownMax = 1_000

/** A condition that is not one, or reads what the other side claims, covers nothing. */
function narrowing(when: string): Condition | null {
  const found = known.get(when)
  if (found !== undefined) return found
  if (known.size >= knownMax) known.clear()
  const made = narrowingProblem(when) === null ? compileCondition(when) : null
  known.set(when, made)
  return made
}
