import { join } from 'node:path'
import { readMigrationFiles } from 'drizzle-orm/migrator'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate } from 'drizzle-orm/node-postgres/migrator'
import pg from 'pg'
import type { Logger } from 'pino'
import { root } from '../root'
import { dial } from './dial'
import { grantTo } from './privileges'

const migrationsFolder = join(root, 'drizzle')

// Any number that only Sallyport uses in its database.
const migrationLock = 7_252_055

const sayAfterMs = 3000

/**
 * Brings the tables up to date with the owner's role, one instance at a time, then gives the role of `serverUrl` what the
 * running server needs and nothing else. Refuses a database that a newer release has brought up to date.
 */
export async function migrateDatabase(adminUrl: string, serverUrl: string, log?: Logger): Promise<void> {
  const client = await dial(adminUrl, 'DATABASE_ADMIN_URL')
  try {
    const role = new pg.Client({ connectionString: serverUrl }).user ?? ''
    await myTurn(client, log)
    await bringUpToDate(client, role)
  } finally {
    // The lock ends with the session.
    await client.end()
  }
}

async function bringUpToDate(client: pg.Client, role: string): Promise<void> {
  if (await withRoleInError(client, isLeftByNewer(client)))
    throw new Error(
      'a newer release of Sallyport has brought this database up to date; start that release, or restore the backup from before the upgrade',
    )
  await withRoleInError(client, up(client, role))
}

async function up(client: pg.Client, role: string): Promise<void> {
  await migrate(drizzle(client), { migrationsFolder, migrationsSchema: 'public', migrationsTable: 'migrations' })
  await grantTo(client, role)
}

async function withRoleInError<T>(client: pg.Client, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw new Error(
      `the tables could not be brought up to date with the role \`${client.user}\` of DATABASE_ADMIN_URL: ${whyOf(error)}`,
      { cause: error },
    )
  }
}

/** What a newer release keeps there, this one would read wrongly, or not at all. */
async function isLeftByNewer(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query(`select to_regclass('public.migrations') is not null as begun`)
  if (rows[0].begun !== true) return false
  const newest = readMigrationFiles({ migrationsFolder }).at(-1)?.folderMillis ?? 0
  const { rows: newer } = await client.query('select 1 from public.migrations where created_at > $1', [newest])
  return newer.length > 0
}

async function myTurn(client: pg.Client, log: Logger | undefined): Promise<void> {
  const said = setTimeout(
    () => log?.warn('another instance is bringing the tables up to date, or holds their lock; this one waits for it'),
    sayAfterMs,
  )
  try {
    await client.query('select pg_advisory_lock($1)', [migrationLock])
  } finally {
    clearTimeout(said)
  }
}

/** What PostgreSQL said, not the statement that drizzle puts before it. */
function whyOf(error: unknown): string {
  const { cause, message, code } = error as { cause?: unknown; message: string; code?: string }
  if (cause instanceof Error) return whyOf(cause)
  return code === '42501' ? `${message}; make it the owner of the database` : message
}
