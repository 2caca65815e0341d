import type { SqlFacts } from '../../types'

/**
 * Statements that were made to look harmless. `does` is what a real PostgreSQL did with it, which the test finds out:
 * it changed something (rows, objects, the session, files, other sessions), only read, or refused. `says` must be in our
 * facts; none of these is read-only.
 */
export type Trick = [
  sql: string,
  does: 'writes' | 'reads' | 'fails',
  says: Partial<Pick<SqlFacts, 'verbs' | 'tables' | 'columns' | 'functions'>>,
]

const unknown = { verbs: ['UNKNOWN'] }

const writingStatements: Trick[] = [
  [
    'with gone as (delete from customers returning *) select * from gone',
    'writes',
    { verbs: ['DELETE', 'SELECT'], tables: ['public.customers'] },
  ],
  [
    'with a as (select 1), b as (insert into log values (1) returning 1) select * from a',
    'writes',
    { verbs: ['INSERT'], tables: ['public.log'] },
  ],
  [
    'with a as (with b as (update customers set name = null returning id) select * from b) select * from a',
    'fails',
    { verbs: ['UPDATE'] },
  ],
  [
    'with m as (merge into customers c using orders o on c.id = o.id when matched then delete returning c.id) select * from m',
    'writes',
    { verbs: ['MERGE'] },
  ],
  ["comment on table secret.passwords is 'x'", 'writes', { tables: ['secret.passwords'] }],
  ["comment on column customers.ssn is 'x'", 'writes', { tables: ['public.customers'], columns: ['ssn'] }],
  ['alter table customers rename to clients', 'writes', { tables: ['public.clients', 'public.customers'] }],
  ['alter table orders set schema secret', 'writes', { tables: ['public.orders', 'secret.orders'] }],
  ['alter table customers alter column ssn type varchar(20)', 'writes', { columns: ['ssn'] }],
  ['alter table customers drop column ssn cascade', 'writes', { columns: ['ssn'] }],
  [
    'alter table orders add foreign key (customer_id) references customers',
    'writes',
    { columns: ['*', 'customer_id'] },
  ],
  [
    'alter sequence numbers owned by customers.ssn',
    'writes',
    { tables: ['public.customers', 'public.numbers'], columns: ['ssn'] },
  ],
  ['create statistics s on name, ssn from customers', 'writes', { columns: ['name', 'ssn'] }],
  ['grant select (ssn) on customers to public', 'writes', { columns: ['ssn'] }],
  ['drop policy p on secret.passwords', 'fails', { tables: ['secret.passwords'] }],
  ['drop trigger t on customers', 'fails', { tables: ['public.customers'] }],
  ['cluster customers using customers_pkey', 'writes', { columns: ['*'] }],
  ['select 1; drop table orders', 'writes', { verbs: ['DROP', 'SELECT'], tables: ['public.orders'] }],
  ['select 1;;;delete from orders;', 'writes', { verbs: ['DELETE'] }],
  ['select 1 -- ;\n; delete from orders', 'writes', { verbs: ['DELETE'] }],
  ['select 1 /* /* nested */ ; */ ; delete from orders /* ; select 2', 'fails', unknown],
  ['select 1 /* /* */ */; delete from orders', 'writes', { verbs: ['DELETE'] }],
  ["select '; select 1 --'; delete from orders", 'writes', { verbs: ['DELETE'] }],
  ['select $$;$$; delete from orders; select $a$;$a$', 'writes', { verbs: ['DELETE'] }],
  ["select E'\\''; delete from orders; --'", 'writes', { verbs: ['DELETE'] }],
  [
    'select id into copied from customers',
    'writes',
    { verbs: ['SELECT INTO'], tables: ['public.copied', 'public.customers'] },
  ],
  ['select 1 as a into copied union select 2', 'writes', { verbs: ['SELECT INTO'], tables: ['public.copied'] }],
  ['with c as (select 1) select * into copied from c', 'writes', { verbs: ['SELECT INTO'] }],
  ['select id into temp copied from customers', 'writes', { verbs: ['SELECT INTO'] }],
  [
    'create table copied as select * from customers',
    'writes',
    { verbs: ['CREATE TABLE AS'], tables: ['public.copied'] },
  ],
  ['create temp view v as select 1', 'writes', { verbs: ['CREATE VIEW'] }],
  ['explain analyze delete from orders', 'writes', { verbs: ['DELETE', 'EXPLAIN'] }],
  ['explain (analyze, format json) insert into log values (1)', 'writes', { verbs: ['EXPLAIN', 'INSERT'] }],
  ['explain (analyze true) select wrote(name) from customers', 'writes', { functions: ['wrote'] }],
  ['do $$ begin delete from orders; end $$', 'writes', { verbs: ['DELETE', 'DO'], tables: ['public.orders'] }],
  ["do $$ begin execute 'delete from ' || 'orders'; end $$", 'writes', { verbs: ['DO', 'UNKNOWN'] }],
  [
    'do $$ declare n int := (select count(*) from secret.passwords); begin insert into log values (n); end $$',
    'writes',
    { tables: ['public.log', 'secret.passwords'] },
  ],
  [
    'do language plpgsql $$ begin perform wrote(name) from customers; exception when others then raise; end $$',
    'writes',
    { functions: ['wrote'] },
  ],
  ['copy customers from stdin', 'fails', { verbs: ['COPY'] }],
  ["copy log from program 'echo 1'", 'writes', { verbs: ['COPY'], tables: ['public.log'] }],
  ["copy (select 1) to '{dir}/copied'", 'writes', { verbs: ['COPY', 'SELECT'] }],
  ["copy (select 1) to program 'touch {dir}/touched'", 'writes', { verbs: ['COPY'] }],
  ['copy (delete from orders returning id) to stdout', 'writes', { verbs: ['COPY', 'DELETE'] }],
  ['prepare p as delete from orders; execute p', 'writes', { verbs: ['DELETE', 'EXECUTE', 'PREPARE', 'UNKNOWN'] }],
  ['prepare p as select 1', 'writes', { verbs: ['PREPARE'] }],
  [
    'begin; declare c cursor with hold for select * from secret.passwords; commit; fetch all from c',
    'writes',
    { verbs: ['BEGIN', 'COMMIT', 'DECLARE', 'FETCH', 'UNKNOWN'], tables: ['secret.passwords'] },
  ],
  ['call run($$x$$)', 'writes', { verbs: ['CALL'], functions: ['run'] }],
  ['explain (analyze) create table copied as select 1 as a', 'writes', { verbs: ['CREATE TABLE AS', 'EXPLAIN'] }],
  ['explain analyze execute p', 'fails', { verbs: ['EXECUTE', 'EXPLAIN', 'UNKNOWN'] }],
  [
    'declare c cursor for select * from secret.passwords',
    'fails',
    { verbs: ['DECLARE'], tables: ['secret.passwords'] },
  ],
  ['truncate orders', 'writes', { verbs: ['TRUNCATE'], tables: ['public.orders'] }],
  ['lock table orders in share mode', 'fails', { verbs: ['LOCK'] }],
  ['notify probe', 'writes', { verbs: ['NOTIFY'] }],
  ['listen probe', 'writes', { verbs: ['LISTEN'] }],
  ['set search_path = secret; select * from customers', 'writes', { verbs: ['SELECT', 'SET', 'UNKNOWN'] }],
  ['set role pg_monitor', 'writes', { verbs: ['SET'] }],
  ['set session characteristics as transaction read write', 'writes', { verbs: ['SET'] }],
  ['reset all', 'reads', { verbs: ['SET', 'UNKNOWN'] }],
  ['begin; set local role pg_monitor; commit', 'reads', { verbs: ['BEGIN', 'COMMIT', 'SET'] }],
  ['show all', 'reads', { verbs: ['SHOW'] }],
  ['grant select on customers to public', 'writes', { verbs: ['GRANT'], tables: ['public.customers'] }],
  ['comment on table customers is $$x$$', 'writes', { verbs: ['COMMENT'] }],
  ['alter table customers add column x int', 'writes', { verbs: ['ALTER TABLE'], tables: ['public.customers'] }],
  ['analyze customers', 'reads', { verbs: ['VACUUM'], tables: ['public.customers'] }],
  [
    'create function f() returns int language sql as $$ delete from orders; select 1 $$; select f()',
    'writes',
    { verbs: ['CREATE FUNCTION', 'DELETE', 'SELECT'], functions: ['f'] },
  ],
  [
    'create function f() returns int language sql begin atomic select 1; end',
    'writes',
    { verbs: ['CREATE FUNCTION', 'SELECT'] },
  ],
  ['create rule r as on insert to log do also delete from orders', 'writes', { verbs: ['CREATE RULE', 'DELETE'] }],
  ["load 'auto_explain'", 'reads', { verbs: ['LOAD', 'UNKNOWN'] }],
  ['create extension hstore', 'writes', { verbs: ['CREATE EXTENSION', 'UNKNOWN'] }],
  ['create schema s create table t (a int)', 'writes', { verbs: ['CREATE SCHEMA', 'CREATE TABLE'], tables: ['s.t'] }],
  ['insert into log default values', 'writes', { verbs: ['INSERT'] }],
  [
    "insert into customers (id, email) values (9, 'x') on conflict (id) do update set ssn = null",
    'writes',
    { columns: ['email', 'id', 'ssn'] },
  ],
  [
    "merge into customers c using (values (1)) v(i) on c.id = v.i when matched then update set ssn = 'x' when not matched then insert (id, email) values (9, 'y')",
    'writes',
    { verbs: ['MERGE'], columns: ['email', 'id', 'ssn'] },
  ],
  [
    "merge into customers c using (values (9)) v(i) on c.id = v.i when not matched then insert values (9, 'x')",
    'writes',
    { columns: ['*'] },
  ],
  ["insert into customers values (9, 'x', 'y', 'z')", 'writes', { columns: ['*'] }],
  ["update customers set name = 'x' returning old", 'writes', { columns: ['*', 'name'] }],
  ['delete from customers returning with (old as gone) gone', 'writes', { columns: ['*'] }],
  ['copy customers (ssn) to stdout', 'reads', { verbs: ['COPY'], columns: ['ssn'] }],
  ['copy customers to stdout', 'reads', { columns: ['*'] }],
  ['alter table customers add unique (ssn)', 'writes', { verbs: ['ALTER TABLE'], columns: ['ssn'] }],
  [
    "insert into offices (place.city, place.street) values ('x', 'y')",
    'writes',
    { columns: ['city', 'place', 'street'] },
  ],
  ["insert into offices (id, others[2].city) values (1, 'x')", 'writes', { columns: ['city', 'id', 'others'] }],
  [
    "update offices set place.city = 'x', others[1].street = 'y'",
    'writes',
    { columns: ['city', 'others', 'place', 'street'] },
  ],
  ['alter table customers rename ssn to x', 'writes', { columns: ['ssn'] }],
  ["do $$ declare x noted := 'a'; begin end $$", 'writes', { functions: ['noted'] }],
  ['do $$ declare x customers%rowtype; y int := 1; begin delete from orders; end $$', 'writes', { verbs: ['DO'] }],
  ['refresh materialized view customer_names', 'fails', { verbs: ['REFRESH MATERIALIZED VIEW'] }],
  ['values (wrote($$x$$))', 'writes', { functions: ['wrote'] }],
  [
    'table customers; table secret.passwords; delete from orders',
    'writes',
    { tables: ['public.customers', 'public.orders', 'secret.passwords'] },
  ],
]

