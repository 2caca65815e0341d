import { sql } from 'drizzle-orm'
import { type Context, type Database, requireAuditor } from '../context'
import type { JsonObject } from '../types'
import type { SeenPerson } from './schemas'

export type Person = {
  id: string
  name: string
  email: string | null
  groups: string[]
  claims: JsonObject
}

const peopleMax = 5_000

type Row = { id: string; name: string; email: string | null; groups: string[]; claims: JsonObject; at: string }
type Caller = { id: string; name: string; at: string; body: string | null }

/** Everybody whose token was seen: who signed in here, and who called. Newest groups win. */
export async function seenPeople(db: Database): Promise<Person[]> {
  const [signedIn, callers] = await Promise.all([
    db.execute(sql`select id, name, email, groups, claims, groups_read_at as at from people limit ${peopleMax}`),
    db.execute(sql`
      select s.principal_id as id, s.principal as name, s.last_at as at, e.body
      from (select distinct on (principal_id) * from sessions order by principal_id, last_at desc limit ${peopleMax}) s
      left join lateral (
        select body from entries where session_id = s.id and kind in ('call', 'list', 'request', 'refusal')
        order by at desc limit 1) e on true`),
  ])
  const found = new Map<string, Person & { at: number }>()
  for (const row of signedIn.rows as unknown as Row[]) {
    const { id, name, email, groups, claims, at } = row
    found.set(id, { id, name, email, groups, claims, at: +new Date(at) })
  }
  for (const { id, name, at, body } of callers.rows as unknown as Caller[]) {
    const claims = claimsIn(body)
    const known = found.get(id)
    if (claims === null || (known !== undefined && known.at > +new Date(at))) continue
    const email = name.includes('@') ? name : null
    found.set(id, { name, email, ...known, id, ...merged(known, claims), at: +new Date(at) })
  }
  return [...found.values()].map(({ at: _, ...person }) => person).sort((a, b) => a.name.localeCompare(b.name))
}

export async function listPeople(ctx: Context): Promise<SeenPerson[]> {
  requireAuditor(ctx)
  return (await seenPeople(ctx.db)).map(({ id, name, email, groups }) => ({ id, name: email ?? name, groups }))
}

type Recorded = { groups: string[]; named: JsonObject }

const merged = (known: Person | undefined, { groups, named }: Recorded) => ({
  groups,
  claims: { ...known?.claims, groups, ...named },
})

/** Of an entry: what it kept of the caller's token. */
function claimsIn(body: string | null): Recorded | null {
  if (body === null) return null
  try {
    const { claims } = JSON.parse(body) as { claims?: { groups?: string[]; named?: JsonObject } }
    return claims === undefined ? null : { groups: claims.groups ?? [], named: claims.named ?? {} }
  } catch {
    return null
  }
}
