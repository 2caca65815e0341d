import { type SQL, sql } from 'drizzle-orm'
import type { Database } from '../context'
import { Turns } from '../turns'

/** Which sessions, newest first: conditions on `s`, a row of sessions, and on `e`, one of its entries. */
export type Search = { sessions: SQL; entry: SQL; limit: number }

type Looked = { id: string; at: string; hit: boolean }

/** Over a large record each takes seconds, of the ten connections that everything else shares. */
export const searches = new Turns(3)

/** For `ilike`: the text wherever it stands, each character for itself. */
export const like = (text: string): string => `%${text.replace(/[\\%_]/g, '\\$&')}%`

const firstLook = 50

/**
 * Ids of the newest sessions that have an entry in whose body something is looked for, which no index finds. They are looked into
 * one by one for as long as that is quick: a text that is everywhere fills the page at once, and few sessions are soon looked
 * through. For what is rare among many every body is read, once.
 */
export async function sessionsWithText(db: Database, search: Search, patienceMs = 500): Promise<string[]> {
  const { limit } = search
  const until = performance.now() + patienceMs
  const found: string[] = []
  let edge: Looked | undefined
  for (let size = firstLook; ; size *= 2) {
    const looked = await lookInto(db, search, edge, size)
    for (const { id, hit } of looked) if (hit) found.push(id)
    if (found.length >= limit || looked.length < size) return found.slice(0, limit)
    edge = looked.at(-1)
    if (performance.now() > until) break
  }
  return [...found, ...(await readAll(db, search, edge, limit - found.length))]
}

// As text, so that microseconds stay.
const beyond = (edge: Looked | undefined): SQL =>
  edge === undefined ? sql`true` : sql`(s.last_at, s.id) < (${edge.at}::timestamptz, ${edge.id}::uuid)`

/** A scalar for each: as a join the planner may read the whole record for the first of them. */
async function lookInto(
  db: Database,
  { sessions, entry }: Search,
  edge: Looked | undefined,
  size: number,
): Promise<Looked[]> {
  const { rows } = await db.execute(sql`
    select s.id, s.last_at::text as at,
      (select e.id from entries e where e.session_id = s.id and ${entry} limit 1) is not null as hit
    from (
      select s.id, s.last_at from sessions s where ${sessions} and ${beyond(edge)}
      order by s.last_at desc, s.id desc limit ${size}) s
    order by s.last_at desc, s.id desc`)
  return rows as unknown as Looked[]
}

async function readAll(
  db: Database,
  { sessions, entry }: Search,
  edge: Looked | undefined,
  limit: number,
): Promise<string[]> {
  const { rows } = await db.execute(sql`
    with hits as materialized (select distinct e.session_id from entries e where ${entry})
    select s.id from sessions s
    where ${sessions} and ${beyond(edge)} and s.id in (select session_id from hits)
    order by s.last_at desc, s.id desc limit ${limit}`)
  return rows.map(({ id }) => String(id))
}
