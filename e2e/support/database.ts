import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import type { Sallyport } from './sallyport'

/** The embedded PostgreSQL as its superuser, who may do what neither role of Sallyport may. */
export function superuser({ dataDir }: Pick<Sallyport, 'dataDir'>): pg.Pool {
  const { passwords } = JSON.parse(readFileSync(join(dataDir, 'postgres.json'), 'utf8'))
  const port = Number(readFileSync(join(dataDir, 'postgres/data/postmaster.pid'), 'utf8').split('\n')[3])
  const login = { user: 'postgres', password: passwords.postgres as string, database: 'sallyport' }
  const pool = new pg.Pool({ host: '127.0.0.1', port, ...login })
  // The database may end before its guest does.
  pool.on('error', () => {})
  return pool
}

/** Every row of every table, as text. */
export async function dump(client: pg.Pool): Promise<string> {
  const { rows: tables } = await client.query<{ name: string }>(
    `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
     where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`,
  )
  let all = ''
  for (const { name } of tables) {
    const { rows } = await client.query<{ line: string }>(`select t::text as line from ${name} t`)
    all += rows.map(({ line }) => `${line}\n`).join('')
  }
  return all
}
