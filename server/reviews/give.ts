import { sql } from 'drizzle-orm'
import type { Transaction } from '../context'
import { type Give, grants, type reviews } from '../db/review-schema'
import { Refusal } from '../errors'
import { compileCondition, seenBy } from '../policy/conditions'
import { narrowingProblem } from '../policy/grants'
import { shownHttp } from '../policy/http-facts'
import type { AskedRule, JsonObject } from '../types'

type Row = typeof reviews.$inferSelect
type Asked = { asked: AskedRule[] }

/** What an approval gives unless its person says otherwise: a call once, or the access that was asked for. */
export const plainGive = ({ kind, wanted }: Pick<Row, 'kind' | 'wanted'>): Give =>
  kind === 'access' ? { scope: 'tool', minutes: wanted?.minutes ?? 1 } : { scope: 'call', times: 1 }

export const minutesMax = ({ asked }: Asked): number => Math.min(...asked.map((rule) => rule.review.maxMinutes))

/** Refuses what the rules do not let anybody give, and a condition that this very call does not meet. */
export function checkGive(review: Row, give: Give, args: JsonObject | null, now: Date): void {
  const most = minutesMax(review)
  const { scope, minutes, times, when } = give
  if (minutes !== undefined && minutes > most)
    throw new Refusal('invalid', `the rules let you give at most ${most} minutes`, 'give.minutes')
  if (review.kind === 'access' && scope !== 'tool')
    throw new Refusal('invalid', 'access was asked for, not one call; give the tools for a time', 'give.scope')
  if (scope === 'tool' && review.asked.some((rule) => rule.review.scope !== 'tool'))
    throw new Refusal('invalid', 'a rule wants every call to be looked at; give this call only', 'give.scope')
  if (scope === 'tool' && minutes === undefined)
    throw new Refusal('invalid', 'say for how many minutes', 'give.minutes')
  if (scope === 'call' && minutes === undefined && times === undefined)
    throw new Refusal('invalid', 'say for how many minutes, or how many times', 'give.times')
  if (when !== undefined) checkCondition(review, give, when, args, now)
}

function checkCondition(review: Row, { scope }: Give, when: string, args: JsonObject | null, now: Date): void {
  if (scope !== 'tool')
    throw new Refusal('invalid', 'one call has its arguments already; leave out the condition', 'give.when')
  const problem = narrowingProblem(when)
  if (problem !== null) throw new Refusal('invalid', problem, 'give.when')
  if (args === null) return
  const { principalId, principal, connectionId, connection, targetHash, action, resource, facts } = review
  const call = {
    principal: { id: principalId, ...principal, claims: {}, kind: 'user' as const },
    client: { id: '', name: '', version: '' },
    connection: { id: connectionId, name: connection, targetHash },
    ...{ action, resource, args, ...facts, http: shownHttp(facts, args) },
  }
  const answer = compileCondition(when).answer(seenBy(call, now))
  if (answer === true) return
  const why = answer === false ? 'this very call does not meet it' : `on this very call ${answer.error}`
  throw new Refusal('invalid', `the condition would not let it through: ${why}`, 'give.when')
}

/** Of several approvals the narrowest of everything counts. */
export function narrowest(gives: Give[]): Give {
  const least = (values: (number | undefined)[]) => {
    const known = values.filter((value) => value !== undefined)
    return known.length === 0 ? undefined : Math.min(...known)
  }
  const scope = gives.some((give) => give.scope === 'call') ? 'call' : 'tool'
  const minutes = least(gives.map((give) => give.minutes))
  const times = least(gives.map((give) => give.times))
  const conditions = [...new Set(gives.flatMap(({ when }) => (when === undefined ? [] : [when])))]
  const when = conditions.length > 1 ? conditions.map((text) => `(${text})`).join(' && ') : conditions[0]
  return {
    scope,
    ...(minutes === undefined ? {} : { minutes }),
    ...(times === undefined ? {} : { times }),
    // What is one call already needs no condition.
    ...(when === undefined || scope === 'call' ? {} : { when }),
  }
}

/** Leaves the grants of an approved review: one for a call or its tool, one for each tool of access asked ahead; their ids. */
export async function give(tx: Transaction, review: Row, gives: Give[]): Promise<string[]> {
  const { scope, minutes = minutesMax(review), times, when } = narrowest(gives)
  const resources =
    review.kind === 'access'
      ? (review.wanted?.tools ?? []).map((id, n) => ({
          resource: { type: 'tool' as const, id },
          toolHash: review.wanted?.hashes?.[n] ?? null,
        }))
      : [{ resource: review.resource, toolHash: review.facts.toolHash ?? null }]
  const left = resources.map(({ resource, toolHash }) => ({
    id: crypto.randomUUID(),
    reviewId: review.id,
    principalId: review.principalId,
    principal: review.principal.email ?? review.principal.name,
    connectionId: review.connectionId,
    connection: review.connection,
    targetHash: review.targetHash,
    digest: scope === 'call' ? review.digest : null,
    action: review.action,
    ...{ resource, toolHash },
    condition: when ?? null,
    rules: review.asked.map((rule) => rule.contentHash),
    maxUses: times ?? null,
    endsAt: sql`clock_timestamp() + make_interval(mins => ${Math.min(minutes, minutesMax(review))})`,
  }))
  if (left.length > 0) await tx.insert(grants).values(left)
  return left.map(({ id }) => id)
}
