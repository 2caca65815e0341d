import type pg from 'pg'
import type { Entry } from '../types'
import type { RecordLine } from './verify'

const pageSize = 500

// Exact, so that no change hides in what JavaScript's dates leave out: microseconds, infinity, years before ours.
const exact = (at: string) => `
case when not isfinite(${at}) or ${at} < '0001-01-01Z' or ${at} >= '10000-01-01Z' then ${at}::text
  when date_trunc('milliseconds', ${at}) = ${at} then to_char(${at} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
  else to_char(${at} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') end`

const entryColumns = `
chain, seq::float8 as seq, id, kind, ${exact('at')} as at, session_id as "sessionId", call_id as "callId",
principal_id as "principalId", principal, client, connection_id as "connectionId", connection, action, resource, outcome,
policy_version as "policyVersion", masked, body, previous_hash as "previousHash", hash`

const versionColumns = `
number, author, ${exact('at')} as at, message, document, previous_hash as "previousHash", hash`

const all = async (client: pg.ClientBase, text: string, values: unknown[] = []) =>
  (await client.query(text, values)).rows

/** The whole record, for `RecordVerifier.take` and for exports. Run it in one snapshot, or it may contradict itself. */
export async function* readRecord(client: pg.ClientBase): AsyncGenerator<RecordLine> {
  yield* readHeads(client)
  for (const version of await all(client, `select ${versionColumns} from policy_versions order by number`))
    yield { type: 'version', version }
  let after: Entry | undefined
  do {
    const where = after === undefined ? '' : 'where (chain, seq) > ($1::uuid, $2::bigint)'
    const page: Entry[] = await all(
      client,
      `select ${entryColumns} from entries ${where} order by entries.chain, entries.seq limit ${pageSize}`,
      after === undefined ? [] : [after.chain, after.seq],
    )
    for (const entry of page) yield { type: 'entry', entry }
    after = page.at(-1)
  } while (after !== undefined)
}

/** The lines that `RecordVerifier.learn` learns from. */
export async function* readTies(client: pg.ClientBase): AsyncGenerator<RecordLine> {
  yield* readHeads(client)
  const first = 'select entries.* from chains join entries on entries.chain = chains.id and entries.seq = 1'
  for (const entry of await all(client, `select ${entryColumns} from (${first}) entries where kind = 'chain'`))
    yield { type: 'entry', entry }
}

async function* readHeads(client: pg.ClientBase): AsyncGenerator<RecordLine> {
  const columns = 'number::float8 as number, heads, public_key as "publicKey", signature'
  let after = 0
  for (;;) {
    const page = await all(
      client,
      `select ${columns} from signed_heads where signed_heads.number > $1 order by signed_heads.number limit ${pageSize}`,
      [after],
    )
    for (const head of page) yield { type: 'heads', head }
    if (page.length < pageSize) return
    after = page.at(-1).number
  }
}
