import { randomInt, randomUUID } from 'node:crypto'
import type pg from 'pg'
import { dial } from './dial'

const answerWithinMs = 5000

/**
 * Whether the two addresses can be worked with: throws when they do not lead to one database, or when a pooler in between lends
 * a connection for one transaction only. The lock of migrations would then outlive its start, and no bell would ring.
 */
export async function checkAddresses(adminUrl: string, serverUrl: string): Promise<void> {
  await checkSession(adminUrl, 'DATABASE_ADMIN_URL')
  await checkSession(serverUrl, 'DATABASE_URL')
  await both([adminUrl, 'DATABASE_ADMIN_URL'], [serverUrl, 'DATABASE_URL'], async (admin, server) => {
    // Advisory locks are each database's own.
    const key = randomInt(2 ** 40)
    await admin.query('select pg_advisory_lock($1)', [key])
    const { rows } = await server.query<{ free: boolean }>('select pg_try_advisory_lock($1) as free', [key])
    if (rows[0]?.free === true)
      throw new Error(
        'DATABASE_URL and DATABASE_ADMIN_URL do not lead to the same database: name the same server and database in both',
      )
  })
}

/** What one connection leaves behind must be there for it, and for no other, also while another has a transaction. */
const checkSession = (url: string, variable: string): Promise<void> =>
  both([url, variable], [url, variable], async (one, other) => {
    const mark = randomUUID()
    await one.query(`select set_config('sallyport.session', $1, false)`, [mark])
    await other.query('begin')
    const leaked = (await markOf(other)) === mark
    const kept = (await markOf(one).catch(() => null)) === mark
    if (leaked || !kept)
      throw new Error(
        `the database of ${variable} is behind a pooler that lends a connection for one transaction: use its session mode (pgbouncer: pool_mode=session), or name the database itself`,
      )
  })

async function markOf(client: pg.Client): Promise<string | null> {
  const text = `select current_setting('sallyport.session', true) as mark`
  // Where the pooler has one connection only, the other's transaction has it.
  const asked = { text, query_timeout: answerWithinMs } as pg.QueryConfig
  return (await client.query<{ mark: string | null }>(asked)).rows[0]?.mark ?? null
}

type Address = [url: string, variable: string]

async function both(
  first: Address,
  second: Address,
  run: (one: pg.Client, other: pg.Client) => Promise<void>,
): Promise<void> {
  const one = await dial(...first)
  try {
    const other = await dial(...second)
    await run(one, other).finally(() => other.end())
  } finally {
    await one.end()
  }
}
