import type { Context } from '../../context'
import type { CompiledPolicy, CompiledRule } from '../../policy/compile'
import { rolesOf } from '../../policy/decide'
import { standingOf } from '../../policy/standing'
import type { Principal } from '../../types'
import { readCatalog } from '../world'
import { ruleAnswers } from './rule-answers'
import type { WhatAnswer } from './schemas'
import { callOf } from './who'

/** What of the catalog a person could call, and the rules about what no catalog lists. */
export async function whatCan(
  ctx: Context,
  policy: CompiledPolicy,
  person: Principal,
  connection: string | null,
): Promise<WhatAnswer> {
  const catalog = await readCatalog(ctx.db)
  const now = new Date()
  const shown = catalog.filter(({ name }) => connection === null || name === connection)
  const items = shown.flatMap(({ name, tools }) =>
    tools.flatMap((tool) => {
      const thing = { connection: name, action: 'tools/call' as const, resource: tool.name }
      const { standing, rules } = standingOf(policy, callOf(person, thing, catalog), now)
      return standing === 'deny' ? [] : [{ ...thing, title: tool.title, standing, rules }]
    }),
  )
  const tools = new Set(shown.flatMap(({ tools: listed }) => listed.map(({ name }) => name)))
  const met = new Set<CompiledRule['rule']>(items.flatMap(({ rules }) => rules.map(({ rule }) => rule)))
  const mine = policy
    .rolesFor(person)
    .flatMap((role) =>
      (connection === null ? role.rules : role.rulesOn(connection)).filter((rule) => isBeyond(rule, met, tools)),
    )
  return {
    ask: 'what',
    version: policy.version,
    person: { id: person.id || null, name: person.email ?? person.name, groups: person.groups },
    roles: rolesOf(policy, person),
    items: items.map((item) => ({ ...item, rules: ruleAnswers(item.rules) })),
    beyond: ruleAnswers(mine),
  }
}

/**
 * Rules that no tool of the catalog meets, or that can be about resources and prompts too, which no catalog lists: those whose
 * globs are more than names of tools.
 */
const isBeyond = ({ rule, effect }: CompiledRule, met: Set<CompiledRule['rule']>, tools: Set<string>): boolean =>
  effect !== 'deny' &&
  (!met.has(rule) ||
    (rule.actions.some((action) => action !== 'tools/call') && rule.resources.some((glob) => !tools.has(glob))))
