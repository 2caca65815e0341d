import fc from 'fast-check'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestDatabase, type TestDatabase } from '../../db/testing'
import { loadSql, sqlFacts } from './facts'
import { maskedUse } from './masked-use'

// On a real PostgreSQL: what may run shows the same rows in the same order whoever has which `ssn`, but for `ssn` itself.

const soak = process.env.SOAK === '1'
let database: TestDatabase
let client: pg.Client

beforeAll(async () => {
  await loadSql()
  database = await startTestDatabase()
  client = new pg.Client({ connectionString: database.adminUrl })
  await client.connect()
  await client.query(`
    create table customers (id int, name text, ssn text, city text, unique (id));
    create table orders (id int, customer_id int, total int);
    create table notes (line text);
    create function note() returns trigger language plpgsql as 'begin insert into notes values (old::text); return new; end';
    create extension hstore;
    insert into customers values (1, 'Ann', '500', 'x'), (2, 'Bob', '300', 'y'), (3, 'Cyd', '900', 'x'), (4, 'Dan', '100', 'y');
    insert into orders values (1, 1, 20), (2, 2, 70), (3, 4, 90);
    analyze customers`)
})
afterAll(async () => {
  await client.end()
  await database.stop()
})

const isMasked = (column: string) => column.toLowerCase() === 'ssn'
const problem = (sql: string) => maskedUse(sqlFacts(sql, 'postgres', 'public'), sql, 'postgres', isMasked)

/** Of several statements the last answers. */
const last = (results: pg.QueryArrayResult | pg.QueryArrayResult[]) => [results].flat().at(-1)!

/** What a caller sees, under each of three ways to hand out the same numbers; null when it does not run. */
async function views(sql: string): Promise<string[] | null> {
  const seen: string[] = []
  for (const order of [
    [500, 300, 900, 100],
    [100, 900, 300, 500],
    [900, 900, 100, 300],
  ]) {
    await client.query('begin')
    try {
      await client.query('update customers set ssn = ($1::text[])[id]', [order])
      if (sql.includes('pg_stat')) await client.query('analyze customers')
      const result = last(await client.query({ text: sql, rowMode: 'array' }))
      const hidden = result.fields.map(({ name }) => isMasked(name))
      seen.push(
        JSON.stringify(result.rows.map((row: unknown[]) => row.map((value, n) => (hidden[n] ? 'masked' : value)))),
      )
    } catch {
      return null
    } finally {
      await client.query('rollback')
    }
  }
  return seen
}
const tells = async (sql: string) => new Set(await views(sql)).size > 1

const leaks = [
  'select id, ssn from customers order by 2',
  'select * from customers order by 3',
  'select id, * from customers order by 4 desc',
  'select name, c.* from customers c order by 4',
  'table customers order by 3',
  'select distinct ssn, id from customers',
  'select distinct on (1) ssn, id from customers',
  'select max(id), ssn from customers group by 2 having count(*) > 1',
  'select max(id), ssn from customers group by rollup (2)',
  'select max(id), ssn from customers group by cube (2)',
  'select max(id), ssn from customers group by distinct rollup (2)',
  'select max(id), ssn from customers group by grouping sets ((2))',
  'select max(id), ssn, city from customers group by (2, 3)',
  'select c.any_value from customers c',
  'select c.hash_record from customers c',
  'select c.json_agg_strict from customers c',
  'select public.customers.jsonb_agg_strict from public.customers',
  'select id, ssn from customers order by ssn',
  "select id from customers where ssn like '1%'",
  'select id from customers order by ssn collate "C"',
  'select ssn as x from customers',
  'select id, ssn from customers union all select ssn::int, null from customers',
  'select c::text from customers c',
  'select (select ssn from customers where id = 1) as x',
  'select id, rank() over (order by ssn) from customers',
  'select a from customers as c(id, name, a, b)',
  'select count(*) from customers a join customers b using (ssn)',
  'select * from customers natural join (select 1 as id, $$500$$ as ssn) x',
  'with c(i, n, a) as (select * from customers) select a from c',
  'select id from customers c where c.ssn = (select max(ssn) from customers)',
  "select histogram_bounds::text, most_common_vals::text from pg_stats where tablename = 'customers' and attname like 'ss%'",
  "select query_to_xml('select s' || 'sn as x from customers', true, true, '')::text",
  "select table_to_xml('customers', true, true, '')::text",
  'select c.hstore::text from customers c',
  'update customers set city = city returning old',
  'update customers set city = city returning to_jsonb(new)',
  'update customers set city = city returning with (old as o, new as n) o',
  "update customers set city = city where id = 1 returning old = row(1, 'Ann', '500', 'x')::customers",
  'delete from customers returning old::text',
  'merge into customers c using (values (1)) v(i) on c.id = v.i when matched then update set city = city returning old',
  "insert into customers values (1, 'a', 'b', 'c') on conflict (id) do update set city = 'z' returning old",
]
describe('what would tell a masked value apart is refused', () => {
  test.each(leaks)('%s', async (sql) => {
    expect(await tells(sql)).toBe(true)
    expect(problem(sql)).not.toBeNull()
  })
})

