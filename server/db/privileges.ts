import { getTableName } from 'drizzle-orm'
import pg from 'pg'
import { dial } from './dial'
import * as identity from './identity-schema'
import * as record from './record-schema'
import * as review from './review-schema'
import * as schema from './schema'

const tables = { ...schema, ...identity, ...record, ...review }

const appendOnly = 'SELECT, INSERT'
const changed = 'SELECT, INSERT, UPDATE'
const freely = 'SELECT, INSERT, UPDATE, DELETE'

/** All that the running server may do, table by table; a new table does not compile until it stands here. */
const granted = {
  entries: appendOnly,
  policyVersions: appendOnly,
  signedHeads: appendOnly,
  votes: appendOnly,
  reviewLooks: appendOnly,
  glassVotes: appendOnly,
  glassBreaks: changed,
  chains: changed,
  reviews: changed,
  grants: changed,
  mutes: freely,
  heldTasks: freely,
  begunTasks: freely,
  unheardAnswers: freely,
  noticeChannels: freely,
  notices: freely,
  sessions: changed,
  connections: freely,
  connectionChecks: freely,
  tools: freely,
  quarantine: freely,
  instances: freely,
  oidcRecords: freely,
  people: freely,
  signIns: freely,
  agents: freely,
  agentLinks: freely,
} satisfies Record<keyof typeof tables, string>

/** Gives `role` exactly what stands above on the tables of schema.ts; run by their owner. */
export async function grantTo(client: pg.ClientBase, role: string): Promise<void> {
  const name = pg.escapeIdentifier(role)
  await client.query('begin')
  await client.query(`grant usage on schema public to ${name}`)
  for (const [key, table] of Object.entries(tables)) {
    const target = `public.${pg.escapeIdentifier(getTableName(table))}`
    await client.query(`revoke all on ${target} from ${name}`)
    await client.query(`grant ${granted[key as keyof typeof granted]} on ${target} to ${name}`)
  }
  await client.query(`grant usage on type public.entry_row to ${name}`)
  await client.query('commit')
}

const protectedTables = ['entries', 'policy_versions', 'signed_heads', 'votes', 'glass_votes']

// Everything `current_user` may become counts: it could SET ROLE. A trigger, a schema or a database of one's own changes rows too.
const excess = `
with mine as (select * from pg_roles r where pg_has_role(current_user, r.oid, 'member'))
select 'a superuser' as why from mine where rolsuper
union select 'able to create roles' from mine where rolcreaterole
union select 'able to write the server''s files' from mine
  where rolname in ('pg_write_server_files', 'pg_execute_server_program')
union select 'the owner of the database' from mine join pg_database d on d.datdba = mine.oid
  where datname = current_database()
union select 'the owner of the schema' from mine join pg_namespace n on n.nspowner = mine.oid
  where nspname = 'public'
union select 'the owner of its tables' from mine join pg_class c on c.relowner = mine.oid
  where c.oid = any (array(select to_regclass('public.' || t)::oid from unnest($1::text[]) t))
union select 'able to change or remove rows' from mine, unnest($1::text[]) t
  where has_table_privilege(mine.oid, to_regclass('public.' || t), 'update, delete, truncate, trigger')
     or has_any_column_privilege(mine.oid, to_regclass('public.' || t), 'update')
order by why`

/**
 * The record is append-only because its writer can do nothing else: throws when the role of `connectionString` could
 * change it, with every reason and what to do.
 */
export async function checkPrivileges(connectionString: string): Promise<void> {
  const client = await dial(connectionString, 'DATABASE_URL')
  try {
    const { rows } = await client.query<{ why: string }>(excess, [protectedTables])
    if (rows.length === 0) return
    const { rows: whoami } = await client.query<{ role: string }>('select current_user as role')
    const why = rows.map((row) => row.why).join(', ')
    throw new Error(
      `the role \`${whoami[0]?.role}\` of DATABASE_URL could change the record: it is ${why}; ` +
        'give the server a role with nothing but LOGIN and CONNECT, and put the owner in DATABASE_ADMIN_URL',
    )
  } finally {
    await client.end()
  }
}