/** After these a name means another table. */
const moves: Trick[] = [
  ['create schema s create view v as select * from customers; table s.v', 'writes', { tables: ['public.customers'] }],
  ['create schema s create table t (a int); table s.t', 'writes', { tables: ['s.t'] }],
  [
    'create function f() returns setof secret.customers language sql set search_path = secret as $$ table customers $$; table f',
    'fails',
    { verbs: ['CREATE FUNCTION', 'UNKNOWN'] },
  ],
  ['alter schema secret rename to open; table open.passwords', 'writes', { verbs: ['RENAME', 'UNKNOWN'] }],
  [
    "update pg_settings set setting = 'secret' where name = 'search_path'; table customers",
    'writes',
    { verbs: ['UPDATE', 'UNKNOWN'] },
  ],
  [
    'begin; create role secret; grant pg_read_all_data to secret; set local role secret; table customers; rollback',
    'reads',
    { verbs: ['SET', 'UNKNOWN'] },
  ],
  ['begin; alter role postgres set search_path = secret; rollback', 'reads', { verbs: ['ALTER ROLE SET', 'UNKNOWN'] }],
]

const locks: Trick[] = [
  ['select * from customers for update', 'reads', { verbs: ['SELECT FOR UPDATE'] }],
  ['select * from customers for key share', 'reads', { verbs: ['SELECT FOR UPDATE'] }],
  ['select * from (select * from customers for share) c', 'reads', { verbs: ['SELECT FOR UPDATE'] }],
  ['with c as (select * from customers for no key update) select * from c', 'reads', { verbs: ['SELECT FOR UPDATE'] }],
  ['select 1 where exists (select 1 from customers for update skip locked)', 'reads', { verbs: ['SELECT FOR UPDATE'] }],
]

const notSql: Trick[] = [
  ['\\d customers', 'fails', unknown],
  ['select 1 \\; delete from orders', 'fails', unknown],
  ['select 1 \\gexec', 'fails', unknown],
  ['\\copy customers to stdout', 'fails', unknown],
  ['\\! id', 'fails', unknown],
  ['select :name', 'fails', unknown],
  ['DELIMITER // select 1 //', 'fails', unknown],
  ['select 1 limit 1, 2', 'fails', unknown],
  ['select `id` from customers', 'fails', unknown],
  ['selct 1', 'fails', unknown],
  ['select 1 #', 'fails', unknown],
]

export const statementTricks = [...writingStatements, ...moves, ...locks, ...notSql]
