import type { Call, Decision } from '../types'
import type { CompiledPolicy, CompiledRule } from './compile'
import { listed } from './sentences'

const rulesMax = 3

/**
 * What a denied caller, often a model, can do about it: which rule decided, what their own roles would have allowed, and
 * the version. Only rules of roles that the caller has are named.
 */
export function adviceFor(policy: CompiledPolicy, call: Call, decision: Decision): string {
  const version = `policy version ${decision.version}`
  if (policy.version !== decision.version) return version
  return [...sentences(policy, call, decision), version].join('; ')
}

function sentences(policy: CompiledPolicy, call: Call, decision: Decision): string[] {
  const { reason, rules, errors } = decision
  const mine = rulesOf(policy, call)
  if (reason === 'forbidden') {
    const names = rules.filter(({ effect }) => effect === 'deny').map(({ role, rule }) => `${role}/${rule}`)
    const deciding = mine.filter(({ role, rule }) => names.includes(`${role}/${rule.id}`))
    return deciding
      .slice(0, rulesMax)
      .map((rule) => `${nameOf(rule)} forbids it${conditionOf(rule)}${whyNot(rule, errors)}`)
  }
  const near = nearMisses(policy, call, decision)
  if (near.length > 0) return near
  const all = policy.rolesFor(call.principal).map(({ role }) => `\`${role.name}\``)
  const who = all.length === 0 ? 'you have no role' : `none of your roles (${listed(all)}) speaks of it`
  return [who, 'list what you may use, or ask an administrator; the same call will be denied again']
}

const rulesOf = (policy: CompiledPolicy, call: Call): CompiledRule[] =>
  policy.rolesFor(call.principal).flatMap((role) => role.rulesFor(call.connection.name, call.action, call.resource.id))

/** Rules of the caller's roles that would let a call pass that no rule lets pass, if their conditions held; three at most. */
export function nearMisses(policy: CompiledPolicy, call: Call, { reason, errors }: Decision): string[] {
  if (reason === 'forbidden') return []
  return rulesOf(policy, call)
    .filter(({ effect, condition }) => effect !== 'deny' && condition !== null)
    .slice(0, rulesMax)
    .map((rule) => nearMiss(rule, errors))
}

const nameOf = ({ role, rule }: CompiledRule): string => `rule \`${role}/${rule.id}\``

const conditionOf = ({ rule }: CompiledRule): string => (rule.when === null ? '' : ` if \`${rule.when}\``)

function nearMiss(rule: CompiledRule, errors: string[]): string {
  const verb = rule.effect === 'allow' ? 'allows it' : 'lets it be approved'
  return `${nameOf(rule)} ${verb} only${conditionOf(rule)}${whyNot(rule, errors)}`
}

/** Why its condition could not be evaluated, if so. */
function whyNot({ role, rule }: CompiledRule, errors: string[]): string {
  const key = `${role}/${rule.id}: `
  const error = errors.find((text) => text.startsWith(key))
  return error === undefined ? '' : ` (${error.slice(key.length)})`
}
