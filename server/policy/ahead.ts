import type { AskedRule, Call, Connection, Principal } from '../types'
import type { CompiledPolicy, CompiledRule } from './compile'
import { seenBy } from './conditions'

/**
 * What a person may do with a tool, before any arguments are known.
 * - `denied`: no call of it could go through
 * - `allowed`: calls run without asking, as far as their arguments let them
 * - `asks`: some calls ask a person first, who may give the tool for a time
 * - `asks-each`: some calls ask a person first, each time
 */
export type ToolAccess = {
  tool: string
  access: 'denied' | 'allowed' | 'asks' | 'asks-each'
  /** Whether it depends on the arguments. */
  depends: boolean
  /** The review rules that could ask. */
  asked: AskedRule[]
}

type Target = Pick<Connection, 'id' | 'name' | 'targetHash'>

/** Arguments count as unknown; a rule that cannot be evaluated denies and asks, and never allows. */
export function toolAccess(
  policy: CompiledPolicy,
  principal: Principal,
  { id, name, targetHash }: Target,
  about: Pick<Call, 'tool' | 'toolIsPinned'> & { name: string },
  now: Date,
): ToolAccess {
  const call: Call = {
    principal,
    client: { id: '', name: '', version: '' },
    connection: { id, name, targetHash },
    action: 'tools/call',
    resource: { type: 'tool', id: about.name },
    ...{ args: {}, tool: about.tool, toolIsPinned: about.toolIsPinned ?? false, sql: null, http: null },
  }
  const seen = seenBy(call, now)
  const rules = policy
    .rolesFor(principal)
    .flatMap((role) => role.rulesFor(name, call.action, about.name))
    .map((rule) => ({ rule, could: rule.condition === null ? true : rule.condition.couldBe(seen) }))
  const may = (effect: CompiledRule['effect']) =>
    rules.filter(({ rule, could }) => rule.effect === effect && could !== false)
  const sure = (could: (typeof rules)[number]['could']) => could === true || typeof could === 'object'
  const asked = may('review').map(({ rule }) => askedOf(rule))
  const allows = may('allow').some(({ could }) => typeof could !== 'object')
  const none = may('deny').some(({ could }) => sure(could)) || (asked.length === 0 && !allows)
  return {
    tool: about.name,
    access: none ? 'denied' : asked.length === 0 ? 'allowed' : scopeOf(asked),
    depends: !none && rules.some(({ could }) => could === 'unknown'),
    asked: none ? [] : asked,
  }
}

const scopeOf = (asked: AskedRule[]) => (asked.every((rule) => rule.review.scope === 'tool') ? 'asks' : 'asks-each')

function askedOf({ role, rule, effect, contentHash }: CompiledRule): AskedRule {
  if (rule.review === null) throw new Error(`the review rule \`${role}/${rule.id}\` has no review settings`)
  return { role, rule: rule.id, effect, contentHash, review: rule.review }
}
