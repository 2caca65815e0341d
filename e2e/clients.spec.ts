import { customers } from '../server/local/shop/data'
import { localAccessToken } from '../server/local/sign-in'
import { connectInspector, connectRemote, connectV1, connectV2, type McpClient } from './support/clients'
import { expect, test } from './support/fixtures'
import { startSallyport } from './support/sallyport'

const clients: [name: string, connect: (url: string, token: string) => Promise<McpClient> | McpClient][] = [
  ['SDK v1', connectV1],
  ['SDK v2, legacy era', (url, token) => connectV2(url, token, 'legacy')],
  ['SDK v2, modern era', (url, token) => connectV2(url, token, 'modern')],
  ['Inspector', connectInspector],
  ['mcp-remote, legacy era', (url, token) => connectRemote(url, token, 'legacy')],
  ['mcp-remote, modern era', (url, token) => connectRemote(url, token, 'modern')],
]

const customer = customers[0]!
const secrets = [customer.ssn, customer.email, customer.phone]

async function walk(client: McpClient): Promise<void> {
  const tools = await client.tools()
  expect(tools.sort()).toEqual(['get_customer', 'list_orders', 'query', 'refund_order'])
  const read = await client.call('get_customer', { id: customer.id })
  expect(read.isError).toBe(false)
  expect(read.text).toContain(customer.name)
  for (const secret of secrets) expect(JSON.stringify(read)).not.toContain(secret)
  const unlisted = await client.call('delete_customer', { id: customer.id })
  expect(unlisted).toMatchObject({ isError: true })
  // The Inspector does not even send what is not listed.
  expect(unlisted.text).toMatch(/no role of yours allows this|not found on server/)
  const denied = await client.call('query', { sql: 'delete from customers' })
  expect(denied).toMatchObject({ isError: true })
  expect(denied.text).toContain('no role of yours allows this')
  await client.close()
}

for (const [name, connect] of clients)
  test(`promise 1: ${name} lists only what alice may use, reads with masks, and is denied the rest`, async ({
    sallyport,
    token,
  }) => {
    await walk(await connect(`${sallyport.url}/mcp/shop`, await token('alice')))
  })

test('promise 1: a person without a role sees no connection at all', async ({ sallyport, token }) => {
  const erin = await token('erin')
  await expect(connectV2(`${sallyport.url}/mcp/shop`, erin, 'legacy')).rejects.toThrow(/no such connection/)
})

test.describe('through the route handler', () => {
  test('promise 1: every client gets the same through the second door', async () => {
    const slow = await startSallyport({ env: { FAST_LANE: 'off' } })
    try {
      const alice = await localAccessToken(slow.url, 'alice')
      for (const [, connect] of clients) await walk(await connect(`${slow.url}/mcp/shop`, alice))
    } finally {
      await slow.stop()
    }
  })
})
