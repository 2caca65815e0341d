import { McpServer } from '@modelcontextprotocol/server'
import { z } from 'zod'
import type { Row, Store } from './store'

const rowsOut = z.object({ rows: z.array(z.record(z.string(), z.unknown())) })

const answer = (rows: Row[]) => ({
  content: [{ type: 'text' as const, text: JSON.stringify(rows, null, 2) }],
  structuredContent: { rows },
})

const sorry = (text: string) => ({ content: [{ type: 'text' as const, text }], isError: true })

const read = { readOnlyHint: true, openWorldHint: false }

/** The demo shop as an MCP server; one instance serves one connection, in either era. */
export function createShop(store: Store): McpServer {
  const server = new McpServer(
    { name: 'shop', title: 'Demo shop', version: '1.0.0' },
    { instructions: 'A small shop: customers, orders and refunds. Amounts are in euros.' },
  )
  addReads(server, store)
  addWrites(server, store)
  server.registerResource(
    'summary',
    'shop://summary',
    { title: 'Shop summary', description: 'How many orders are in each status', mimeType: 'application/json' },
    async (uri) => ({
      contents: [
        { uri: uri.href, mimeType: 'application/json', text: JSON.stringify({ orders: await store.orderStatuses() }) },
      ],
    }),
  )
  server.registerPrompt(
    'apology',
    { title: 'Apology', description: 'A short apology for a late order', argsSchema: z.object({ order: z.string() }) },
    ({ order }) => ({
      messages: [
        {
          role: 'user',
          content: { type: 'text', text: `Write two friendly sentences: order ${order} is late, we are sorry.` },
        },
      ],
    }),
  )
  return server
}

function addReads(server: McpServer, store: Store): void {
  server.registerTool(
    'list_orders',
    {
      title: 'List orders',
      description: 'Orders, newest first, with what was refunded of each',
      inputSchema: z.object({
        status: z.enum(['paid', 'shipped', 'delivered', 'returned']).optional(),
        customer_id: z.number().int().optional(),
        limit: z.number().int().min(1).max(200).default(20),
      }),
      outputSchema: rowsOut,
      annotations: read,
    },
    async ({ status, customer_id: customerId, limit }) => answer(await store.listOrders({ status, customerId, limit })),
  )
  server.registerTool(
    'get_customer',
    {
      title: 'Get a customer',
      description: 'One customer with contact data',
      inputSchema: z.object({ id: z.number().int() }),
      outputSchema: rowsOut,
      annotations: read,
    },
    async ({ id }) => {
      const customer = await store.getCustomer(id)
      return customer === null ? sorry(`there is no customer ${id}`) : answer([customer])
    },
  )
  server.registerTool(
    'query',
    {
      title: 'Run SQL',
      description: 'Runs SQL on the shop database (PostgreSQL): customers, orders, payment_methods, refunds',
      inputSchema: z.object({ sql: z.string() }),
      outputSchema: rowsOut,
      annotations: { readOnlyHint: false, destructiveHint: true, openWorldHint: false },
    },
    async ({ sql }) => {
      try {
        return answer(await store.query(sql))
      } catch (error) {
        return sorry(`the database says: ${(error as Error).message}`)
      }
    },
  )
}

function addWrites(server: McpServer, store: Store): void {
  const write = { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: false }
  server.registerTool(
    'refund_order',
    {
      title: 'Refund an order',
      description: 'Pays money back to the customer of an order',
      inputSchema: z.object({
        order_id: z.number().int(),
        amount: z.number().positive(),
        reason: z.string().default(''),
      }),
      outputSchema: rowsOut,
      annotations: write,
    },
    async ({ order_id: orderId, amount, reason }) => {
      const refund = await store.refund(orderId, amount, reason)
      return refund === null
        ? sorry(`order ${orderId} does not exist or has less than ${amount} left to refund`)
        : answer([refund])
    },
  )
  server.registerTool(
    'delete_customer',
    {
      title: 'Delete a customer',
      description: 'Removes a customer with all orders and payment methods, for good',
      inputSchema: z.object({ id: z.number().int() }),
      annotations: { ...write, idempotentHint: true },
    },
    async ({ id }) => {
      const gone = await store.deleteCustomer(id)
      return gone
        ? { content: [{ type: 'text', text: `customer ${id} is deleted` }] }
        : sorry(`there is no customer ${id}`)
    },
  )
}
