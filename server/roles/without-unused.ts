import { anyGlob, globMatches } from '../policy/match'
import type { PolicyDocument, Rule } from '../types'
import type { CallKind } from './recorded-calls'
import type { CatalogConnection } from './world'

/** How one rule was used. */
class RuleUse {
  times = 0
  readonly people = new Set<string>()
  readonly #things = new Map<string, Set<string>>()

  take({ person, connection, resource, times }: CallKind): void {
    this.times += times
    this.people.add(person)
    const things = this.#things.get(connection) ?? new Set<string>()
    this.#things.set(connection, things.add(resource))
  }

  has(connection: string, resource: string): boolean {
    return this.#things.get(connection)?.has(resource) ?? false
  }

  /** Used resources on connections that one of the globs names. */
  on(connections: string[]): string[] {
    const found = [...this.#things].flatMap(([name, things]) => (anyGlob(connections, name) ? [...things] : []))
    return [...new Set(found)]
  }
}

/** Which rules let recorded calls through, or to the people who approve. */
export class Use {
  calls = 0
  readonly #rules = new Map<string, RuleUse>()

  take(kind: CallKind): void {
    this.calls += kind.times
    for (const { role, rule } of kind.rules) {
      const known = this.of(role, rule)
      this.#rules.set(`${role}/${rule}`, known)
      known.take(kind)
    }
  }

  of(role: string, rule: string): RuleUse {
    return this.#rules.get(`${role}/${rule}`) ?? new RuleUse()
  }
}

/**
 * A policy without what its allow rules give and nobody used. Deny and review rules stay: without them, another rule could
 * let through what they hold.
 */
export const withoutUnused = (document: PolicyDocument, use: Use, catalog: CatalogConnection[]): PolicyDocument => ({
  ...document,
  roles: document.roles.map((role) => ({
    ...role,
    rules: role.rules.flatMap((rule) =>
      rule.effect === 'allow' ? narrowed(rule, use.of(role.name, rule.id), catalog) : [rule],
    ),
  })),
})

function narrowed(rule: Rule, use: RuleUse, catalog: CatalogConnection[]): Rule[] {
  const used = use.on(rule.connections)
  if (used.length === 0) return []
  const tools = catalog
    .filter(({ name }) => anyGlob(rule.connections, name))
    .flatMap((connection) => connection.tools.map(({ name }) => name))
  const resources = rule.resources.flatMap((glob) => narrowedGlob(glob, used, tools))
  return resources.length === 0 ? [] : [{ ...rule, resources: [...new Set(resources)] }]
}

/** A glob over tools becomes the tools that were used; one over URIs and other open names stays when it was used at all. */
function narrowedGlob(glob: string, used: string[], tools: string[]): string[] {
  const hits = used.filter((name) => globMatches(glob, name))
  if (hits.length === 0) return []
  const offered = tools.filter((name) => globMatches(glob, name))
  const isClosed = hits.every((name) => tools.includes(name))
  return isClosed && offered.some((name) => !hits.includes(name)) ? hits.sort() : [glob]
}
