import { beforeAll, expect, test } from 'vitest'
import { disguisedColumns } from './disguised'
import { loadSql } from './facts'

beforeAll(loadSql)

const of = (sql: string) => {
  const found = disguisedColumns(sql, 'postgres')
  return found === null ? null : [...found].sort()
}

const shown: string[] = [
  'select ssn from customers',
  'select c.ssn, c.phone from customers c',
  'select ssn as ssn from customers',
  'select * from customers',
  'table customers',
  'select c.* from customers c limit 3',
  'select public.customers.ssn from public.customers',
  'select count(*) from customers',
  'show timezone',
]
for (const sql of shown) test(`shows columns under their own names: ${sql}`, () => expect(of(sql)).toEqual([]))

const used: [sql: string, columns: string[]][] = [
  ['select ssn as name from customers', ['ssn']],
  ['select upper(ssn) from customers', ['ssn']],
  ["select 'a' || ssn as ssn from customers", ['ssn']],
  ['select id from customers where ssn like $1', ['ssn']],
  ['select id from customers order by ssn', ['ssn']],
  ['select count(*) from customers group by ssn', ['ssn']],
  ['select distinct on (ssn) id from customers', ['ssn']],
  ['select id from customers join others using (ssn)', ['ssn']],
  ['select id from customers natural join others', ['*']],
  ['select c from customers c', ['*']],
  ['select customers from customers', ['*']],
  ['select public.customers from public.customers', ['*']],
  ['select c.to_json from customers c', ['*']],
  ['select row_to_json(c) from customers c', ['*']],
  ['select (c).ssn from customers c', ['*', 'ssn']],
  ['select (c).* from customers c', ['*']],
  ['select * from customers as c(a, b, d)', ['*']],
  ['select * from (select * from customers) as c(a, b)', ['*']],
  ['select a from (select ssn as a from customers) t', ['ssn']],
  ['with c(a) as (select ssn from customers) select * from c', ['ssn']],
  ['with c(a, b) as (table customers) select * from c', ['*']],
  ['select name from customers union select ssn from customers', ['name', 'ssn']],
  ['select (select ssn from customers limit 1) as x', ['ssn']],
  ['select "SSN" as x from customers', ['SSN']],
  ['select 1; select ssn as x from customers', ['ssn']],
  ['update customers set name = ssn where id = 1', ['id', 'ssn']],
  ['delete from customers where true returning ssn as x', ['ssn']],
  ['insert into notes (body) select ssn from customers', ['ssn']],
  ['explain select id from customers where ssn = $1', ['id', 'ssn']],
]
for (const [sql, columns] of used) test(`finds what is used otherwise: ${sql}`, () => expect(of(sql)).toEqual(columns))

const unknown: unknown[] = [
  '',
  'selec ssn',
  'select 1\0',
  null,
  7,
  'copy customers to stdout',
  'do $$ begin perform ssn from customers; end $$',
  'create view v as select ssn as x from customers',
  'alter table customers rename ssn to x',
  'prepare p as select ssn as x from customers',
  'declare c cursor for select ssn as x from customers',
]
for (const sql of unknown)
  test(`does not understand ${JSON.stringify(sql)}`, () => expect(disguisedColumns(sql, 'postgres')).toBeNull())

test('does not understand MySQL', () => expect(disguisedColumns('select ssn from customers', 'mysql')).toBeNull())
