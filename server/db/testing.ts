import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import type { Database } from '../context'
import { createLog } from '../log'
import { connect } from './client'
import { startEmbedded } from './embedded'
import { migrateDatabase } from './migrate'
import { clusterOf, postgresPrograms } from './postgres-files'
import { startPostmaster } from './postmaster'
import { postgresUser } from './system-user'

export type TestDatabase = {
  dataDir: string
  /** The owner of the tables. */
  adminUrl: string
  /** The narrow role, as the running server has it. */
  serverUrl: string
  pool: pg.Pool
  db: Database
  /** One statement as the owner, who may do what the server may not. */
  asOwner(text: string, values?: unknown[]): Promise<pg.QueryResult>
  stop(): Promise<void>
}

export const quiet = createLog('silent')

/** A PostgreSQL for one test file, migrated, removed afterwards. */
export async function startTestDatabase(): Promise<TestDatabase> {
  const dataDir = tempDir()
  copy(await template(), dataDir)
  const { adminUrl, serverUrl, stop } = await startEmbedded({ dataDir, log: quiet })
  const { pool, db } = connect(serverUrl, quiet)
  return {
    dataDir,
    adminUrl,
    serverUrl,
    pool,
    db,
    asOwner: (text, values) => asRole(adminUrl, text, values),
    stop: async () => {
      await pool.end()
      await stop()
      removeDir(dataDir)
    },
  }
}

export type TestServer = {
  adminUrl: string
  serverUrl: string
  /** Stops it at once, as a crash does; its address stays the same. */
  halt(): Promise<void>
  resume(): Promise<void>
  stop(): Promise<void>
}

/** A PostgreSQL that is not ours to start or stop, as a configured instance has. */
export async function startTestServer(): Promise<TestServer> {
  const dataDir = tempDir()
  copy(await template(), dataDir)
  const { home, data, passwords } = clusterOf(dataDir, postgresUser)
  const user = postgresUser(home)
  const program = postgresPrograms(user).postgres
  const place = { program, home, data, user, password: passwords.postgres }
  let running = await startPostmaster(place, null, () => {})
  const { port } = running
  return {
    adminUrl: `postgresql://sallyport_admin:${passwords.admin}@127.0.0.1:${port}/sallyport`,
    serverUrl: `postgresql://sallyport:${passwords.server}@127.0.0.1:${port}/sallyport`,
    halt: () => running.stop(),
    resume: async () => {
      running = await startPostmaster(place, port, () => {})
    },
    stop: async () => {
      await running.stop()
      removeDir(dataDir)
    },
  }
}

/** Making and migrating a cluster costs seconds, so it is made once for each set of migrations. */
async function template(): Promise<string> {
  const root = join(import.meta.dirname, '../..')
  const key = createHash('sha256')
  for (const path of ['drizzle/meta/_journal.json', 'server/db/privileges.ts', 'package-lock.json'])
    key.update(readFileSync(join(root, path)))
  const cache = join(root, 'node_modules/.cache/sallyport', String(process.getuid?.()))
  const kept = join(cache, key.digest('hex').slice(0, 16))
  if (existsSync(kept)) return kept
  const dataDir = tempDir()
  const { adminUrl, serverUrl, stop } = await startEmbedded({ dataDir, log: quiet })
  await migrateDatabase(adminUrl, serverUrl)
  await stop()
  mkdirSync(cache, { recursive: true })
  const draft = `${kept}.${process.pid}`
  copy(dataDir, draft)
  removeDir(dataDir)
  try {
    renameSync(draft, kept)
  } catch {
    // Another test file was faster.
    removeDir(draft)
  }
  return kept
}

const copy = (from: string, to: string) => {
  mkdirSync(to, { recursive: true })
  execFileSync('cp', ['-a', `${from}/.`, to])
}

/** One that PostgreSQL's own user can enter, so that nothing is left elsewhere. */
export function tempDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'sallyport-'))
  chmodSync(dir, 0o711)
  return dir
}

export const removeDir = (dir: string): void => rmSync(dir, { recursive: true, force: true })

export async function asRole(url: string, text: string, values: unknown[] = []): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await client.query(text, values)
  } finally {
    await client.end()
  }
}

/** Waits for something that happens in its own time; gives up after a minute. */
export async function until(check: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 55_000
  while (!(await check())) {
    if (Date.now() > end) throw new Error('it did not happen')
    await new Promise((wait) => setTimeout(wait, 50))
  }
}
