import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'

/** What a real PostgreSQL did with a statement: found out by looking at everything before and after. */
export type Witnessed = {
  does: 'writes' | 'reads' | 'fails'
  tables: string[]
  error: string | null
  changed: string[]
}

export type Witness = {
  see(sql: string): Promise<Witnessed>
  /** The tables a query means, as PostgreSQL resolves its names; null when it refuses the query. */
  tablesOf(query: string): Promise<string[] | null>
  end(): Promise<void>
}

const [fixture, rows] = ['shop', 'shop-rows'].map((name) =>
  readFileSync(new URL(`./${name}.testing.sql`, import.meta.url), 'utf8'),
) as [string, string]

/** @param url of a superuser @param dir a folder that the server can write into */
export async function startWitness(url: string, dir: string): Promise<Witness> {
  mkdirSync(dir, { recursive: true })
  chmodSync(dir, 0o777)
  const at = (database: string) => Object.assign(new URL(url), { pathname: `/${database}` }).toString()
  const admin = await client(at('postgres'))
  await admin.query('drop database if exists shop_template')
  await admin.query('create database shop_template')
  const making = await client(at('shop_template'))
  await making.query(fixture)
  await making.query(rows)
  await making.end()
  let probe: pg.Client | null = null
  const fresh = async () => {
    await probe?.end()
    await admin.query('drop database if exists shop with (force)')
    await admin.query('create database shop template shop_template')
    for (const name of readdirSync(dir)) rmSync(join(dir, name))
    probe = await client(at('shop'))
  }
  await fresh()
  return {
    see: async (sql) => {
      const seen = await look(sql.replaceAll('{dir}', dir).replaceAll('{dsn}', at('shop')), at('shop'), probe!, dir)
      if (seen.changed.every((what) => what === 'rows')) {
        if (seen.changed.length > 0) await probe!.query(rows)
      } else await fresh()
      return seen
    },
    tablesOf: (query) => resolved(query, probe!),
    end: async () => {
      await probe?.end()
      await admin.end()
    },
  }
}

async function client(connectionString: string, name = 'witness'): Promise<pg.Client> {
  const made = new pg.Client({ connectionString, application_name: name })
  made.on('error', () => {})
  await made.connect()
  return made
}

async function look(sql: string, url: string, probe: pg.Client, dir: string): Promise<Witnessed> {
  const heard: string[] = []
  const hear = () => heard.push('a notification')
  probe.on('notification', hear)
  await probe.query('listen probe')
  const victim = await client(url, 'victim')
  const session = await client(url, 'session')
  const everything = async (): Promise<Record<string, unknown>> => ({
    ...(await world(probe)),
    ...(await sessionState(session)),
    files: readdirSync(dir),
  })
  const before = await everything()
  const scansBefore = await scans(probe)
  const error = await session.query(sql).then(
    () => null,
    (failure: Error) => failure.message,
  )
  await session.query('rollback').catch(() => {})
  // Looking at everything scans tables too, so the scans are counted first.
  await session.query('select pg_stat_force_next_flush()').catch(() => {})
  const scansAfter = await scans(probe)
  const after = await everything()
  await session.end()
  const alive = await victim.query('select 1').then(
    () => true,
    () => false,
  )
  await victim.end().catch(() => {})
  probe.off('notification', hear)
  const changed = Object.keys(before).filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]))
  if (!alive) changed.push('another session')
  changed.push(...heard)
  const tables = Object.keys(scansAfter).filter((table) => scansAfter[table] !== (scansBefore[table] ?? 0))
  return { does: changed.length > 0 ? 'writes' : error === null ? 'reads' : 'fails', tables, error, changed }
}

/** A view depends on exactly the tables that its query names. */
async function resolved(query: string, probe: pg.Client): Promise<string[] | null> {
  await probe.query('begin')
  try {
    await probe.query(`create view resolved as ${query}`)
    const { rows: found } = await probe.query<{ table: string }>(
      `select distinct n.nspname || '.' || c.relname as table
       from pg_rewrite r join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
       join pg_class c on d.refclassid = 'pg_class'::regclass and d.refobjid = c.oid and c.oid <> r.ev_class
       join pg_namespace n on n.oid = c.relnamespace
       where r.ev_class = 'resolved'::regclass order by 1`,
    )
    return found.map(({ table }) => table)
  } catch {
    return null
  } finally {
    await probe.query('rollback')
  }
}

