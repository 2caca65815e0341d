import { type SQL, sql } from 'drizzle-orm'
import type { Context } from '../context'
import type { Outcome } from '../types'
import { visibleSession } from './get-session'
import { iso } from './list-sessions'
import type { StepFilter, StepList } from './schemas'
import { like, searches } from './search-text'

type Row = {
  id: string
  at: string
  action: string
  resource: string
  outcome: Outcome | ''
  reason: string | null
  masked: number
  ms: string | null
}

/** A call and its answer are one step, and so is what passed between them; what is only one entry is a step by itself. */
export const isStep = sql`e.kind <> 'reply' and e.call_id is null`

// Whoever waited for a person was not denied: earlier entries say so.
const reason = sql`substring(left(e.body, 200) from '^\\{"decision":\\{"effect":"[a-z]+","reason":"([a-z-]+)"')`
const outcome = sql`coalesce(r.outcome, case when e.outcome = 'denied' and ${reason} = 'review-required' then 'held' else e.outcome end)`
// Where an answer ends with it nothing that a target said can look like it; else what the entries' times say.
const took = sql`coalesce(substring(right(r.body, 60) from '"ms":([0-9.]+),"bytes":[0-9]+\\}$')::float8,
  extract(epoch from r.at - e.at) * 1000)`

/** The steps of one conversation, in their order, as one line each. */
export async function listSteps(ctx: Context, id: string, filter: StepFilter): Promise<StepList> {
  await visibleSession(ctx, id)
  if (!filter.text) return read(ctx, id, filter, sql``)
  // All that belongs to the step: what was asked, what passed meanwhile, the answer.
  const says = sql` and e.id in (
    select coalesce(m.call_id, m.id) from entries m where m.session_id = ${id} and m.body ilike ${like(filter.text)})`
  return searches.take(ctx.viewer.id, () => read(ctx, id, filter, says))
}

async function read(ctx: Context, id: string, filter: StepFilter, says: SQL): Promise<StepList> {
  const all = sql`from entries e ${filter.only ? replied : sql``}
    where e.session_id = ${id} and ${isStep}${filter.only ? sql` and ${outcome} = ${filter.only}` : sql``}${says}`
  const [counted, found] = await Promise.all([
    ctx.db.execute(sql`select count(*)::int as n ${all}`),
    ctx.db.execute(sql`
      select e.id, e.at, e.action, e.resource, ${outcome} as outcome, coalesce(r.masked, e.masked) as masked, ${took} as ms
      from (select e.* ${all} order by e.at, e.seq limit ${filter.limit} offset ${filter.offset}) e ${replied}
      order by e.at, e.seq`),
  ])
  const rows = found.rows as unknown as Row[]
  return {
    total: Number(counted.rows[0]?.n),
    steps: rows.map(({ reason: _, ...row }) => ({
      ...row,
      at: iso(row.at),
      ms: row.ms === null ? null : Number(row.ms),
    })),
  }
}

/** How many steps of its session stand before one; null when it is no step of it. */
export async function indexOfStep(ctx: Context, id: string, stepId: string): Promise<number | null> {
  await visibleSession(ctx, id)
  const { rows } = await ctx.db.execute(sql`
    select (select count(*)::int from entries e where e.session_id = ${id} and ${isStep} and (e.at, e.seq) < (s.at, s.seq)) as n
    from entries s where s.id = ${stepId} and s.session_id = ${id}`)
  return rows[0] === undefined ? null : Number(rows[0].n)
}

const replied: SQL = sql`left join entries r on r.call_id = e.id and r.kind = 'reply'`
