import type { Context } from '../../context'
import type { CompiledPolicy } from '../../policy/compile'
import { standing, standingOf } from '../../policy/standing'
import { membersInWords } from '../../policy/words'
import type { Call, Principal } from '../../types'
import { seenPeople } from '../seen-people'
import { type CatalogConnection, readCatalog } from '../world'
import { ruleAnswers } from './rule-answers'
import type { WhoAnswer } from './schemas'

export type Thing = { connection: string; action: 'tools/call' | 'resources/read' | 'prompts/get'; resource: string }

const types = { 'tools/call': 'tool', 'resources/read': 'resource', 'prompts/get': 'prompt' } as const

/** Which roles and which people seen so far could make a call, before its arguments are known. */
export async function whoCan(ctx: Context, policy: CompiledPolicy, thing: Thing): Promise<WhoAnswer> {
  const [people, catalog] = await Promise.all([seenPeople(ctx.db), readCatalog(ctx.db)])
  const now = new Date()
  const judged = people.map((person) => ({
    person,
    ...standingOf(policy, callOf({ ...person, kind: 'user' }, thing, catalog), now),
  }))
  return {
    ask: 'who',
    version: policy.version,
    roles: policy.roles.flatMap((role) => {
      const rules = role.rulesFor(thing.connection, thing.action, thing.resource)
      if (rules.length === 0) return []
      const { name, members } = role.role
      return [
        {
          role: name,
          members: membersInWords(members),
          standing: standing(rules, null).standing,
          rules: ruleAnswers(rules),
        },
      ]
    }),
    people: judged.flatMap(({ person, standing: stands, rules }) =>
      stands === 'deny'
        ? []
        : [{ id: person.id, name: person.email ?? person.name, standing: stands, rules: ruleAnswers(rules) }],
    ),
    others: judged.filter((one) => one.standing === 'deny').length,
  }
}

/** A call of which only what it is about is known. */
export function callOf(
  principal: Principal,
  { connection, action, resource }: Thing,
  catalog: CatalogConnection[],
): Call {
  const known = catalog.find(({ name }) => name === connection)
  const tool = known?.tools.find(({ name }) => name === resource)
  return {
    principal,
    client: { id: '', name: '', version: '' },
    connection: { id: known?.id ?? '', name: connection, targetHash: '' },
    action,
    resource: { type: types[action], id: resource },
    args: {},
    tool: tool?.hints ?? null,
    toolIsPinned: tool !== undefined && known?.pinned === true,
    sql: null,
    http: null,
  }
}
