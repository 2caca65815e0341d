import type { AskedRule, Call, Grant } from '../types'
import type { CompiledPolicy } from './compile'
import { type Condition, compileCondition, conditionProblem, type Seen, seenBy } from './conditions'

/** What a caller holds: grants, and the digest of the call at hand (null while it is not known). */
export type Held = { grants: Grant[]; digest: string | null }

/**
 * One live grant that names every rule that asks, and is for this very call or for its tool; null when there is none.
 * The narrowest comes first, so that a use for this call is spent before a wider grant is drawn on.
 */
export function coveringGrant({ grants, digest }: Held, asked: AskedRule[], call: Call, now: Date): Grant | null {
  // One for all, so that what their conditions cost is counted together.
  let seen: Seen | undefined
  const look = () => (seen ??= seenBy(call, now))
  return (
    [...grants]
      .sort((a, b) => Number(a.digest === null) - Number(b.digest === null) || +a.endsAt - +b.endsAt)
      .find((grant) => isLive(grant, now) && covers(grant, asked, call, digest, look)) ?? null
  )
}

/** Not revoked, not over, not used up. */
const isLive = ({ revokedAt, endsAt, maxUses, used }: Grant, now: Date): boolean =>
  revokedAt === null && endsAt > now && (maxUses === null || used < maxUses)

function covers(grant: Grant, asked: AskedRule[], call: Call, digest: string | null, look: () => Seen): boolean {
  if (grant.principalId !== call.principal.id || grant.connectionId !== call.connection.id) return false
  if (!asked.every((rule) => grant.rules.includes(rule.contentHash))) return false
  if (grant.digest !== null) return grant.digest === digest
  if (grant.action !== call.action) return false
  if (grant.resource.type !== call.resource.type || grant.resource.id !== call.resource.id) return false
  // What was approved is the tool as it was described: a target that describes it otherwise asks again.
  if ((grant.toolHash ?? '') !== (call.toolHash ?? '')) return false
  if (!asked.every((rule) => rule.review.scope === 'tool')) return false
  return grant.when === null || narrowing(grant.when)?.answer(look()) === true
}

/** What is not any more as it was when a grant was given, so that it covers no call. But for a removed connection it may be so again. */
export type Lapse = 'connection' | 'target' | 'tool' | 'rule'

type Given = Pick<Grant, 'digest' | 'resource' | 'toolHash' | 'rules'> & { targetHash: string }
type Leads = { targetHash: string; tools: Map<string, { hash: string }> }

/** The review rules of a policy, as grants name them. */
export const askingRules = ({ roles }: CompiledPolicy): Set<string> =>
  new Set(
    roles.flatMap((role) => role.rules.filter(({ effect }) => effect === 'review').map((rule) => rule.contentHash)),
  )

/**
 * Why a grant surely covers nothing, whatever is called; null when it may cover something.
 * @param connection as it is now; undefined when it is gone
 * @param asking the review rules in force
 */
export function lapseOf(grant: Given, connection: Leads | undefined, asking: Set<string>): Lapse | null {
  if (connection === undefined) return 'connection'
  const { digest, resource, targetHash, toolHash, rules } = grant
  // The digest of one call holds target and tool; what was given before they were kept beside it cannot be compared.
  const isKept = (hash: string | null | undefined) => digest === null || (hash ?? '') !== ''
  if (isKept(targetHash) && targetHash !== connection.targetHash) return 'target'
  const described = connection.tools.get(resource.id)?.hash ?? ''
  if (resource.type === 'tool' && isKept(toolHash) && (toolHash ?? '') !== described) return 'tool'
  const asksStill = (rule: string) => asking.has(rule)
  return (digest === null ? rules.some(asksStill) : rules.every(asksStill)) ? null : 'rule'
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
