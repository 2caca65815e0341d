import type pg from 'pg'
import type { Entry } from '../types'

/** What a group is written under: only on this policy version, and with one use of this grant. */
export type Terms = { version: number | null; grantId: string | null }
export type Written = { state: 'open' } | { state: 'policy-moved'; version: number } | { state: 'grant-gone' }

// A named statement on pg directly: drizzle's builder costs four times the CPU on this path.
const columns: [name: string, type: string, of: (entry: Entry) => string | number | null][] = [
  ['chain', 'uuid', (entry) => entry.chain],
  ['seq', 'bigint', (entry) => entry.seq],
  ['id', 'uuid', (entry) => entry.id],
  ['kind', 'text', (entry) => entry.kind],
  ['at', 'timestamptz', (entry) => entry.at],
  ['session_id', 'uuid', (entry) => entry.sessionId],
  ['call_id', 'uuid', (entry) => entry.callId],
  ['principal_id', 'text', (entry) => entry.principalId],
  ['principal', 'text', (entry) => entry.principal],
  ['client', 'text', (entry) => entry.client],
  ['connection_id', 'uuid', (entry) => entry.connectionId],
  ['connection', 'text', (entry) => entry.connection],
  ['action', 'text', (entry) => entry.action],
  ['resource', 'text', (entry) => entry.resource],
  ['outcome', 'text', (entry) => entry.outcome],
  ['policy_version', 'integer', (entry) => entry.policyVersion],
  ['masked', 'integer', (entry) => entry.masked],
  ['body', 'text', (entry) => entry.body],
  ['previous_hash', 'text', (entry) => entry.previousHash],
  ['hash', 'text', (entry) => entry.hash],
]

const names = columns.map(([name]) => name).join(', ')
const scalars = columns.map(([, type], n) => `$${n + 1}::${type}`).join(', ')
const arrays = columns.map(([, type], n) => `$${n + 1}::${type}[]`).join(', ')
const [version, chain, seq, hash, grant] = [1, 2, 3, 4, 5].map((n) => `$${columns.length + n}`)
const newest = '(select coalesce(max(number), 0) from policy_versions)'
const inForce = `(${version}::integer is null or ${version}::integer = ${newest})`

// By the database's clock at the moment the row is ours, not when we began to wait for it.
const taken = `
taken as (
  update grants set used = used + 1
  where id = ${grant}::uuid and (max_uses is null or used < max_uses) and ends_at > clock_timestamp() and revoked_at is null
    and ${inForce}
  returning id),`

/** Takes the grant, moves the head of the chain and inserts its entries; or does nothing at all. One statement, so one commit. */
const statement = (rows: string, withGrant: boolean) => `
with ${withGrant ? taken : ''}
moved as (
  update chains set seq = ${seq}, hash = ${hash}, closed_at = null
  where id = ${chain} and ${inForce} ${withGrant ? 'and exists (select from taken)' : ''}
  returning id)
insert into entries (${names}) ${rows}`

// An entry alone has a statement of its own: arrays of one cost PostgreSQL a sixth more (measured).
const alone = `select ${scalars} from moved`
const statements = {
  one: { name: 'record one', text: statement(alone, false) },
  granted: { name: 'record with a grant', text: statement(alone, true) },
  many: { name: 'record many', text: statement(`select t.* from moved, unnest(${arrays}) as t`, false) },
}

/** A PostgreSQL array (8.15, array input), as pg would write it, at a third of its price. */
function arrayLiteral(entries: Entry[], of: (entry: Entry) => string | number | null): string {
  let out = '{'
  for (const entry of entries) {
    const value = of(entry)
    if (out.length > 1) out += ','
    out += value === null ? 'NULL' : typeof value === 'number' ? value : `"${escaped(value)}"`
  }
  return `${out}}`
}

/** The same of texts in PostgreSQL's binary format (array_send): bodies are JSON, whose every quote would be escaped. */
function binaryArray(texts: string[]): Buffer {
  const lengths = texts.map((text) => Buffer.byteLength(text))
  const out = Buffer.allocUnsafe(lengths.reduce((sum, length) => sum + 4 + length, 20))
  let at = 0
  // One dimension, no nulls, of type text (25), so many, counted from 1.
  for (const word of [1, 0, 25, texts.length, 1]) at = out.writeInt32BE(word, at)
  for (const [n, text] of texts.entries()) {
    at = out.writeInt32BE(lengths[n] as number, at)
    at += out.write(text, at)
  }
  return out
}

const special = /["\\]/g

const escaped = (text: string): string =>
  text.includes('"') || text.includes('\\') ? text.replace(special, '\\$&') : text

/**
 * Writes entries of one chain, in order, under one set of terms: all of them, or none. Entries that use a grant come one by one.
 * Throws what PostgreSQL says.
 */
export async function insertEntries(client: pg.Client, entries: Entry[], terms: Terms): Promise<Written> {
  const last = entries.at(-1)
  if (last === undefined) return { state: 'open' }
  if (terms.grantId !== null && entries.length > 1) throw new Error('a use of a grant is recorded alone')
  const values = [
    ...(entries.length === 1 ? columns.map(([, , of]) => of(last)) : arraysOf(entries)),
    ...[terms.version, last.chain, last.seq, last.hash],
    ...(terms.grantId === null ? [] : [terms.grantId]),
  ]
  const one = terms.grantId === null ? statements.one : statements.granted
  const { rowCount } = await client.query({ ...(entries.length === 1 ? one : statements.many), values })
  return rowCount === entries.length ? { state: 'open' } : whyNot(client, last, terms)
}

const arraysOf = (entries: Entry[]) =>
  columns.map(([name, , of]) =>
    name === 'body' ? binaryArray(entries.map(({ body }) => body)) : arrayLiteral(entries, of),
  )

async function whyNot(client: pg.Client, { chain }: Entry, terms: Terms): Promise<Written> {
  const { rows } = await client.query(
    `select ${newest} as version, exists (select from chains where id = $1) as chained`,
    [chain],
  )
  if (rows[0].chained !== true) throw new Error('the chain of this process is gone from the database')
  if (terms.version === null && terms.grantId === null) throw new Error('entries without terms were not written')
  // Without a grant there is no other reason, also when the version that was missing a moment ago is there by now.
  if (terms.grantId === null || (terms.version !== null && rows[0].version !== terms.version))
    return { state: 'policy-moved', version: rows[0].version }
  return { state: 'grant-gone' }
}
