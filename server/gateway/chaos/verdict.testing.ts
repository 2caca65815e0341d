import { exportRecord } from '../../audit/export-record'
import { RecordVerifier } from '../../audit/verify'
import type { Viewer } from '../../types'
import type { World } from './world.testing'

type CallRow = {
  id: string
  tag: string
  grant: string | null
  principal: string
  resource: string
  args: string
  outcome: string | null
}
type GrantRow = {
  id: string
  used: number
  max: number | null
  review: string
  state: string
  votes: number
  needed: number
  own: boolean
  exact: boolean
  used_by: number
}

const calls = `
select e.id, e.body::jsonb ->> 'requestId' as tag, e.body::jsonb #>> '{decision,grantId}' as grant, e.principal, e.resource,
  e.body::jsonb ->> 'arguments' as args, r.outcome
from entries e left join entries r on r.call_id = e.id and r.kind = 'reply'
where e.kind = 'call'`

const grants = `
select g.id, g.digest is not null as exact, g.used, g.max_uses as max, g.review_id as review, r.state,
  (select count(distinct person) from votes v where v.review_id = r.id and verdict = 'approve')::int as votes,
  (r.asked #>> '{0,review,approvals}')::int as needed,
  exists (select from votes v where v.review_id = r.id and v.person = r.principal_id) as own,
  (select count(*) from entries e where e.kind = 'call' and e.body::jsonb #>> '{decision,grantId}' = g.id::text)::int as used_by
from grants g join reviews r on r.id = g.review_id`

/** Each settled question was settled once, and only an approved one left a grant, and only one. */
const reviews = `
select r.id, r.state, (select count(*) from grants g where g.review_id = r.id)::int as grants,
  (select count(*) from entries e where e.kind = 'review' and e.body::jsonb ->> 'review' = r.id::text
    and (e.action in ('review.cancel', 'review.expire')
      or e.action = 'review.vote' and e.body::jsonb ->> 'state' in ('approved', 'denied')))::int as ends
from reviews r`

const questions = `
select r.id, r.offer_of as offer, r.principal ->> 'name' as caller, r.resource ->> 'id' as tool, concat_ws(' ', r.principal ->> 'name', r.resource ->> 'id', r.arguments_masked::jsonb ->> 'order') as call
from reviews r`

export type Verdict = {
  problems: string[]
  effects: number
  entries: number
  unknown: number
  grants: number
  told: number
}

/** Holds what callers were told and what the record says against what the target counted. */
export async function judge(world: World): Promise<Verdict> {
  const { pool, db, target, sent } = world
  const problems: string[] = []
  const rows: CallRow[] = (await pool.query(calls)).rows
  const entryOf = new Map(rows.map((row) => [row.tag, row]))
  if (entryOf.size !== rows.length) problems.push('a request has two entries')
  for (const { tag, end, said, answeredAs } of sent) {
    const effects = target.effects.get(tag) ?? 0
    const entry = entryOf.get(tag)
    const about = `${tag} (${end}, entry ${entry === undefined ? 'none' : entry.outcome}): ${said.slice(0, 200)}`
    if (effects > 1) problems.push(`ran ${effects} times: ${about}`)
    if (effects > 0 && entry === undefined) problems.push(`ran without an entry: ${about}`)
    if (effects > 0 && entry?.grant === null) problems.push(`ran without a grant: ${about}`)
    if (entry !== undefined && entry.outcome === null) problems.push(`was never closed: ${about}`)
    if (entry?.outcome === 'ok' && effects === 0) problems.push(`is recorded as done and did not run: ${about}`)
    if (end === 'ran' && effects === 0 && answeredAs === null) problems.push(`was answered and did not run: ${about}`)
    if (end === 'refused' && effects > 0) problems.push(`was refused and ran: ${about}`)
    if (end === 'waits') problems.push(`waits still: ${about}`)
  }
  problems.push(...toldProblems(world, rows))
  const given: GrantRow[] = (await pool.query(grants)).rows
  for (const grant of given) problems.push(...grantProblems(grant, rows))
  for (const review of (await pool.query(reviews)).rows) {
    const settled = review.state !== 'pending'
    if (review.ends !== Number(settled))
      problems.push(`review ${review.id} is ${review.state} and was settled ${review.ends} times`)
    if (review.grants !== Number(review.state === 'approved'))
      problems.push(`review ${review.id} is ${review.state} and left ${review.grants} grants`)
  }
  problems.push(...overspent(world, (await pool.query(questions)).rows as Asked[]))
  problems.push(...(await recordProblems(db)))
  const effects = [...target.effects.values()].reduce((sum, n) => sum + n, 0)
  const unknown = rows.filter(({ outcome }) => outcome !== 'ok').length
  if (effects > rows.length || effects < rows.length - unknown)
    problems.push(`${effects} effects, but ${rows.length} entries of which ${unknown} may not have run`)
  const told = sent.filter(({ answeredAs }) => answeredAs !== null).length
  return { problems, effects, entries: rows.length, unknown, grants: given.length, told }
}

