import { and, gt, inArray } from 'drizzle-orm'
import { type Context, type Database, requireAuditor } from '../context'
import { reviews } from '../db/review-schema'
import type { CompiledPolicy, CompiledRole } from '../policy/compile'
import { isMember } from '../policy/match'
import { diffPolicies } from '../policy/words'
import { eachKind, type Window } from './recorded-calls'
import { type Unused, UnusedQuery, type UnusedRole } from './schemas'
import { type Person, seenPeople } from './seen-people'
import { Use, withoutUnused } from './without-unused'
import { type CatalogConnection, readCatalog } from './world'

const dayMs = 24 * 3600_000

/** What the policy in force allows and nobody used in the last days, and that policy without it. */
export async function unusedPrivilege(ctx: Context, input: UnusedQuery, policy: CompiledPolicy): Promise<Unused> {
  requireAuditor(ctx)
  const { days } = UnusedQuery.parse(input)
  const to = new Date()
  const from = new Date(+to - days * dayMs)
  const [catalog, people, verdicts, use] = await Promise.all([
    readCatalog(ctx.db),
    seenPeople(ctx.db),
    readVerdicts(ctx, from),
    sharedUse(ctx.db, days, { from, to }),
  ])
  const draft = withoutUnused(policy.document, use, catalog)
  const changes = diffPolicies(policy.document, draft)
  return {
    days,
    since: from.toISOString(),
    calls: use.calls,
    roles: policy.roles.map((role) => ofRole(role, use, catalog, people, verdicts)),
    draft: changes.length === 0 ? null : draft,
    basedOn: policy.version,
    changes,
  }
}

const reading = new Map<number, Promise<Use>>()

/** One reading of a period at a time: it takes seconds, so who asks meanwhile gets the same. */
function sharedUse(db: Database, days: number, window: Window): Promise<Use> {
  const running = reading.get(days) ?? readUse(db, window).finally(() => reading.delete(days))
  reading.set(days, running)
  return running
}

async function readUse(db: Database, window: Window): Promise<Use> {
  const use = new Use()
  await eachKind(db, window, (kind) => use.take(kind))
  return use
}

function ofRole(
  { role, rules, rulesFor }: CompiledRole,
  use: Use,
  catalog: CatalogConnection[],
  people: Person[],
  verdicts: Map<string, Verdicts>,
): UnusedRole {
  const giving = rules.filter((rule) => rule.effect !== 'deny')
  const members = people.filter((person) => role.members.some((member) => isMember(member, person)))
  const tools = catalog.flatMap((connection) =>
    connection.tools.flatMap(({ name }) => {
      const mine = rulesFor(connection.name, 'tools/call', name).filter((rule) => rule.effect !== 'deny')
      const used = mine.some(({ rule }) => use.of(role.name, rule.id).has(connection.name, name))
      return mine.length === 0 || used
        ? []
        : [{ connection: connection.name, tool: name, rules: mine.map(({ rule }) => rule.id) }]
    }),
  )
  return {
    role: role.name,
    people: members.length,
    idle: members
      .filter(({ id }) => !giving.some(({ rule }) => use.of(role.name, rule.id).people.has(id)))
      .map(({ id, name, email }) => ({ id, name: email ?? name })),
    tools,
    rules: giving.filter(({ rule }) => use.of(role.name, rule.id).times === 0).map(({ rule }) => rule.id),
    always: giving.flatMap(({ rule }) => {
      const found = verdicts.get(`${role.name}/${rule.id}`)
      if (found === undefined || Math.max(found.approved, found.denied) < timesMin) return []
      if (found.approved > 0 && found.denied > 0) return []
      const verdict = found.denied === 0 ? ('approved' as const) : ('denied' as const)
      return [{ rule: rule.id, verdict, times: found.approved + found.denied }]
    }),
  }
}

/** Fewer answers than this are no habit. */
const timesMin = 3
type Verdicts = { approved: number; denied: number }

async function readVerdicts(ctx: Context, from: Date): Promise<Map<string, Verdicts>> {
  const { asked, state, settledAt } = reviews
  const rows = await ctx.db
    .select({ asked, state })
    .from(reviews)
    .where(and(inArray(state, ['approved', 'denied']), gt(settledAt, from)))
  const counts = new Map<string, Verdicts>()
  for (const row of rows)
    for (const { role, rule } of row.asked) {
      const known = counts.get(`${role}/${rule}`) ?? { approved: 0, denied: 0 }
      known[row.state as keyof Verdicts] += 1
      counts.set(`${role}/${rule}`, known)
    }
  return counts
}