const systemSchemas = `('pg_catalog', 'information_schema') and nspname not like 'pg_toast%'`

/** Everything a statement could leave behind for others, by kind. */
async function world(probe: pg.Client): Promise<Record<string, unknown>> {
  const { rows } = await probe.query<{ table: string }>(
    `select format('%I.%I', nspname, relname) as table from pg_class c join pg_namespace n on n.oid = relnamespace
     where relkind in ('r', 'S') and nspname not in ${systemSchemas} and nspname not like 'pg_temp%' order by 1`,
  )
  const contents = rows.map(
    ({ table }) =>
      `select '${table.replaceAll("'", "''")}', (select coalesce(md5(string_agg(row(t.*)::text, '|' order by row(t.*)::text)), '') from ${table} t)`,
  )
  const { rows: hashes } = await probe.query({ text: contents.join(' union all '), rowMode: 'array' })
  const { rows: catalogs } = await probe.query<Record<string, string>>(catalogQuery)
  return { rows: hashes, ...catalogs[0] }
}

const digest = (what: string, from: string) =>
  `(select coalesce(md5(string_agg(${what}, '|' order by ${what})), '') from ${from})`
const user = `n.nspname not in ${systemSchemas.replaceAll('nspname', 'n.nspname')}`
const catalogQuery = `select
  ${digest("concat_ws(',', n.nspname, relname, relkind, relfilenode, relacl, reloptions, relnatts, relhasrules)", `pg_class c join pg_namespace n on n.oid = relnamespace where ${user}`)} as relations,
  ${digest("concat_ws(',', n.nspname, relname, attnum, attname, atttypid, attnotnull, attacl)", `pg_attribute join pg_class c on c.oid = attrelid join pg_namespace n on n.oid = relnamespace where ${user}`)} as columns,
  ${digest("concat_ws(',', n.nspname, proname, prosrc)", `pg_proc p join pg_namespace n on n.oid = pronamespace where ${user}`)} as functions,
  ${digest("concat_ws(',', nspname, nspacl)", "pg_namespace where nspname not like 'pg_temp%' and nspname not like 'pg_toast_temp%'")} as schemas,
  ${digest("concat_ws(',', conname, contype, conrelid, confrelid)", 'pg_constraint where oid >= 16384')} as constraints,
  ${digest('stxname', 'pg_statistic_ext')} as statistics,
  ${digest("concat_ws(',', objid, refobjid, refobjsubid)", "pg_depend where classid = 'pg_class'::regclass and objid >= 16384 and deptype = 'a'")} as owned,
  ${digest('description', 'pg_description where objoid >= 16384')} as comments,
  ${digest("concat_ws(',', loid, pageno, data::text)", 'pg_largeobject')} as large_objects,
  (select count(*) from pg_largeobject_metadata) as large_objects_known,
  ${digest("concat_ws(',', extname, extversion)", 'pg_extension')} as extensions,
  ${digest("concat_ws(',', setdatabase, setrole, setconfig)", 'pg_db_role_setting')} as role_settings,
  ${digest('rolname', 'pg_roles')} as roles,
  ${digest("concat_ws(',', classid, objid, pid)", "pg_locks where locktype = 'advisory'")} as advisory_locks`

async function sessionState(session: pg.Client): Promise<Record<string, unknown>> {
  const { rows } = await session.query(`select
    (select json_object_agg(name, setting) from pg_settings where source = 'session') as settings,
    current_user, (select json_agg(name) from pg_prepared_statements) as prepared,
    (select json_agg(name) from pg_cursors) as cursors, (select json_agg(c) from pg_listening_channels() c) as listening`)
  return rows[0] as Record<string, unknown>
}

/** How often each table of ours was scanned. */
async function scans(probe: pg.Client): Promise<Record<string, number>> {
  // What the probe itself scanned is reported when it likes, or when it is told to.
  await probe.query('select pg_stat_force_next_flush()')
  await probe.query('select pg_stat_clear_snapshot()')
  const { rows } = await probe.query<{ table: string; scans: string }>(
    `select schemaname || '.' || relname as table, seq_scan + coalesce(idx_scan, 0) + n_tup_ins + n_tup_upd + n_tup_del as scans
     from pg_stat_user_tables`,
  )
  return Object.fromEntries(rows.map(({ table, scans: count }) => [table, Number(count)]))
}
