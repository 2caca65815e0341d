import { drizzle } from 'drizzle-orm/node-postgres'
import pg from 'pg'
import type { Logger } from 'pino'
import type { Database } from '../context'
import * as schema from './schema'

/** The pool for everything but the writer and the bell, which have connections of their own. It outlives a lost database. */
export function connect(connectionString: string, log: Logger, max = 10): { pool: pg.Pool; db: Database } {
  const pool = new pg.Pool({
    connectionString,
    max,
    application_name: 'sallyport',
    connectionTimeoutMillis: 5000,
    keepAlive: true,
  })
  // Without a listener an idle connection that breaks would end the process; the next query makes a new one.
  pool.on('error', (error) => log.warn({ err: error }, 'a database connection broke'))
  return { pool, db: drizzle(pool, { schema }) }
}
