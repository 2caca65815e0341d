import type { SqlFacts } from '../../types'

/** Statements that are read-only, and exactly what they read. On a real PostgreSQL they run, change nothing and read no other table. */
export type Plain = [sql: string, reads: Pick<SqlFacts, 'tables'> & Partial<Pick<SqlFacts, 'columns'>>]

const customers = ['public.customers']
const both = ['public.customers', 'public.orders']

export const plain: Plain[] = [
  ['select 1', { tables: [], columns: [] }],
  ['SELECT * FROM customers', { tables: customers, columns: ['*'] }],
  ['select id, NAME from Customers;', { tables: customers, columns: ['id', 'name'] }],
  ['select * from public.customers', { tables: customers }],
  ['select * from "customers"', { tables: customers }],
  ['select * from "Mixed Case"', { tables: ['public.Mixed Case'] }],
  ['select * from only customers', { tables: customers }],
  ['select * from U&"custom\\0065rs"', { tables: customers }],
  ['table customers', { tables: customers, columns: ['*'] }],
  ['values (1, 2), (3, 4)', { tables: [] }],
  ['select secret.passwords.password from secret.passwords', { tables: ['secret.passwords'], columns: ['password'] }],
  [
    'select c.name, o.total from customers c join orders o on o.customer_id = c.id where o.total > 50',
    { tables: both, columns: ['customer_id', 'id', 'name', 'total'] },
  ],
  ['select * from customers natural join orders', { tables: both, columns: ['*'] }],
  ['select name from customers join orders using (id)', { tables: both, columns: ['id', 'name'] }],
  ['select name from customers where id in (select customer_id from orders)', { tables: both }],
  ['select (select max(total) from orders o where o.customer_id = c.id) from customers c', { tables: both }],
  ['select * from (select id from customers) c', { tables: customers }],
  ['select 1 union all select id from orders except select id from customers', { tables: both }],
  ['with big as (select * from orders where total > 50) select * from big', { tables: ['public.orders'] }],
  ['with customers as (select * from customers) select * from customers', { tables: customers }],
  ['with customers as (select 1) select * from customers', { tables: [] }],
  ['with customers as (select 1) select * from public.customers', { tables: customers }],
  ['with a as (select 1), b as (select * from a) select * from b', { tables: [] }],
  ['with orders as (select 1), b as (select * from orders) select * from b', { tables: [] }],
  ['with b as (select * from orders), orders as (select 1) select * from b', { tables: ['public.orders'] }],
  ['with recursive t(n) as (select 1 union all select n + 1 from t where n < 3) select n from t', { tables: [] }],
  [
    'with recursive customers as (select 1 as n union all select n + 1 from customers where n < 3) select * from customers',
    { tables: [] },
  ],
  ['select * from customers, (with customers as (select 1 as one) select one from customers) x', { tables: customers }],
  [
    'select 1 where exists (with orders as (select 1) select * from orders) and 1 in (select id from orders)',
    { tables: ['public.orders'] },
  ],
  ['select * from customer_names', { tables: ['public.customer_names'] }],
  ['select relname from pg_class limit 1', { tables: ['pg_catalog.pg_class', 'public.pg_class'] }],
  ['select table_name from information_schema.tables limit 1', { tables: ['information_schema.tables'] }],
  ['select ssn from customers order by ssn', { tables: customers, columns: ['ssn'] }],
  ['select id from customers where ssn like $$1%$$', { tables: customers, columns: ['id', 'ssn'] }],
  ['select d from customers as c(a, b, c, d)', { tables: customers, columns: ['*', 'd'] }],
  ['select customers from customers', { tables: customers, columns: ['*', 'customers'] }],
  ['select row_to_json(c) from customers c', { tables: customers, columns: ['*', 'c'] }],
  ['select c.to_json from customers c', { tables: customers, columns: ['*', 'to_json'] }],
  ['select c.json_agg from customers c', { tables: customers, columns: ['*', 'json_agg'] }],
  ['select count(*) from customers', { tables: customers, columns: [] }],
  ['select c.* from customers c', { tables: customers, columns: ['*'] }],
  [
    'select lower(name) || $$x$$ || upper(email::text) from customers where length(name) between 1 and 9',
    { tables: customers },
  ],
  [
    "select date_trunc('month', at) as m, count(*), avg(total)::numeric(10, 2) from orders group by 1 order by 2 desc nulls last fetch first 5 rows with ties",
    { tables: ['public.orders'] },
  ],
  [
    "select now() - interval '1 day', current_date, current_user, extract(year from now()), now() at time zone 'utc'",
    { tables: [] },
  ],
  [
    "select body ->> 'a', body #> '{b,c}', body @> '{}', body ? 'a', jsonb_path_query(body, '$.a[*]') from docs",
    { tables: ['public.docs'] },
  ],
  ['select key, value from docs, jsonb_each(body)', { tables: ['public.docs'] }],
  ["select e.key, e.value ->> 'c' from docs d cross join lateral jsonb_each(d.body) as e", { tables: ['public.docs'] }],
  ['select x.a from json_to_recordset(\'[{"a": 1}]\') as x(a int)', { tables: [] }],
  [
    "select '1'::integer, 1::smallint, 1.5::real::numeric, 'a'::character varying, true::boolean, '1'::bigint, 1::int",
    { tables: [] },
  ],
  [
    "select '(0,1)'::tid, '0/16B6C50'::pg_lsn, int4multirange(int4range(1, 2)), jsonb_exists_any('{}', array['a'])",
    { tables: [] },
  ],
  ["select coalesce('a', 'b') from coalesce('x'::text, 'y') as c", { tables: [] }],
  ["select o.a, o.ordinality from unnest(array['x']) with ordinality as o(a)", { tables: [] }],
  ['select g.g, g from generate_series(1, 3) g', { tables: [] }],
  ['select generate_series.generate_series from generate_series(1, 3)', { tables: [] }],
  [
    'select array_agg(name order by id) filter (where id > 1), string_agg(name, $$,$$) from customers',
    { tables: customers },
  ],
  [
    'select id, row_number() over (partition by customer_id order by total desc rows between unbounded preceding and current row) from orders',
    { tables: ['public.orders'] },
  ],
  ['select sum(total) over w from orders window w as (order by id)', { tables: ['public.orders'] }],
  ['select percentile_cont(0.5) within group (order by total) from orders', { tables: ['public.orders'] }],
  [
    'select customer_id, grouping(customer_id), sum(total) from orders group by rollup (customer_id)',
    { tables: ['public.orders'] },
  ],
  [
    'select case when id = 1 then $$a$$ else $$b$$ end, coalesce(name, $$x$$), nullif(id, 2), greatest(id, 3) from customers',
    { tables: customers },
  ],
  [
    'select id from customers where name ilike $$a%$$ or name similar to $$b%$$ or name ~* $$c$$ or name = any (array[$$d$$]) or id <> all (select 5)',
    { tables: customers },
  ],
  ['select id is distinct from 1, name is not null, (id = 1) is unknown from customers', { tables: customers }],
  ['select (1, 2) < (3, 4), array[1, 2] && array[2], 5 % 2, 2 ^ 3, @ -1, |/ 4, 1 << 2', { tables: [] }],
  ['select id from customers tablesample system (50)', { tables: customers }],
  ["select x.y from xmltable('/a/b' passing '<a><b>1</b></a>' columns y int path '.') x", { tables: [] }],
  [
    "select t.a from json_table('[{\"a\": 1}]', '$[*]' columns (a int path '$.a', nested path '$.b' columns (c text path '$'))) t",
    { tables: [] },
  ],
  [
    "select json_object('a': 1), json_array(1, 2), json_value('{\"a\": 1}', '$.a' returning int), '{}' is json",
    { tables: [] },
  ],
  ["select xmlelement(name a, xmlattributes(1 as b), 'x'), xpath('/a', '<a/>'::xml)", { tables: [] }],
  [
    "select words @@ to_tsquery('simple', 'cat'), ts_rank(words, 'cat'::tsquery) from docs",
    { tables: ['public.docs'] },
  ],
  [
    "select trim(both 'x' from 'xax'), substring('abc' from 2 for 1), position('b' in 'abc'), overlay('abc' placing 'x' from 1)",
    { tables: [] },
  ],
  [
    "select 'a' collate \"C\" < 'b', 'x'::varchar(3), '1'::bit(3), '{1,2}'::int[], date '2026-01-01', timestamptz 'now'",
    { tables: [] },
  ],
  [
    'select pg_catalog.lower(name), 1 operator(pg_catalog.+) 2, $$x$$::pg_catalog.text from customers',
    { tables: customers },
  ],
  ['select random(), gen_random_uuid(), clock_timestamp(), md5(name), version() from customers', { tables: customers }],
  ['select distinct on (customer_id) * from orders order by customer_id, at desc', { tables: ['public.orders'] }],
  [
    'select * from customers c left join lateral (select * from orders o where o.customer_id = c.id limit 1) o on true',
    { tables: both },
  ],
  ['select * from shop.public.customers', { tables: customers }],
  ['select * from (select 1) customers', { tables: [] }],
  ['(with customers as (select 1) select * from customers) union select id from customers', { tables: customers }],
  ['with recursive a as (select * from orders), orders as (select 1) select * from a', { tables: [] }],
  [
    'select * from customers c, lateral (with customers as (select c.*) select * from customers) x',
    { tables: customers },
  ],
  ['select * from customers tablesample system (50) repeatable (1)', { tables: customers }],
  ['select last_value from numbers', { tables: ['public.numbers'] }],
  ['select 1 from customers group by name having count(*) > (select count(*) from orders)', { tables: both }],
  ['select 1 -- ; delete from orders\n', { tables: [] }],
  ['select 1 /* ; delete from orders */ + 1', { tables: [] }],
  ["select '; delete from orders'", { tables: [] }],
  ['select $q$ ; delete from orders $q$', { tables: [] }],
  ['select 1; select id from customers;;', { tables: customers }],
]
