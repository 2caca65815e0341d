import type { Effect, Mask, Member, PolicyDocument, Role, Rule } from '../types'
import { type Condition, compileCondition } from './conditions'
import { ruleContentHash } from './digest'
import { globMatches } from './match'

/** A rule ready to be asked: its condition compiled, its content hashed. */
export type CompiledRule = {
  role: string
  rule: Rule
  effect: Effect
  members: Member[]
  condition: Condition | null
  contentHash: string
}

/** One version, compiled once. Rules are found by connection, action and resource, so others' rules cost nothing. */
export type CompiledPolicy = {
  version: number
  document: PolicyDocument
  rulesFor(connection: string, action: string, resource: string): CompiledRule[]
  /** Every rule that names the connection, whatever it is about. */
  rulesOf(connection: string): CompiledRule[]
  /** Masks for a resource of a connection, nobody excepted; with null, for any resource of it. */
  masksOn(connection: string, resource: string | null): Mask[]
  roles: Role[]
}

const remembered = 5_000

/** Throws when a condition does not compile; a document is checked before it is published. */
export function compile(version: number, document: PolicyDocument): CompiledPolicy {
  const rules = document.roles.flatMap((role) => role.rules.map((rule) => compileRule(role, rule)))
  const byConnection = memo((connection: string) =>
    index(rules.filter((rule) => anyGlob(rule.rule.connections, connection))),
  )
  const masks = memo((connection: string) => document.masks.filter((mask) => anyGlob(mask.connections, connection)))
  const masksOn = memo((key: string) => {
    const [connection = '', resource] = JSON.parse(key) as [string, string?]
    return resource === undefined
      ? masks(connection)
      : masks(connection).filter((mask) => anyGlob(mask.resources, resource))
  })
  return {
    version,
    document,
    roles: document.roles,
    rulesFor: (connection, action, resource) => byConnection(connection).find(action, resource),
    rulesOf: (connection) => byConnection(connection).all,
    masksOn: (connection, resource) =>
      masksOn(JSON.stringify(resource === null ? [connection] : [connection, resource])),
  }
}

const compileRule = (role: Role, rule: Rule): CompiledRule => ({
  role: role.name,
  rule,
  effect: rule.effect,
  members: role.members,
  condition: rule.when === null ? null : compileCondition(rule.when),
  contentHash: ruleContentHash(role.name, rule),
})

export const anyGlob = (globs: string[], text: string): boolean => globs.some((glob) => globMatches(glob, text))

type Index = { all: CompiledRule[]; find(action: string, resource: string): CompiledRule[] }

function index(rules: CompiledRule[]): Index {
  const exact = new Map<string, CompiledRule[]>()
  const globs: CompiledRule[] = []
  for (const rule of rules) {
    if (rule.rule.resources.some((glob) => glob.includes('*'))) globs.push(rule)
    else
      for (const resource of new Set(rule.rule.resources)) exact.set(resource, [...(exact.get(resource) ?? []), rule])
  }
  const find = (action: string, resource: string) => {
    const named = (exact.get(resource) ?? []).filter((rule) => anyGlob(rule.rule.actions, action))
    const wide = globs.filter((rule) => anyGlob(rule.rule.resources, resource) && anyGlob(rule.rule.actions, action))
    return [...named, ...wide]
  }
  return { all: rules, find }
}

/** Remembers a bounded number of answers: names come from callers, who could make up any number of them. */
function memo<T>(make: (key: string) => T): (key: string) => T {
  const known = new Map<string, T>()
  return (key) => {
    const found = known.get(key)
    if (found !== undefined) return found
    if (known.size >= remembered) known.clear()
    const made = make(key)
    known.set(key, made)
    return made
  }
}
