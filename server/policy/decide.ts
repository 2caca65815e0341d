import type { AskedRule, Call, Decision, Effect, Mask, Principal, Reason, RuleRef } from '../types'
import { namesExtension } from './actions'
import { type CompiledPolicy, type CompiledRole, type CompiledRule, opensAction } from './compile'
import { type Seen, seenBy } from './conditions'
import { coveringGrant, type Held } from './grants'

export type { CompiledPolicy } from './compile'
export type { Held } from './grants'

const strictness = { deny: 2, review: 1, allow: 0 } satisfies Record<Effect, number>

/**
 * Decides one call: the strictest matching rule wins, and silence means no. Pure: the clock is an argument.
 *
 * @param held what could satisfy review rules: grants, of which the live ones count, and the digest of this call
 *   (`callDigest`), null when it is not known
 */
export function decide(policy: CompiledPolicy, call: Call, held: Held, now: Date): Decision {
  return decideSeen(policy, call, seenBy(call, now), held, now)
}

/** The same for conditions that see what is given, see recorded.ts. */
export function decideSeen(policy: CompiledPolicy, call: Call, seen: Seen, held: Held, now: Date): Decision {
  const errors: string[] = []
  const roles = policy.rolesFor(call.principal)
  const hits = opened(matching(roles, call, seen, errors), call.action)
  const answer = (
    effect: Effect,
    reason: Reason,
    asked: AskedRule[] = [],
    grantId: string | null = null,
  ): Decision => ({
    effect,
    reason,
    rules: hits.map(refOf),
    asked,
    grantId,
    masks: masksFor(policy, call, roles),
    errors,
    version: policy.version,
  })
  const strictest = hits[0]
  if (strictest === undefined) return answer('deny', 'no-matching-rule')
  if (strictest.effect === 'deny') return answer('deny', 'forbidden')
  if (strictest.effect === 'allow') return answer('allow', 'allowed')
  const asked = hits.filter((rule) => rule.effect === 'review').map(askedOf)
  const grant = coveringGrant(held, asked, call, now)
  return grant === null ? answer('review', 'review-required', asked) : answer('allow', 'allowed', [], grant.id)
}

/** The rules that match, strictest first, then as they stand in the document. */
function matching(roles: CompiledRole[], call: Call, seen: Seen, errors: string[]): CompiledRule[] {
  const candidates = roles.flatMap((role) => role.rulesFor(call.connection.name, call.action, call.resource.id))
  return candidates
    .sort((a, b) => strictness[b.effect] - strictness[a.effect] || a.order - b.order)
    .filter((rule) => holds(rule, seen, errors))
}

/** Where no rule opens the action, what would only ask about it opens it neither. */
const opened = (hits: CompiledRule[], action: string): CompiledRule[] =>
  hits.some(({ rule }) => opensAction(rule, action)) ? hits : hits.filter(({ effect }) => effect === 'deny')

/** What cannot be evaluated never widens access: an allow rule then does not match, a deny or review rule does. */
function holds(rule: CompiledRule, seen: Seen, errors: string[]): boolean {
  if (rule.condition === null) return true
  const answer = rule.condition.answer(seen)
  if (typeof answer === 'boolean') return answer
  errors.push(`${rule.role}/${rule.rule.id}: ${answer.error}`)
  return rule.effect !== 'allow'
}

const refOf = ({ role, rule, effect }: CompiledRule): RuleRef => ({ role, rule: rule.id, effect })

function askedOf(rule: CompiledRule): AskedRule {
  const { review } = rule.rule
  if (review === null) throw new Error(`the review rule \`${rule.role}/${rule.rule.id}\` has no review settings`)
  return { ...refOf(rule), contentHash: rule.contentHash, review }
}

/** Masks of the resource, less those that except one of the caller's roles. */
function masksFor(policy: CompiledPolicy, call: Call, roles: CompiledRole[]): Mask[] {
  // What an extension answers may be about anything there.
  const about = call.resource.type === 'server' ? null : call.resource.id
  const masks = policy.masksOn(call.connection.name, about)
  if (masks.every((mask) => mask.except.length === 0)) return masks
  const mine = new Set(roles.map(({ role }) => role.name))
  return masks.filter((mask) => !mask.except.some((role) => mine.has(role)))
}

/** Names of the roles a principal has, as they stand in the document. */
export function rolesOf(policy: CompiledPolicy, principal: Pick<Principal, 'groups' | 'claims'>): string[] {
  const mine = new Set(policy.rolesFor(principal).map(({ role }) => role.name))
  return policy.document.roles.map((role) => role.name).filter((name) => mine.has(name))
}

/**
 * Whether a list may show an item: some allow or review rule could match, and no deny rule surely does. Arguments count
 * as unknown. It may show an item that every call is denied for, and never hides one that a call could use.
 */
export function couldMatch(policy: CompiledPolicy, call: Call, now: Date): boolean {
  const seen = seenBy(call, now)
  const rules = policy
    .rolesFor(call.principal)
    .flatMap((role) => role.rulesFor(call.connection.name, call.action, call.resource.id))
  const could = ({ condition }: CompiledRule) => (condition === null ? true : condition.couldBe(seen))
  const surelyDenied = rules.some((rule) => rule.effect === 'deny' && isTrueOrError(could(rule)))
  if (surelyDenied) return false
  return rules.some((rule) => {
    if (rule.effect === 'deny') return false
    const answer = could(rule)
    return answer === true || answer === 'unknown' || (rule.effect === 'review' && typeof answer === 'object')
  })
}

const isTrueOrError = (answer: ReturnType<NonNullable<CompiledRule['condition']>['couldBe']>): boolean =>
  answer === true || typeof answer === 'object'

/** Whether some rule of a principal's lets a method pass that MCP does not have; the decision comes later. */
export const opensExtension = (
  policy: CompiledPolicy,
  principal: Pick<Principal, 'groups' | 'claims'>,
  connection: string,
  method: string,
): boolean =>
  namesExtension(method) &&
  policy
    .rolesFor(principal)
    .some((role) => role.rulesFor(connection, method, connection).some(({ rule }) => opensAction(rule, method)))

/** Whether a principal may know that a connection exists: an allow or review rule of a role of theirs names it. */
export const visible = (
  policy: CompiledPolicy,
  principal: Pick<Principal, 'groups' | 'claims'>,
  connection: string,
): boolean => policy.rolesFor(principal).some((role) => role.opens(connection))
