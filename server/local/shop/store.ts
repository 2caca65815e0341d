import pg from 'pg'
import { customers, orders, paymentMethods } from './data'

const schema = `
create table customers (
  id integer primary key, name text not null, email text not null, phone text not null,
  ssn text not null, city text not null, since date not null);
create table orders (
  id integer primary key, customer_id integer not null references customers on delete cascade, item text not null,
  amount numeric(10,2) not null, status text not null, placed_at date not null);
create table payment_methods (
  id integer primary key, customer_id integer not null references customers on delete cascade,
  card_number text not null, expires text not null);
create table refunds (
  id integer generated always as identity primary key, order_id integer not null references orders on delete cascade,
  amount numeric(10,2) not null, reason text not null default '', made_at timestamptz not null default now());
create index on orders (customer_id);
create index on refunds (order_id);
`

/** Makes the shop's tables with its people and orders; does nothing when they are there. `url` belongs to their owner. */
export async function fillShop(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query(`select to_regclass('public.customers') as found`)
    if (rows[0]?.found !== null) return
    await client.query('begin')
    await client.query(schema)
    await insert(client, 'customers', ['id', 'name', 'email', 'phone', 'ssn', 'city', 'since'], customers)
    await insert(client, 'orders', ['id', 'customerId', 'item', 'amount', 'status', 'placedAt'], orders)
    await insert(client, 'payment_methods', ['id', 'customerId', 'cardNumber', 'expires'], paymentMethods)
    await client.query('commit')
  } finally {
    await client.end()
  }
}

const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

async function insert<T extends object>(client: pg.Client, table: string, fields: (keyof T & string)[], rows: T[]) {
  for (const row of rows)
    await client.query(
      `insert into ${table} (${fields.map(snake).join(', ')}) values (${fields.map((_, n) => `$${n + 1}`).join(', ')})`,
      fields.map((field) => row[field]),
    )
}

export type Row = Record<string, unknown>
export type Store = {
  listOrders(filter: { status?: string | undefined; customerId?: number | undefined; limit: number }): Promise<Row[]>
  getCustomer(id: number): Promise<Row | null>
  query(sql: string): Promise<Row[]>
  /** null when there is no such order, or less than `amount` of it is left to refund. */
  refund(orderId: number, amount: number, reason: string): Promise<Row | null>
  deleteCustomer(id: number): Promise<boolean>
  orderStatuses(): Promise<Row[]>
  close(): Promise<void>
}

const rowsMax = 200

export function openStore(url: string): Store {
  const pool = new pg.Pool({ connectionString: url, max: 8 })
  // An idle connection may die with the database; the next query dials again.
  pool.on('error', () => {})
  const rows = async (sql: string, values: unknown[] = []): Promise<Row[]> => (await pool.query(sql, values)).rows
  return {
    listOrders: ({ status, customerId, limit }) =>
      rows(
        `select o.id, c.name as customer, o.item, o.amount::float8 as amount, o.status, o.placed_at::text as placed_at,
           coalesce((select sum(r.amount) from refunds r where r.order_id = o.id), 0)::float8 as refunded,
           (select count(*) from refunds r where r.order_id = o.id)::int as refunds
         from orders o join customers c on c.id = o.customer_id
         where ($1::text is null or o.status = $1) and ($2::int is null or o.customer_id = $2)
         order by o.placed_at desc, o.id limit $3`,
        [status ?? null, customerId ?? null, limit],
      ),
    getCustomer: async (id) => {
      const [customer] = await rows(
        `select id, name, email, phone, ssn, city, since::text as since,
           (select count(*) from orders where customer_id = $1)::int as orders from customers where id = $1`,
        [id],
      )
      return customer ?? null
    },
    query: async (sql) => {
      const result = (await pool.query(sql)) as pg.QueryResult | pg.QueryResult[]
      const last = Array.isArray(result) ? result.at(-1) : result
      return (last?.rows ?? []).slice(0, rowsMax)
    },
    refund: async (orderId, amount, reason) => {
      const [refund] = await rows(
        `with o as (select id, amount from orders where id = $1 for update)
         insert into refunds (order_id, amount, reason)
         select id, $2, $3 from o
         where o.amount - coalesce((select sum(r.amount) from refunds r where r.order_id = $1), 0) >= $2
         returning id, order_id, amount::float8 as amount, reason, made_at::text as made_at`,
        [orderId, amount, reason],
      )
      return refund ?? null
    },
    deleteCustomer: async (id) => (await pool.query('delete from customers where id = $1', [id])).rowCount === 1,
    orderStatuses: () => rows('select status, count(*)::int as orders from orders group by status order by status'),
    close: () => pool.end(),
  }
}
