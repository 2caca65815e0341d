import { type SQL, sql } from 'drizzle-orm'
import type { Context } from '../context'
import type { HourBucket, OutcomeCounts, SessionFilter, SessionList } from './schemas'
import { like, searches, sessionsWithText } from './search-text'

type Row = {
  id: string
  era: 'legacy' | 'modern'
  principal: string
  client: string
  connection: string
  started_at: string
  last_at: string
  outcomes: OutcomeCounts | null
  masked: number | null
}

export const answered = sql`(e.kind = 'reply' or e.kind = 'refusal')`
/** Recorded conversations, newest first. Auditors and admins see all of them, everybody else their own. */
export async function listSessions(ctx: Context, filter: SessionFilter): Promise<SessionList> {
  const { rows } = await ctx.db.execute(sql`
    with page as (
      select s.* from sessions s where ${await which(ctx, filter)}
      order by s.last_at desc, s.id desc limit ${filter.limit + 1})
    select p.id, p.era, p.principal, trim(p.client_name || ' ' || p.client_version) as client, p.connection,
      p.started_at, p.last_at::text as last_at, o.outcomes, o.masked
    from page p left join lateral (
      select jsonb_object_agg(outcome, n) as outcomes, sum(masked)::int as masked from (
        select e.outcome, count(*)::int as n, sum(e.masked) as masked from entries e
        where e.session_id = p.id and ${answered} and e.outcome <> '' group by e.outcome) counted) o on true
    order by p.last_at desc, p.id desc`)
  const found = rows as unknown as Row[]
  const shown = found.slice(0, filter.limit)
  const last = shown.at(-1)
  return {
    sessions: shown.map((row) => ({
      id: row.id,
      era: row.era,
      principal: row.principal,
      client: row.client,
      connection: row.connection,
      startedAt: iso(row.started_at),
      lastAt: iso(row.last_at),
      calls: Object.values(row.outcomes ?? {}).reduce((sum, n) => sum + n, 0),
      outcomes: row.outcomes ?? {},
      masked: row.masked ?? 0,
    })),
    next: found.length > shown.length && last !== undefined ? `${last.last_at}|${last.id}` : null,
  }
}

async function which(ctx: Context, filter: SessionFilter): Promise<SQL> {
  const sessions = all([...visibility(ctx), ...sessionConditions(filter), ...behind(filter.cursor)])
  const conditions = entryConditions(filter)
  if (conditions.length === 0) return sessions
  const entry = all(conditions)
  if (!filter.text) return sql`${sessions} and exists (select from entries e where e.session_id = s.id and ${entry})`
  const search = { sessions, entry, limit: filter.limit + 1 }
  const ids = await searches.take(ctx.viewer.id, () => sessionsWithText(ctx.db, search))
  return sql`s.id = any(${sql.param(ids)}::uuid[])`
}

function behind(cursor = ''): SQL[] {
  const [lastAt, id] = cursor.split('|')
  return lastAt === undefined || id === undefined
    ? []
    : [sql`(s.last_at, s.id) < (${lastAt}::timestamptz, ${id}::uuid)`]
}

/** Calls per hour by outcome over the last `hours`, oldest first; hours without calls are empty. */
export async function callsPerHour(ctx: Context, hours: number): Promise<HourBucket[]> {
  const mine = ctx.viewer.admin || ctx.viewer.auditor ? sql`true` : sql`e.principal_id = ${ctx.viewer.id}`
  const { rows } = await ctx.db.execute(sql`
    select h.at, coalesce(jsonb_object_agg(c.outcome, c.n) filter (where c.outcome is not null), '{}') as outcomes
    from generate_series(date_trunc('hour', now()) - make_interval(hours => ${hours - 1}), date_trunc('hour', now()), '1 hour') h(at)
    left join (
      select date_trunc('hour', e.at) as at, e.outcome, count(*)::int as n from entries e
      where e.at > now() - make_interval(hours => ${hours}) and ${answered} and e.outcome <> '' and ${mine}
      group by 1, 2) c on c.at = h.at
    group by h.at order by h.at`)
  return (rows as unknown as { at: string; outcomes: OutcomeCounts }[]).map(({ at, outcomes }) => ({
    at: iso(at),
    outcomes,
  }))
}

export const iso = (at: string | Date): string => new Date(at).toISOString()

const visibility = ({ viewer }: Context): SQL[] =>
  viewer.admin || viewer.auditor ? [] : [sql`s.principal_id = ${viewer.id}`]

const all = (conditions: SQL[]): SQL => (conditions.length === 0 ? sql`true` : sql.join(conditions, sql` and `))

function sessionConditions({ person, client, connection, from, to }: SessionFilter): SQL[] {
  return [
    ...(person ? [sql`s.principal ilike ${like(person)}`] : []),
    ...(client ? [sql`s.client_name ilike ${like(client)}`] : []),
    ...(connection ? [sql`s.connection = ${connection}`] : []),
    ...(from ? [sql`s.last_at >= ${from}::timestamptz`] : []),
    ...(to ? [sql`s.started_at <= ${to}::timestamptz`] : []),
  ]
}

/** All of them about one call, and about one that was within the time. */
function entryConditions({ tool, outcome, version, text, from, to }: SessionFilter): SQL[] {
  const about = [
    ...(tool ? [sql`e.resource = ${tool}`] : []),
    ...(outcome ? [sql`e.outcome = ${outcome}`] : []),
    ...(version === undefined ? [] : [sql`e.policy_version = ${version}`]),
    ...(text ? [says(text, Boolean(outcome))] : []),
  ]
  if (about.length === 0) return []
  return [
    ...about,
    ...(from ? [sql`e.at >= ${from}::timestamptz`] : []),
    ...(to ? [sql`e.at <= ${to}::timestamptz`] : []),
  ]
}

/** An outcome stands with the answer, so that what the call said must be looked for as well. */
function says(text: string, inCallToo: boolean): SQL {
  const words = like(text)
  return inCallToo
    ? sql`(e.body ilike ${words} or exists (select from entries c where c.id = e.call_id and c.body ilike ${words}))`
    : sql`e.body ilike ${words}`
}
