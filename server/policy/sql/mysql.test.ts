import { describe, expect, test } from 'vitest'
import type { SqlFacts } from '../../types'
import { sqlFacts } from './facts'

const facts = (sql: string) => sqlFacts(sql, 'mysql', 'shop')

const plain: [sql: string, tables: string[]][] = [
  ['select 1', []],
  ['SELECT id, `name` FROM `customers` WHERE id = 5', ['shop.customers']],
  [
    'select * from crm.customers c join orders o using (id) where o.total > 50 order by c.id desc limit 5',
    ['crm.customers', 'shop.orders'],
  ],
  [
    "select count(*), max(total), concat(name, 'x'), now() from orders group by name having count(*) > 1",
    ['shop.orders'],
  ],
  [
    'select id from customers where id in (select customer_id from orders) and exists (select 1 from docs)',
    ['shop.customers', 'shop.docs', 'shop.orders'],
  ],
  ['select * from (select id from customers) c', ['shop.customers']],
  ['select id from customers union all select id from orders', ['shop.customers', 'shop.orders']],
  ['with big as (select * from orders) select * from big', ['shop.orders']],
  ['with orders as (select * from orders) select * from orders', ['shop.orders']],
  ['with orders as (select 1) select * from orders', []],
  [
    'select case when id = 1 then 2 end, cast(id as char), row_number() over (partition by id order by id) from customers',
    ['shop.customers'],
  ],
  [
    'select id from customers where name like "a%" and id between 1 and 5 and at > date_sub(now(), interval 1 day)',
    ['shop.customers'],
  ],
  ['select * from (customers join crm.passwords on 1 = 1)', ['crm.passwords', 'shop.customers']],
  ['select * from ((crm.passwords))', ['crm.passwords']],
  ['select * from (customers, crm.passwords)', ['crm.passwords', 'shop.customers']],
  [
    'select * from orders left join (customers c join crm.passwords p on c.id = p.id) on c.id = orders.id',
    ['crm.passwords', 'shop.customers', 'shop.orders'],
  ],
  [
    'select * from (customers join (select id from crm.passwords) p on true) join orders on true',
    ['crm.passwords', 'shop.customers', 'shop.orders'],
  ],
  ['with orders as (select 1) select * from (orders join customers on true)', ['shop.customers']],
  ['select Id from Customers', ['shop.Customers', 'shop.customers']],
]
describe('read-only only where nothing is in doubt', () => {
  test.each(plain)('%s', (sql, tables) => {
    expect(facts(sql)).toMatchObject({ readOnly: true, verbs: ['SELECT'], functions: [], tables })
  })
})

