import type pg from 'pg'
import type { Entry } from '../types'
import { columns, entryRows } from './entry-rows'

/**
 * What a group is written under: only on this policy version, and with one use of this grant, or with the answer that nobody heard of this
 * earlier call taken away.
 */
export type Terms = { version: number | null; grantId: string | null; earlierId?: string | null }
export type Written =
  | { state: 'open' }
  | { state: 'policy-moved'; version: number }
  | { state: 'grant-gone' }
  | { state: 'answer-gone' }

/** What uses something up is written alone. */
export const usedBy = ({ grantId, earlierId = null }: Pick<Terms, 'grantId' | 'earlierId'>): string | null =>
  grantId ?? earlierId

// A named statement on pg directly: drizzle's builder costs four times the CPU on this path.
const names = columns.map(({ name }) => name).join(', ')
const newest = '(select coalesce(max(number), 0) from policy_versions)'
const inForce = `($1::integer is null or $1::integer = ${newest})`

// By the database's clock at the moment the row is ours, not when we began to wait for it.
const takenGrant = `
taken as (
  update grants set used = used + 1
  where id = $5::uuid and (max_uses is null or used < max_uses) and ends_at > clock_timestamp() and revoked_at is null
    and ${inForce}
  returning id),`

const takenAnswer = `
taken as (
  delete from unheard_answers where call_id = $5::uuid and answer_sealed is not null and ${inForce} returning call_id),`

/** Takes what is used up, moves the head of the chain and inserts its entries; or does nothing at all. One statement, so one commit. */
const statement = (rows: string, taken = '') => `
with ${taken}
moved as (
  update chains set seq = $3, hash = $4, closed_at = null
  where id = $2 and ${inForce} ${taken === '' ? '' : 'and exists (select from taken)'}
  returning id)
insert into entries (${names}) ${rows}`

// An entry alone has a statement of its own: one row to take apart costs PostgreSQL a tenth more (measured). Of many, as one value for
// each column, PostgreSQL would need a sixth more than it needs for rows (measured).
const alone = (first: number) =>
  `select ${columns.map(({ kind }, n) => `$${first + n}::${kind}`).join(', ')} from moved`
const statements = {
  one: { name: 'record one', text: statement(alone(5)) },
  granted: { name: 'record with a grant', text: statement(alone(6), takenGrant) },
  told: { name: 'record with an answer', text: statement(alone(6), takenAnswer) },
  many: { name: 'record many', text: statement('select t.* from moved, unnest($5::entry_row[]) as t') },
}

/**
 * Writes entries of one chain, in order, under one set of terms: all of them, or none. Entries that use something up come one by one.
 * Throws what PostgreSQL says.
 */
export async function insertEntries(client: pg.Client, entries: Entry[], terms: Terms): Promise<Written> {
  const last = entries.at(-1)
  if (last === undefined) return { state: 'open' }
  const uses = usedBy(terms)
  if (uses !== null && entries.length > 1) throw new Error('what uses something up is recorded alone')
  const under = [terms.version, last.chain, last.seq, last.hash, ...(uses === null ? [] : [uses])]
  const single = uses === null ? statements.one : terms.grantId === null ? statements.told : statements.granted
  const { rowCount } =
    entries.length === 1
      ? await client.query({ ...single, values: [...under, ...columns.map(({ of }) => of(last))] })
      : await client.query({ ...statements.many, values: [...under, entryRows(entries, await rowOid(client))] })
  return rowCount === entries.length ? { state: 'open' } : whyNot(client, last, terms)
}

const oids = new WeakMap<pg.Client, number>()

/** The number that the type `entry_row` has in this database. */
async function rowOid(client: pg.Client): Promise<number> {
  const known = oids.get(client)
  if (known !== undefined) return known
  const { rows } = await client.query(`select 'entry_row'::regtype::oid::bigint as oid`)
  const oid = Number(rows[0].oid)
  oids.set(client, oid)
  return oid
}

async function whyNot(client: pg.Client, { chain }: Entry, terms: Terms): Promise<Written> {
  const { rows } = await client.query(
    `select ${newest} as version, exists (select from chains where id = $1) as chained`,
    [chain],
  )
  if (rows[0].chained !== true) throw new Error('the chain of this process is gone from the database')
  if (terms.version === null && usedBy(terms) === null) throw new Error('entries without terms were not written')
  // Where nothing is used up there is no other reason, also when the version that was missing a moment ago is there by now.
  if (usedBy(terms) === null || (terms.version !== null && rows[0].version !== terms.version))
    return { state: 'policy-moved', version: rows[0].version }
  return { state: terms.grantId === null ? 'answer-gone' : 'grant-gone' }
}
