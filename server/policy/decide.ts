import type { AskedRule, Call, Decision, Effect, Grant, Mask, Principal, Reason, RuleRef } from '../types'
import type { CompiledPolicy, CompiledRule } from './compile'
import { type Condition, compileCondition } from './conditions'
import { isMember } from './match'

export type { CompiledPolicy } from './compile'

/** Live grants of the caller on this connection, and the digest of the call (null while it is not known). */
export type Held = { grants: Grant[]; digest: string | null }

const strictness = { deny: 2, review: 1, allow: 0 } satisfies Record<Effect, number>

/** The strictest matching rule wins; silence means no. Pure: the clock is an argument. */
export function decide(policy: CompiledPolicy, call: Call, held: Held, now: Date): Decision {
  const errors: string[] = []
  const hits = policy
    .rulesFor(call.connection.name, call.action, call.resource.id)
    .filter((rule) => isOne(rule, call.principal) && holds(rule, call, now, errors))
    .sort((a, b) => strictness[b.effect] - strictness[a.effect])
  const masks = masksFor(policy, call)
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
    masks,
    errors,
    version: policy.version,
  })
  const strictest = hits[0]
  if (strictest === undefined) return answer('deny', 'no-matching-rule')
  if (strictest.effect === 'deny') return answer('deny', 'forbidden')
  const asked = hits.filter((rule) => rule.effect === 'review').map(askedOf)
  if (asked.length === 0) return answer('allow', 'allowed')
  const grant = held.grants.find((candidate) => covers(candidate, asked, call, held.digest, now))
  if (grant === undefined) return answer('review', 'review-required', asked)
  return answer('allow', 'allowed', [], grant.id)
}

const isOne = (rule: CompiledRule, principal: Principal) => rule.members.some((member) => isMember(member, principal))

/** What cannot be evaluated never widens access: an allow rule then does not match, a deny or review rule does. */
function holds(rule: CompiledRule, call: Call, now: Date, errors: string[]): boolean {
  if (rule.condition === null) return true
  const { verdict, error } = rule.condition.evaluate(call, now)
  if (error !== null) errors.push(`${rule.role}/${rule.rule.id}: ${error}`)
  return verdict === 'unknown' ? rule.effect !== 'allow' : verdict === 'true'
}

const refOf = ({ role, rule, effect }: CompiledRule): RuleRef => ({ role, rule: rule.id, effect })

function askedOf(rule: CompiledRule): AskedRule {
  // A document is refused when a review rule lacks its settings; nobody can approve one that slipped through.
  const nobody = {
    approvers: [],
    approvals: 1,
    scope: 'call',
    maxMinutes: 1,
    expiresMinutes: 1,
    reason: 'optional',
  } as const
  return { ...refOf(rule), contentHash: rule.contentHash, review: rule.rule.review ?? { ...nobody, approvers: [] } }
}

/** A grant covers a call only if it is live, names every rule that asks, and is for this very call or its tool. */
function covers(grant: Grant, asked: AskedRule[], call: Call, digest: string | null, now: Date): boolean {
  if (grant.revokedAt !== null || grant.endsAt <= now) return false
  if (grant.maxUses !== null && grant.used >= grant.maxUses) return false
  if (grant.principalId !== call.principal.id || grant.connectionId !== call.connection.id) return false
  if (!asked.every((rule) => grant.rules.includes(rule.contentHash))) return false
  if (grant.digest !== null) return grant.digest === digest
  if (
    grant.action !== call.action ||
    grant.resource.type !== call.resource.type ||
    grant.resource.id !== call.resource.id
  )
    return false
  if (!asked.every((rule) => rule.review.scope === 'tool')) return false
  return grant.when === null || narrowing(grant.when).evaluate(call, now).verdict === 'true'
}

const narrowed = new Map<string, Condition>()

function narrowing(text: string): Condition {
  const known = narrowed.get(text)
  if (known !== undefined) return known
  if (narrowed.size > 1000) narrowed.clear()
  const made = compileCondition(text)
  narrowed.set(text, made)
  return made
}

/** Masks of the resource, less those that except one of the caller's roles. */
function masksFor(policy: CompiledPolicy, call: Call): Mask[] {
  const masks = policy.masksOn(call.connection.name, call.resource.id)
  if (masks.every((mask) => mask.except.length === 0)) return masks
  const mine = rolesOf(policy, call.principal)
  return masks.filter((mask) => !mask.except.some((role) => mine.includes(role)))
}

/** Names of the roles a principal has. */
export const rolesOf = (policy: CompiledPolicy, principal: Principal): string[] =>
  policy.roles.filter((role) => role.members.some((member) => isMember(member, principal))).map((role) => role.name)

/** Whether a list may show an item: some allow or review rule could match, and no deny rule surely does. Allows nothing. */
export function couldMatch(policy: CompiledPolicy, call: Call, now: Date): boolean {
  const rules = policy
    .rulesFor(call.connection.name, call.action, call.resource.id)
    .filter((rule) => isOne(rule, call.principal))
  const withoutArguments = (rule: CompiledRule) => rule.condition?.evaluateListing(call, now) ?? 'true'
  if (rules.some((rule) => rule.effect === 'deny' && withoutArguments(rule) === 'true')) return false
  return rules.some((rule) => rule.effect !== 'deny' && withoutArguments(rule) !== 'false')
}

/** Whether a principal may know that a connection exists: some role of theirs has an allow or review rule for it. */
export const visible = (policy: CompiledPolicy, principal: Principal, connection: string): boolean =>
  policy.rulesOf(connection).some((rule) => rule.effect !== 'deny' && isOne(rule, principal))
