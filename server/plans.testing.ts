import { drizzle } from 'drizzle-orm/node-postgres'
import pg from 'pg'
import type { Database } from './context'
import * as schema from './db/schema'
import type { TestDatabase } from './db/testing'

export type Statement = { text: string; params: unknown[] }
type Plan = {
  'Shared Hit Blocks': number
  'Shared Read Blocks': number
  'Temp Written Blocks': number
}

/** The statements that `run` sends, as it sends them. */
export async function sentBy(database: TestDatabase, run: (db: Database) => Promise<unknown>): Promise<Statement[]> {
  const sent: Statement[] = []
  const logger = { logQuery: (text: string, params: unknown[]) => void sent.push({ text, params }) }
  await run(drizzle(database.pool, { schema, logger }))
  return sent
}

const settings = /^\s*set local/i
const explainable = /^\s*(select|with|insert|update|delete|declare)\b/i

/**
 * How many pages of 8 kB the statements touch when they run one after the other, those written aside included; nothing of what
 * they do stays. `without`: one of the indexes or keys is gone for that time.
 */
export async function pagesTouched(database: TestDatabase, sent: Statement[], without?: string): Promise<number> {
  const client = new pg.Client({ connectionString: database.adminUrl })
  await client.connect()
  try {
    await client.query('begin')
    if (without !== undefined) await client.query(dropping(without))
    let pages = 0
    for (const { text, params } of sent) {
      if (settings.test(text)) await client.query(text, params)
      if (!explainable.test(text)) continue
      const { rows } = await client.query(`explain (analyze, buffers, timing off, format json) ${text}`, params)
      const plan = rows[0]['QUERY PLAN'][0].Plan as Plan
      pages += plan['Shared Hit Blocks'] + plan['Shared Read Blocks'] + plan['Temp Written Blocks']
    }
    await client.query('rollback')
    return pages
  } finally {
    await client.end()
  }
}

const dropping = (index: string): string =>
  index.endsWith('_pk') ? `alter table ${index.split('_')[0]} drop constraint ${index}` : `drop index ${index}`

const sessions = 1500
const entriesCount = 60_000
const people = 300
const chainDead = '00000000-0000-4000-8000-00000000dead'
export const instanceLive = '00000000-0000-4000-8000-000000000aaa'
const instanceDead = '00000000-0000-4000-8000-000000000ddd'
const perSession = entriesCount / sessions

const tables = ['entries', 'sessions', 'chains', 'reviews', 'notices']

/** Of PostgreSQL's own making: a record of some weeks, of which the last eighty entries are of a process that died. */
export async function fill({ asOwner }: TestDatabase): Promise<void> {
  // What is known of a table changes when the test says so.
  for (const table of tables) await asOwner(`alter table ${table} set (autovacuum_enabled = off)`)
  await asOwner(
    `insert into chains (id, kind, instance_id, seq, hash)
     select md5('chain' || n)::uuid, 'calls', $1::uuid, 0, '' from generate_series(0, 9) n
     union all select $2::uuid, 'calls', $3::uuid, 0, ''`,
    [instanceLive, chainDead, instanceDead],
  )
  await asOwner(`
    insert into sessions (id, era, principal_id, principal, client_name, client_version, connection_id, connection, started_at, last_at)
    select md5('s' || n)::uuid, 'modern', 'p' || n % ${people}, 'person ' || n % ${people}, 'test', '1', md5('c' || n % 5)::uuid,
      'shop' || n % 5, at, at
    from generate_series(0, ${sessions - 1}) n, lateral (select now() - make_interval(mins => 20 * (${sessions} - n)) as at) t`)
  await asOwner(
    `insert into entries (chain, seq, id, kind, at, session_id, call_id, principal_id, principal, client, connection_id, connection,
       action, resource, outcome, policy_version, masked, body, previous_hash, hash)
     select case when n >= ${entriesCount - 80} then $1::uuid else md5('chain' || n / ${entriesCount / 10})::uuid end, n, md5('e' || n)::uuid,
       case when is_call then 'call' else 'reply' end, now() - make_interval(secs => 30 * (${entriesCount} - n)), md5('s' || s)::uuid,
       case when not is_call then md5('e' || n - 1)::uuid end, 'p' || s % ${people}, 'person ' || s % ${people}, 'test 1',
       md5('c' || s % 5)::uuid, 'shop' || s % 5, 'tools/call', 'tool' || n / 2 % 7, case when is_call then '' else 'ok' end, 1, 0,
       case when is_call then '{"decision":{"effect":"allow","reason":"allowed","rules":[{"role":"r","rule":"read","effect":"allow"}],' ||
         '"masks":[],"errors":[],"grantId":null,"version":1},"arguments":{"n":' || n || ',"is":"${'said '.repeat(50)}"},"claims":{"groups":["g"]}}'
       else '{"answer":{"result":{"structuredContent":{"customer":"everywhere ${'told '.repeat(50)}"}}},"ms":1}' end, '', ''
     from generate_series(0, ${entriesCount - 1}) n, lateral (select n / ${perSession} as s, n % 2 = 0 as is_call) t
     where is_call or n < ${entriesCount - 20}`,
    [chainDead],
  )
  await asOwner(`insert into connections (name, transport) values ('shop3', 'http')`)
  await asOwner(`
    insert into notice_channels (id, name, kind, address_sealed, hint) values (md5('channel')::uuid, 'all', 'webhook', '', '')`)
  await asOwner(`
    insert into reviews (id, state, digest, principal_id, principal, client, connection_id, connection, action, resource, arguments_masked,
      asked, policy_version, created_at, expires_at, settled_at)
    select md5('r' || n)::uuid, case when n > 9994 then 'pending' else 'approved' end, n, 'p', '{"name":"p","email":null,"groups":[]}', '{}',
      md5('c0')::uuid, 'shop0', 'tools/call', '{"type":"tool","id":"x"}', '{}', '[]', 1, now() - make_interval(mins => 9999 - n),
      now() + interval '1 hour', case when n > 9994 then null else now() end
    from generate_series(0, 9999) n`)
  await asOwner(`
    insert into notices (id, channel_id, review_id, event, body, delivered_at)
    select md5('n' || n)::uuid, md5('channel')::uuid, md5('r' || n)::uuid, 'review.opened', '{"said":"${'x'.repeat(300)}"}', now()
    from generate_series(0, 9999) n`)
}

/** As autovacuum does in its own time. */
export async function learn({ asOwner }: TestDatabase): Promise<void> {
  for (const table of tables) await asOwner(`vacuum analyze ${table}`)
}

export async function pagesOf({ asOwner }: TestDatabase, relation: string): Promise<number> {
  const { rows } = await asOwner(`select (pg_relation_size($1::regclass) / 8192)::int as pages`, [relation])
  return rows[0].pages
}
