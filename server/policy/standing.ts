import type { Call, Effect } from '../types'
import type { CompiledPolicy, CompiledRule } from './compile'
import { type Answer, type Seen, seenBy } from './conditions'

/** How a call stands before its arguments are known; `depends`: on them, or on who calls. */
export type Standing = 'allow' | 'review' | 'depends' | 'deny'

type Truth = boolean | 'unknown'

/** The rules that speak of a tool, resource or prompt to this person, less those that surely do not match. */
export function standingOf(
  policy: CompiledPolicy,
  call: Call,
  now: Date,
): { standing: Standing; rules: CompiledRule[] } {
  const rules = policy
    .rolesFor(call.principal)
    .flatMap((role) => role.rulesFor(call.connection.name, call.action, call.resource.id))
  return standing(rules, seenBy(call, now))
}

/** `seen` is null when nothing is known of the call but what the rules name. */
export function standing(rules: CompiledRule[], seen: Seen | null): { standing: Standing; rules: CompiledRule[] } {
  const judged = rules.map((rule) => ({ rule, truth: truthOf(rule, seen) })).filter(({ truth }) => truth !== false)
  const has = (effect: Effect, truth: Truth) => judged.some((one) => one.rule.effect === effect && one.truth === truth)
  return { standing: strictest(has), rules: judged.map(({ rule }) => rule) }
}

function strictest(has: (effect: Effect, truth: Truth) => boolean): Standing {
  if (has('deny', true)) return 'deny'
  const maybe = has('allow', true) || has('allow', 'unknown') || has('review', true) || has('review', 'unknown')
  if (!maybe) return 'deny'
  if (has('deny', 'unknown')) return 'depends'
  if (has('review', true)) return 'review'
  return has('allow', true) && !has('review', 'unknown') ? 'allow' : 'depends'
}

function truthOf({ condition, effect }: CompiledRule, seen: Seen | null): Truth {
  if (condition === null) return true
  if (seen === null) return 'unknown'
  const answer: Answer | 'unknown' = condition.couldBe(seen)
  return typeof answer === 'object' ? effect !== 'allow' : answer
}
