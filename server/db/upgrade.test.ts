import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate } from 'drizzle-orm/node-postgres/migrator'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { root } from '../root'
import { type Embedded, startEmbedded } from './embedded'
import { migrateDatabase } from './migrate'
import { checkPrivileges } from './privileges'
import { asRole, quiet, removeDir, tempDir } from './testing'

const journal = JSON.parse(readFileSync(join(root, 'drizzle/meta/_journal.json'), 'utf8'))
const releases = journal.entries.map(({ tag }: { tag: string }) => tag) as string[]

let dataDir: string
let server: Embedded
let superuser: string

beforeAll(async () => {
  dataDir = tempDir()
  server = await startEmbedded({ dataDir, log: quiet })
  const { passwords } = JSON.parse(readFileSync(join(dataDir, 'postgres.json'), 'utf8'))
  superuser = server.adminUrl.replace(/\/\/.*@/, `//postgres:${passwords.postgres}@`).replace(/\w+$/, 'postgres')
  await asRole(superuser, `create role grower login password 'secret'`)
  await asRole(superuser, `create role narrow login password 'secret'`)
})
afterAll(async () => {
  await server.stop()
  removeDir(dataDir)
})

const at = (database: string, role = 'grower'): string => {
  const url = new URL(superuser)
  ;[url.username, url.password, url.pathname] = [role, 'secret', `/${database}`]
  return url.href
}

const left: string[] = []

/** As an installation of that release was left, when it has been used. */
async function leftBy(release: string): Promise<string> {
  const database = `grown_${left.length}_${release}`.replaceAll('-', '_')
  left.push(database)
  await asRole(superuser, `create database ${database} owner grower`)
  const client = new pg.Client({ connectionString: at(database) })
  await client.connect()
  const folder = join(tempDir(), 'drizzle')
  mkdirSync(folder)
  cpSync(join(root, 'drizzle'), folder, { recursive: true })
  const entries = journal.entries.slice(0, releases.indexOf(release) + 1)
  writeFileSync(join(folder, 'meta/_journal.json'), JSON.stringify({ ...journal, entries }))
  await migrate(drizzle(client), {
    migrationsFolder: folder,
    migrationsSchema: 'public',
    migrationsTable: 'migrations',
  })
  for (const table of await tablesOf(client)) await fill(client, table)
  await client.end()
  removeDir(join(folder, '..'))
  return at(database)
}

/** Those that others refer to come first. */
async function tablesOf(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query(`
    select c.relname as name, array_remove(array_agg(r.confrelid::regclass::text), null) as needs
    from pg_class c left join pg_constraint r on r.conrelid = c.oid and r.contype = 'f' and r.confrelid <> c.oid
    where c.relkind in ('r', 'p') and not c.relispartition and c.relnamespace = 'public'::regnamespace and c.relname <> 'migrations'
    group by c.relname`)
  const sorted: string[] = []
  while (sorted.length < rows.length) {
    const next = rows.filter(
      ({ name, needs }) => !sorted.includes(name) && needs.every((n: string) => sorted.includes(n)),
    )
    if (next.length === 0) throw new Error('tables refer to each other in a circle')
    sorted.push(...next.map(({ name }) => name))
  }
  return sorted
}

// No release ever wrote to them.
const dropped = new Set(['search_marks', 'session_words'])

// One id everywhere, so that what refers to a row finds it.
const samples: Record<string, string> = {
  uuid: `'00000000-0000-4000-8000-00000000000a'`,
  text: `'x'`,
  jsonb: `'{}'`,
  bytea: `'\\x00'`,
  boolean: 'false',
  integer: '1',
  bigint: '1',
  'timestamp with time zone': 'now()',
  tsvector: `'x'`,
}

async function fill(client: pg.Client, table: string): Promise<void> {
  const { rows } = await client.query(
    `select column_name as name, data_type as type, is_identity = 'YES' as given from information_schema.columns
     where table_schema = 'public' and table_name = $1`,
    [table],
  )
  const columns = rows.filter(({ given }) => !given)
  const unknown = columns.find(({ type }) => samples[type] === undefined)
  if (unknown !== undefined) throw new Error(`no sample of the type ${unknown.type} (${table}.${unknown.name})`)
  const names = columns.map(({ name }) => `"${name}"`).join(', ')
  await client.query(
    `insert into "${table}" (${names}) values (${columns.map(({ type }) => samples[type]).join(', ')})`,
  )
}

/** Columns, indexes and constraints, as PostgreSQL writes them. */
async function shapeOf(url: string): Promise<string[]> {
  const { rows } = await asRole(
    url,
    `select format('%s.%s %s %s %s', table_name, column_name, data_type, is_nullable, column_default) as line
       from information_schema.columns where table_schema = 'public'
     union all select indexdef from pg_indexes where schemaname = 'public'
     union all select conrelid::regclass || ' ' || pg_get_constraintdef(oid) from pg_constraint
       where connamespace = 'public'::regnamespace
     order by 1`,
  )
  return rows.map(({ line }) => line)
}

describe('a newer release on what an older one left', () => {
  test.each(releases)('%s: no row is lost, and the tables are those of a new installation', async (release) => {
    const url = await leftBy(release)
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    const before = await tablesOf(client)
    await migrateDatabase(url, url.replace('grower', 'narrow'))
    for (const table of before.filter((name) => !dropped.has(name))) {
      const { rows } = await client.query(`select count(*)::int as n from "${table}"`)
      expect({ table, rows: rows[0].n }).toEqual({ table, rows: 1 })
    }
    await client.end()
    await checkPrivileges(url.replace('grower', 'narrow'))
    expect(await shapeOf(url)).toEqual(await shapeOf(await fresh()))
  })
})

test('an older release does not start on what a newer one left', async () => {
  const url = await leftBy(releases[0]!)
  await asRole(url, `insert into migrations (hash, created_at) values ('of a newer release', 4102444800000)`)
  const before = await shapeOf(url)
  await expect(migrateDatabase(url, url.replace('grower', 'narrow'))).rejects.toThrow(
    /newer release .* restore the backup/,
  )
  expect(await shapeOf(url)).toEqual(before)
})

let made: string | null = null

async function fresh(): Promise<string> {
  if (made !== null) return made
  await asRole(superuser, 'create database fresh owner grower')
  made = at('fresh')
  await migrateDatabase(made, at('fresh', 'narrow'))
  return made
}