const row = 'customers'
const prepared: [first: string, then: string][] = [
  [`create function f(${row}) returns text language sql as $$ select $1.ssn $$`, 'select c.f from customers c'],
  [`create function f(${row}) returns text language sql return ($1).ssn`, 'select c.f from customers c'],
  [`create function f(c ${row}) returns json language sql return row_to_json(c)`, 'select c.f from customers c'],
  [
    'create function f(c record) returns text language plpgsql as $$ begin return $1::text; end $$',
    'select c.f from customers c',
  ],
  [
    'create aggregate f(anycompatible) (sfunc = array_append, stype = anycompatiblearray)',
    'select c.f::text from customers c',
  ],
  [`create domain f as ${row}`, 'select c.f from customers c'],
  [
    `create rule f as on update to ${row} do also insert into notes values (old::text)`,
    'update customers set city = city; table notes',
  ],
  [
    `create trigger f before update on ${row} for each row execute function note()`,
    'update customers set city = city; table notes',
  ],
]
describe('what hands out whole rows later is refused when it is made', () => {
  test.each(prepared)('%s', async (first, then) => {
    expect(await tells(`${first}; ${then}`)).toBe(true)
    expect(problem(first)).not.toBeNull()
  })
})

test.each([
  'create unique index on customers (ssn)',
  'alter table customers add unique (ssn)',
  'alter table customers add foreign key (ssn) references guesses (guess)',
  'alter table guesses add foreign key (guess) references customers (ssn)',
  "insert into customers (id, ssn) values (9, '500') on conflict (ssn) do update set name = 'x' returning id",
  'select query from pg_stat_activity',
  'select * from pg_toast.pg_toast_16384',
  "select data from bt_page_items('by_ssn', 1)",
])('what compares or quotes values of a masked column is refused: %s', (sql) => expect(problem(sql)).not.toBeNull())

test.each([
  'copy customers to stdout',
  'alter table customers rename ssn to x',
  'alter table customers rename column ssn to x',
  "create foreign table again (x text options (column_name 'ssn')) server self options (table_name 'customers')",
])('what shows a masked column under another name is refused: %s', (sql) => expect(problem(sql)).not.toBeNull())

test.each(['select "ssn" as x from customers', 'select ssn as x from customers'])(
  'MySQL may take a text for a column: %s',
  (sql) => expect(maskedUse(sqlFacts(sql, 'mysql', 'public'), sql, 'mysql', isMasked)).not.toBeNull(),
)

test.each([
  'select id as "a,b", ssn from customers',
  'select id as "a | b", ssn from customers',
  'select id as "a\nb", ssn from customers',
  'select id as "1", ssn from customers',
  'select id as "a b c d e f g", ssn from customers',
  'select x.*, c.* from (select 1 as "a,b") x, customers c',
  'select x.*, c.* from (values (1)) x("a,b"), customers c',
  'with x("a;b") as (select 1) select x.*, ssn from x, customers',
])('what would move the headings of a table in text is refused: %s', (sql) => expect(problem(sql)).not.toBeNull())

const fine = [
  'select id as "Kunden-Nr. (alt)", ssn from customers',
  'select id as größe, ssn from customers',
  'select count(*) as "a,b" from orders',
  'select id, ssn from customers order by 1',
  'select * from customers order by id',
  'select ssn, name from customers order by 2 desc',
  'select distinct name from customers',
  'select city, count(*) from customers group by 1 order by 2, 1',
  'select c.*, o.total from customers c join orders o on o.customer_id = c.id order by o.total',
  'select relname from pg_class order by 1 limit 3',
  "update customers set ssn = '1' where id = 1 returning old.name, new.name",
  "insert into customers values (9, 'a', '1', 'z') returning id",
  "insert into customers values (1, 'a', '1', 'z') on conflict (id) do update set city = excluded.city returning city",
]
test.each(fine)('what tells nothing runs: %s', async (sql) => {
  expect(problem(sql)).toBeNull()
  expect(await tells(sql)).toBe(false)
})

const columns = [
  'id',
  'name',
  'ssn',
  'c.ssn',
  '*',
  'c.*',
  'city',
  'ssn as ssn',
  'ssn as n',
  'name as ssn',
  'count(*)',
  'max(ssn)',
  'upper(name)',
]
const some = (items: string[], max: number) => fc.array(fc.constantFrom(...items), { minLength: 1, maxLength: max })
const maybe = <T>(arb: fc.Arbitrary<T>) => fc.option(arb, { nil: null, freq: 2 })
const selectArb = fc
  .record({
    distinct: fc.constantFrom('', '', '', 'distinct ', 'distinct on (1) ', 'distinct on (city) '),
    targets: some(columns, 3),
    from: fc.constantFrom(
      'customers c',
      'customers c',
      'customers c join orders o on o.customer_id = c.id',
      '(select * from customers) c',
      '(select id, name, city from customers) c',
    ),
    where: maybe(fc.constantFrom('id > 1', "ssn < '400'", 'c is not null', "name like 'A%'", 'true')),
    group: maybe(some(['1', '2', 'id', 'city', 'ssn', 'name'], 2)),
    order: maybe(some(['1', '2', '3', '4', '5', 'id', 'ssn', 'name', 'city', 'c'], 2)),
    limit: maybe(fc.constantFrom('1', '2')),
  })
  .map(({ distinct, targets, from, where, group, order, limit }) =>
    [
      `select ${distinct}${targets.join(', ')} from ${from}`,
      where === null ? '' : ` where ${where}`,
      group === null ? '' : ` group by ${group.join(', ')}`,
      order === null ? '' : ` order by ${order.join(', ')}`,
      limit === null ? '' : ` limit ${limit}`,
    ].join(''),
  )

test(
  'whatever a query is made of: it is refused, or it tells nothing of a masked column',
  async () => {
    let ran = 0
    await fc.assert(
      fc.asyncProperty(selectArb, async (sql) => {
        if (problem(sql) !== null) return
        const seen = await views(sql)
        if (seen === null) return
        ran += 1
        expect(new Set(seen).size, sql).toBe(1)
      }),
      soak ? { numRuns: 20_000 } : { numRuns: 2_000, seed: 7 },
    )
    expect(ran).toBeGreaterThan(100)
  },
  soak ? 3_600_000 : 60_000,
)
