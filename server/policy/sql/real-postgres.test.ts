import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startEmbedded } from '../../db/embedded'
import { clusterOf } from '../../db/postgres-files'
import { postgresUser } from '../../db/system-user'
import { asRole, quiet, removeDir, tempDir } from '../../db/testing'
import { loadSql, sqlFacts } from './facts'
import { plain } from './plain.testing'
import { queryArb } from './scoping.testing'
import { statementTricks } from './tricks.testing'
import { insideTricks } from './tricks-inside.testing'
import { startWitness, type Witness } from './witness.testing'

// Every statement runs on a real PostgreSQL, as its superuser, and what it did is held against what we say of it.

const soak = process.env.SOAK === '1'
const dataDir = tempDir()
let witness: Witness
let url: string
let stop: () => Promise<void>

beforeAll(async () => {
  await loadSql()
  const embedded = await startEmbedded({ dataDir, log: quiet })
  const { passwords } = clusterOf(dataDir, postgresUser)
  url = Object.assign(new URL(embedded.adminUrl), {
    username: 'postgres',
    password: passwords.postgres,
    pathname: '/postgres',
  }).toString()
  for (const setting of ['fsync', 'full_page_writes', 'autovacuum'])
    await asRole(url, `alter system set ${setting} = off`)
  await asRole(url, 'select pg_reload_conf()')
  witness = await startWitness(url, join(dataDir, 'files'))
  stop = async () => {
    await witness.end()
    await embedded.stop()
  }
})
afterAll(async () => {
  await stop()
  removeDir(dataDir)
})

const behind: Record<string, string[]> = { 'public.customer_names': ['public.customers'] }

/** Tables it really touched that our facts do not name; temporary ones have no lasting name. */
const unnamed = (tables: string[], named: string[]) => {
  const known = named.flatMap((table) => [table, ...(behind[table] ?? [])])
  return tables.filter((table) => !known.includes(table) && !table.startsWith('pg_temp'))
}

describe('a trick does what it is in the table for, and our facts do not call it read-only', () => {
  test.each([...statementTricks, ...insideTricks])('%s', async (sql, does) => {
    const facts = sqlFacts(sql, 'postgres', 'public')
    const seen = await witness.see(sql)
    expect(seen).toMatchObject({ does })
    if (seen.does === 'writes') expect(facts.readOnly).toBe(false)
    const hidden = facts.functions.length > 0 || facts.verbs.includes('UNKNOWN')
    if (!hidden) expect(unnamed(seen.tables, facts.tables)).toEqual([])
  })
})

test(
  'names mean the tables that PostgreSQL takes them for, whatever common table expressions are called',
  async () => {
    let understood = 0
    await fc.assert(
      fc.asyncProperty(queryArb, async (sql) => {
        const meant = await witness.tablesOf(sql)
        if (meant === null) return
        understood += 1
        expect(sqlFacts(sql, 'postgres', 'public')).toMatchObject({ readOnly: true, tables: meant })
      }),
      soak ? { numRuns: 10_000 } : { numRuns: 300, seed: 3 },
    )
    expect(understood).toBeGreaterThan(100)
  },
  soak ? 3_600_000 : 60_000,
)

describe('what we call read-only runs, changes nothing and touches no other table', () => {
  test.each(plain)('%s', async (sql) => {
    const facts = sqlFacts(sql, 'postgres', 'public')
    const seen = await witness.see(sql)
    expect(seen).toMatchObject({ does: 'reads', error: null, changed: [] })
    expect(unnamed(seen.tables, facts.tables)).toEqual([])
  })
})

test('a text that ends elsewhere where `standard_conforming_strings` is off is not read-only', async () => {
  const sql = "select '\\', $$ '; delete from orders; -- $$"
  expect(await witness.see(sql)).toMatchObject({ does: 'reads', error: null })
  await asRole(url, 'alter system set standard_conforming_strings = off')
  await asRole(url, 'select pg_reload_conf()')
  await expect.poll(() => witness.see(sql)).toMatchObject({ does: 'writes', changed: ['rows'] })
  await asRole(url, 'alter system reset standard_conforming_strings')
  expect(sqlFacts(sql, 'postgres', 'public')).toMatchObject({ readOnly: false, verbs: ['SELECT', 'UNKNOWN'] })
})