/** Who was told what an earlier call was answered: it was their own, identical, ran once, was not heard, and was told once. */
function toldProblems({ sent, target }: World, rows: CallRow[]): string[] {
  const problems: string[] = []
  const heard = new Set<string>()
  for (const { tag, caller, tool, order, answeredAs, said } of sent) {
    if (answeredAs === null) continue
    const about = `${tag} was told the answer of ${answeredAs}`
    const row = rows.find(({ id }) => id === answeredAs)
    const earlier = sent.find((one) => one.tag === row?.tag)
    if (earlier === undefined) problems.push(`${about}, which is no call`)
    else if (earlier.caller !== caller || earlier.tool !== tool || earlier.order !== order)
      problems.push(`${about}, which was another's or another call`)
    else if (!said.includes(`done ${earlier.tag}`))
      problems.push(`${about}, but not what it said: ${said.slice(0, 200)}`)
    if (earlier?.end === 'ran') problems.push(`${about}, whose caller had heard it`)
    if (earlier !== undefined && target.effects.get(earlier.tag) !== 1)
      problems.push(`${about}, which did not run once`)
    if (target.effects.has(tag)) problems.push(`${about}, and ran`)
    if (heard.has(answeredAs)) problems.push(`${about}, as somebody was before`)
    heard.add(answeredAs)
  }
  return problems
}

type Asked = { id: string; offer: string | null; caller: string; tool: string; call: string }

/** By what people outside saw alone: a call ran at most as often as somebody was told that it was approved. */
function overspent(world: World, asked: Asked[]): string[] {
  const given = new Map<string, number>()
  const give = (what: string, times: number) => given.set(what, (given.get(what) ?? 0) + times)
  for (const question of asked) {
    const { times, wide } = mostGiven(world, question)
    give(question.call, times)
    give(`${question.caller} ${question.tool}`, wide)
  }
  const ran = new Map<string, { times: number; of: string }>()
  for (const { tag, caller, tool, order } of world.sent) {
    const call = `${caller} ${tool} ${order}`
    const times = (ran.get(call)?.times ?? 0) + (world.target.effects.get(tag) ?? 0)
    ran.set(call, { times, of: `${caller} ${tool}` })
  }
  // What a tool's grants let through beyond the calls' own approvals is taken from one purse.
  const beyond = new Map<string, number>()
  const answersOn = (of: string) =>
    asked
      .filter(({ call, id }) => call.startsWith(`${of} `) && world.answers.has(id))
      .map(({ call, id }) => `${call}: ${world.answers.get(id)?.join(', ')}`)
  for (const [call, { times, of }] of ran)
    beyond.set(of, (beyond.get(of) ?? 0) + Math.max(0, times - (given.get(call) ?? 0)))
  return [...beyond]
    .filter(([of, times]) => times > (given.get(of) ?? 0))
    .map(
      ([of, times]) =>
        `\`${of}\` ran ${times} times beyond its approvals, and ${given.get(of) ?? 0} were given; approvers were answered ${answersOn(of).join('; ')}`,
    )
}

/** The most that the people who approved one question can have given: its call so often, any call of its tool so often. */
function mostGiven(
  { approved, given, countered, lostOffers }: World,
  { id, offer, call }: Asked,
): { times: number; wide: number } {
  const isOffered = (offer !== null && countered.has(offer)) || lostOffers.has(Number(call.split(' ').at(-1)))
  if (!approved.has(id) && !isOffered) return { times: 0, wide: 0 }
  const gives = given.get(id) ?? []
  const of = (scope: 'call' | 'tool') => gives.filter((give) => give.scope === scope)
  const most = (some: typeof gives, least: number) =>
    Math.max(least, ...some.map(({ times }) => times ?? Number.POSITIVE_INFINITY))
  return { times: most(of('call'), 1), wide: most(of('tool'), 0) }
}

function grantProblems(grant: GrantRow, rows: CallRow[]): string[] {
  const problems: string[] = []
  const about = `grant ${grant.id} (used ${grant.used} of ${grant.max})`
  if (grant.max !== null && grant.used > grant.max) problems.push(`${about} was used too often`)
  if (grant.used !== grant.used_by) problems.push(`${about} stands in ${grant.used_by} entries`)
  if (grant.own) problems.push(`${about} was approved by its caller`)
  if (grant.votes < grant.needed) problems.push(`${about} has ${grant.votes} approvals of ${grant.needed}`)
  const shapes = new Set(
    rows
      .filter((row) => row.grant === grant.id)
      .map(({ principal, resource, args }) => [principal, resource, grant.exact ? args : 'any'].join(' ')),
  )
  if (shapes.size > 1) problems.push(`${about} let different calls through: ${[...shapes].join('; ')}`)
  return problems
}

async function recordProblems(db: World['db']): Promise<string[]> {
  const verifier = new RecordVerifier()
  const auditor = { admin: true, auditor: true } as Viewer
  for await (const line of exportRecord({ viewer: auditor, db })) verifier.take(line)
  return verifier.end().findings.map(({ where, problem }) => `${where}: ${problem}`)
}