const not: [sql: string, says: Partial<SqlFacts>][] = [
  ['select /*! 1; delete from orders; */ 2', { verbs: ['UNKNOWN'] }],
  ['select /*!50000 sleep(5) */', { verbs: ['UNKNOWN'] }],
  ['select /*M! 1 */ 2', { verbs: ['UNKNOWN'] }],
  ["select '/*!' from customers", { verbs: ['UNKNOWN'] }],
  ['select binary ssn from customers', { verbs: ['UNKNOWN'] }],
  ['select id, BINARY ssn from customers', { verbs: ['UNKNOWN'] }],
  ['select distinct sql_no_cache ssn from customers', { verbs: ['UNKNOWN'] }],
  ['select distinct sql_small_result ssn from customers', { verbs: ['UNKNOWN'] }],
  ['delete from orders', { verbs: ['DELETE'], tables: ['shop.orders'] }],
  ['insert into orders (id) values (1)', { verbs: ['INSERT'], tables: ['shop.orders'] }],
  ['replace into orders (id) values (1)', { verbs: ['REPLACE'] }],
  ['update customers set name = 1', { verbs: ['UPDATE'], tables: ['shop.customers'] }],
  ["update customers set role = 'x' where id = 1", { columns: ['id', 'role'] }],
  [
    "insert into customers (id, role) values (1, 'x') on duplicate key update name = 'y'",
    { columns: ['id', 'name', 'role'] },
  ],
  ["insert into customers set role = 'x'", { columns: ['role'] }],
  ["insert into customers values (1, 'x')", { columns: ['*'] }],
  ['select * from (customers join (select sleep(1)) s on true)', { functions: ['sleep'] }],
  ['select * from (customers join orders on sleep(1))', { functions: ['sleep'] }],
  ['use crm; select * from passwords', { verbs: ['SELECT', 'UNKNOWN', 'USE'] }],
  ['truncate table orders', { verbs: ['TRUNCATE'] }],
  ['drop table orders', { verbs: ['DROP'], tables: ['shop.orders'] }],
  ['select 1; delete from orders', { verbs: ['DELETE', 'SELECT'] }],
  ["select * into outfile '/tmp/x' from customers", { verbs: ['SELECT', 'SELECT INTO'], tables: ['shop.customers'] }],
  ['select id into @x from customers', { verbs: ['SELECT', 'SELECT INTO'] }],
  ['select * from customers for update', { verbs: ['SELECT', 'SELECT FOR UPDATE'] }],
  ['select * from customers lock in share mode', { verbs: ['SELECT', 'SELECT FOR UPDATE'] }],
  ['select @a := 1', {}],
  ['select @a', {}],
  ['select @@version', {}],
  ['select sleep(5)', { functions: ['sleep'] }],
  ['select benchmark(1000000, md5(1))', { functions: ['benchmark'] }],
  ["select load_file('/etc/passwd')", { functions: ['load_file'] }],
  ["select get_lock('a', 1)", { functions: ['get_lock'] }],
  ['select last_insert_id(5)', { functions: ['last_insert_id'] }],
  ['select drop_everything()', { functions: ['drop_everything'] }],
  ['select shop.lower(1)', { functions: ['lower', 'shop.lower'] }],
  ['select id from customers where sleep(1)', { functions: ['sleep'] }],
  ['select id from customers order by (select sleep(1))', { functions: ['sleep'] }],
  ['select * from (select sleep(1)) x', { functions: ['sleep'] }],
  ['with c as (select sleep(1)) select * from c', { functions: ['sleep'] }],
  ['select 1 union select sleep(1)', { functions: ['sleep'] }],
  ['select id from customers c join orders o on sleep(1)', { functions: ['sleep'] }],
  ['select id from customers group by id having sleep(1)', { functions: ['sleep'] }],
  ['select case when sleep(1) then 1 end', { functions: ['sleep'] }],
  ['select 1 --1; delete from orders', {}],
  ['select 1 # delete', {}],
  ['select 1 /* comment */', {}],
  ["select 'a\\'; delete from orders; select \\''", {}],
  ['call run()', { verbs: ['CALL'], functions: ['run'] }],
  ['set @x = 1', { verbs: ['SET'] }],
  ['show tables', { verbs: ['SHOW'] }],
  ['explain select 1', {}],
  ["load data infile 'x' into table orders", { verbs: ['LOAD DATA'], tables: ['shop.orders'] }],
  ['selct 1', { verbs: ['UNKNOWN'] }],
  ['do sleep(1)', { verbs: ['UNKNOWN'] }],
  ['', { verbs: ['UNKNOWN'] }],
  [';', { verbs: ['UNKNOWN'] }],
  [`select ${'('.repeat(3_000)}1${')'.repeat(3_000)}`, {}],
  [`select 1${' + 1'.repeat(5_000)}`, { verbs: ['UNKNOWN'] }],
]
describe('everything else is not', () => {
  test.each(not)('%s', (sql, says) => {
    const found = facts(sql)
    expect(found.readOnly).toBe(false)
    for (const [name, wanted] of Object.entries(says))
      expect(found[name as 'verbs']).toEqual(expect.arrayContaining(wanted as string[]))
  })
})
