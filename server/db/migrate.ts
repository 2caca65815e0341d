import { join } from 'node:path'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate } from 'drizzle-orm/node-postgres/migrator'
import pg from 'pg'
import { root } from '../root'
import { dial } from './dial'
import { grantTo } from './privileges'

const migrationsFolder = join(root, 'drizzle')

// Any number that only Sallyport uses in its database.
const migrationLock = 7_252_055

/**
 * Brings the tables up to date with the owner's role, one instance at a time, then gives the role of `serverUrl` what the
 * running server needs and nothing else.
 */
export async function migrateDatabase(adminUrl: string, serverUrl: string): Promise<void> {
  const role = new pg.Client({ connectionString: serverUrl }).user ?? ''
  const client = await dial(adminUrl, 'DATABASE_ADMIN_URL')
  try {
    await client.query('select pg_advisory_lock($1)', [migrationLock])
    await migrate(drizzle(client), { migrationsFolder, migrationsSchema: 'public', migrationsTable: 'migrations' })
    await grantTo(client, role)
  } finally {
    // The lock ends with the session.
    await client.end()
  }
}
