import type pg from 'pg'
import type { Entry } from '../types'

// A named statement on pg directly: drizzle's builder costs four times the CPU on this path.
const columns = [
  ['chain', 'uuid'],
  ['seq', 'bigint'],
  ['id', 'uuid'],
  ['kind', 'text'],
  ['at', 'timestamptz'],
  ['session_id', 'uuid'],
  ['call_id', 'uuid'],
  ['principal_id', 'text'],
  ['principal', 'text'],
  ['client', 'text'],
  ['connection_id', 'uuid'],
  ['connection', 'text'],
  ['action', 'text'],
  ['resource', 'text'],
  ['outcome', 'text'],
  ['policy_version', 'integer'],
  ['masked', 'integer'],
  ['body', 'text'],
  ['previous_hash', 'text'],
  ['hash', 'text'],
] as const

const names = columns.map(([name]) => name).join(', ')
const arrays = columns.map(([, type], n) => `$${n + 1}::${type}[]`).join(', ')
const after = columns.length

/** Inserts a group and moves its chain's head, or nothing at all when the policy is no longer at the expected version. */
const statement = `
with newest as (select coalesce(max(number), 0) as version from policy_versions),
rows as (
  select * from unnest(${arrays}) as t(${names})
  where $${after + 1}::integer is null or $${after + 1}::integer = (select version from newest)),
added as (insert into entries (${names}) select ${names} from rows returning seq, hash),
moved as (update chains set seq = $${after + 3}, hash = $${after + 4} where id = $${after + 2} and exists (select from rows))
select (select version from newest) as version, (select count(*) from added)::int as added`

/** One statement, one commit. `version` null: whatever policy is in force. */
export async function insertEntries(
  client: pg.Client,
  entries: Entry[],
  version: number | null,
): Promise<{ inserted: boolean; version: number }> {
  const last = entries.at(-1)
  if (last === undefined) return { inserted: true, version: version ?? 0 }
  const values = [
    entries.map((entry) => entry.chain),
    entries.map((entry) => entry.seq),
    entries.map((entry) => entry.id),
    entries.map((entry) => entry.kind),
    entries.map((entry) => entry.at.toISOString()),
    entries.map((entry) => entry.sessionId),
    entries.map((entry) => entry.callId),
    entries.map((entry) => entry.principalId),
    entries.map((entry) => entry.principal),
    entries.map((entry) => entry.client),
    entries.map((entry) => entry.connectionId),
    entries.map((entry) => entry.connection),
    entries.map((entry) => entry.action),
    entries.map((entry) => entry.resource),
    entries.map((entry) => entry.outcome),
    entries.map((entry) => entry.policyVersion),
    entries.map((entry) => entry.masked),
    entries.map((entry) => entry.body),
    entries.map((entry) => entry.previousHash),
    entries.map((entry) => entry.hash),
  ]
  const { rows } = await client.query({
    name: 'record',
    text: statement,
    values: [...values, version, last.chain, last.seq, last.hash],
  })
  return { inserted: rows[0].added === entries.length, version: rows[0].version }
}

/** Takes one use of a grant by the database's clock; false when it is used up, over or revoked. */
export async function takeGrant(client: pg.Client, id: string): Promise<boolean> {
  const { rowCount } = await client.query(
    `update grants set used = used + 1
     where id = $1 and (max_uses is null or used < max_uses) and ends_at > now() and revoked_at is null`,
    [id],
  )
  return rowCount === 1
}
