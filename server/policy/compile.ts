import type { Effect, Mask, PolicyDocument, Principal, Role, Rule } from '../types'
import { actions, namesExtension } from './actions'
import { type Condition, compileCondition } from './conditions'
import { ruleContentHash } from './digest'
import { GlobIndex } from './glob-index'
import { anyGlob, claimValues } from './match'

/** A rule ready to be asked. */
export type CompiledRule = {
  role: string
  rule: Rule
  effect: Effect
  condition: Condition | null
  /** What a grant names; for review rules only, empty for the others. */
  contentHash: string
  /** Its place in the document. */
  order: number
}

export type CompiledRole = {
  role: Role
  rules: CompiledRule[]
  /** Rules that name a connection. */
  rulesOn(connection: string): CompiledRule[]
  /** Rules that could be about a call, each once. Their conditions are not asked yet. */
  rulesFor(connection: string, action: string, resource: string): CompiledRule[]
  /** Whether an allow or review rule names the connection. */
  opens(connection: string): boolean
}

/**
 * One version, compiled once. The roles of a person are found by their claims, the rules of a role by connection and
 * resource, so what rules say of other people and other things costs nothing.
 */
export type CompiledPolicy = {
  version: number
  document: PolicyDocument
  roles: CompiledRole[]
  /** Claims that members or conditions name, `groups` left out. */
  claims: string[]
  rolesFor(principal: Pick<Principal, 'groups' | 'claims'>): CompiledRole[]
  /** Masks for a resource of a connection, nobody excepted; with null, for any resource of it. */
  masksOn(connection: string, resource: string | null): Mask[]
}

/** Throws when a condition does not compile: a document is checked before it is published. */
export function compile(version: number, document: PolicyDocument): CompiledPolicy {
  const conditions = new Map<string, Condition>()
  let order = 0
  const roles = document.roles.map((role) =>
    indexRole(
      role,
      role.rules.map((rule) => ({
        role: role.name,
        rule,
        effect: rule.effect,
        condition: rule.when === null ? null : trusting(rule.effect, conditionOf(rule.when, conditions)),
        contentHash: rule.effect === 'review' ? ruleContentHash(role.name, rule) : '',
        order: order++,
      })),
    ),
  )
  const claims = claimsNamed(document, [...conditions.keys()])
  return { version, document, roles, claims, rolesFor: indexMembers(roles), masksOn: indexMasks(document.masks) }
}

const named = /\bclaims\s*(?:\.\s*([A-Za-z_]\w*)|\[\s*["']([^"']+)["']\s*\])/g

function claimsNamed({ roles }: PolicyDocument, conditions: string[]): string[] {
  const members = roles.flatMap(({ members: list }) =>
    list.flatMap((member) => (member === 'everyone' ? [] : [member.claim])),
  )
  const read = conditions.flatMap((text) => [...text.matchAll(named)].map((found) => (found[1] ?? found[2])!))
  return [...new Set([...members, ...read])].filter((claim) => claim !== 'groups').sort()
}

function conditionOf(text: string, known: Map<string, Condition>): Condition {
  const found = known.get(text) ?? compileCondition(text)
  known.set(text, found)
  return found
}

const unpinned = { error: '`tool` may let nothing through here: the tools of this connection are not pinned strictly' }

/** Where tools are not pinned strictly any more, what the target says of itself still widens no access. */
function trusting(effect: Effect, condition: Condition): Condition {
  if (effect !== 'allow' || !condition.reads('tool')) return condition
  return {
    ...condition,
    answer: (seen) => (seen.toolIsPinned === true ? condition.answer(seen) : unpinned),
    couldBe: (seen) => (seen.toolIsPinned === true ? condition.couldBe(seen) : unpinned),
  }
}

function indexRole(role: Role, rules: CompiledRule[]): CompiledRole {
  const index = new GlobIndex<GlobIndex<CompiledRule>>()
  const open = new GlobIndex<true>()
  for (const rule of rules)
    for (const connection of new Set(rule.rule.connections)) {
      if (rule.effect !== 'deny') open.at(connection, () => true)
      const ofConnection = index.at(connection, () => new GlobIndex())
      for (const resource of new Set(rule.rule.resources)) ofConnection.add(resource, rule)
    }
  const rulesFor = (connection: string, action: string, resource: string) => {
    const found = index.find(connection).flatMap((ofConnection) => ofConnection.find(resource))
    return [...new Set(found)].filter(({ rule }) => speaksOf(rule, action))
  }
  const rulesOn = (connection: string) => rules.filter((rule) => anyGlob(rule.rule.connections, connection))
  return { role, rules, rulesOn, rulesFor, opens: (connection) => open.find(connection).length > 0 }
}

/** `*` allows nothing that MCP does not have. It denies it, and asks about what another rule opened. */
const speaksOf = (rule: Rule, action: string): boolean =>
  rule.effect === 'allow' ? opensAction(rule, action) : anyGlob(rule.actions, action)

const knownActions = new Set<string>(actions)

/** A method that MCP does not have is opened by a rule that names it, or its namespace; never by `*`. */
export const opensAction = ({ effect, actions: named }: Rule, action: string): boolean =>
  effect !== 'deny' && anyGlob(knownActions.has(action) ? named : named.filter(namesExtension), action)

/** Roles by member, so that finding a person's roles looks at their claims and not at all roles. */
function indexMembers(roles: CompiledRole[]): CompiledPolicy['rolesFor'] {
  const everyone = new Set<CompiledRole>()
  const byClaim = new Map<string, Map<string, CompiledRole[]>>()
  for (const role of roles)
    for (const member of role.role.members) {
      if (member === 'everyone') everyone.add(role)
      else {
        const values = byClaim.get(member.claim) ?? new Map<string, CompiledRole[]>()
        byClaim.set(member.claim, values)
        const members = values.get(member.value) ?? []
        values.set(member.value, members)
        members.push(role)
      }
    }
  // A verified token is one principal as long as it is remembered.
  const known = new WeakMap<object, CompiledRole[]>()
  return (principal) => {
    const before = known.get(principal)
    if (before !== undefined) return before
    const found = new Set(everyone)
    for (const [claim, values] of byClaim)
      for (const value of claimValues(principal, claim)) for (const role of values.get(value) ?? []) found.add(role)
    const roles = [...found]
    known.set(principal, roles)
    return roles
  }
}

const rememberedMax = 5_000

/** Remembers a bounded number of answers: names of resources come from callers, who could make up any number. */
function indexMasks(masks: Mask[]): CompiledPolicy['masksOn'] {
  const known = new Map<string, Map<string | null, Mask[]>>()
  let size = 0
  return (connection, resource) => {
    let onConnection = known.get(connection)
    const before = onConnection?.get(resource)
    if (before !== undefined) return before
    const found = masks.filter(
      (mask) => anyGlob(mask.connections, connection) && (resource === null || anyGlob(mask.resources, resource)),
    )
    if (size >= rememberedMax) {
      known.clear()
      onConnection = undefined
      size = 0
    }
    if (onConnection === undefined) {
      onConnection = new Map()
      known.set(connection, onConnection)
    }
    onConnection.set(resource, found)
    size += 1
    return found
  }
}
