import { parseArgs } from 'node:util'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { readEnv } from '../env'
import { customers } from './shop/data'
import { consoleSession, localAccessToken } from './sign-in'

/** What the walk found; every one must hold. `ranOnce` is counted by the shop, not by Sallyport. */
type Findings = { masked: boolean; denied: boolean; held: boolean; approved: boolean; ranOnce: boolean }
type Row = { id: number; amount: number; refunded: number; refunds: number }
type Result = { content?: unknown; structuredContent?: unknown; isError?: unknown; _meta?: Record<string, unknown> }

const { auto, json } = readArguments()
const waitMs = auto ? 60_000 : 55 * 60_000

const say = (text = '') => {
  if (!json) process.stdout.write(`${text}\n`)
}
const textOf = (result: Result) =>
  ((result.content ?? []) as { text?: string }[]).map((part) => part.text ?? '').join('\n')
const rowsOf = (result: Result) => ((result.structuredContent as { rows?: unknown[] } | undefined)?.rows ?? []) as Row[]

async function main(): Promise<void> {
  const { publicUrl, local } = readEnv(process.env)
  if (!local) throw new Error('the walk is for local mode; unset OIDC_ISSUER, or point your own client at the gateway')
  const token = await localAccessToken(publicUrl, 'alice')
  const client = new Client({ name: 'sallyport-try', version: '1.0.0' }, { versionNegotiation: { mode: 'auto' } })
  const headers = { authorization: `Bearer ${token}` }
  await client.connect(
    new StreamableHTTPClientTransport(new URL(`${publicUrl}/mcp/shop`), { requestInit: { headers } }),
  )
  say(`alice (support) is connected to ${publicUrl}/mcp/shop`)
  const { tools } = await client.listTools()
  say(`her tools: ${tools.map((tool) => tool.name).join(', ')}`)
  const findings: Findings = {
    masked: await allowedAndMasked(client),
    denied: await denied(client),
    ...(await heldAndApproved(client, publicUrl)),
  }
  await client.close()
  finish(findings)
}

async function allowedAndMasked(client: Client): Promise<boolean> {
  const customer = customers[0]!
  say('\n1. Allowed, and masked: get_customer')
  const result = (await client.callTool({ name: 'get_customer', arguments: { id: customer.id } })) as Result
  say(textOf(result))
  const bytes = JSON.stringify(result)
  return (
    bytes.includes(customer.name) &&
    ![customer.ssn, customer.email, customer.phone].some((secret) => bytes.includes(secret))
  )
}

async function denied(client: Client): Promise<boolean> {
  say('\n2. Denied: delete_customer')
  const result = (await client.callTool({ name: 'delete_customer', arguments: { id: 1002 } })) as Result
  say(`   ${textOf(result)}`)
  const still = (await client.callTool({ name: 'get_customer', arguments: { id: 1002 } })) as Result
  return result.isError === true && still.isError !== true
}

const orders = async (client: Client): Promise<Row[]> =>
  rowsOf((await client.callTool({ name: 'list_orders', arguments: { limit: 200 } })) as Result)

async function heldAndApproved(client: Client, publicUrl: string): Promise<Omit<Findings, 'masked' | 'denied'>> {
  const amount = 51
  const order = (await orders(client)).find((row) => row.amount - row.refunded >= amount)
  if (order === undefined)
    throw new Error('every order is refunded; stop Sallyport, remove the data folder and start again')
  say(`\n3. Held: refund_order of ${amount} on order ${order.id} waits for a person`)
  let review: string | null = null
  const onprogress = ({ message }: { message?: string | undefined }) => {
    const link = /https?:\/\/\S+\/reviews\/([0-9a-f-]+)/.exec(message ?? '')
    if (link === null || review !== null) return
    review = link[1] ?? null
    say(`   open ${link[0]}\n   as bob, look at what would run, and approve`)
    if (auto)
      void approve(publicUrl, review ?? '').catch((error: Error) => say(`   the approval failed: ${error.message}`))
  }
  const result = await untilAnswered(
    async () =>
      (await client.callTool(
        { name: 'refund_order', arguments: { order_id: order.id, amount, reason: 'arrived late' } },
        { onprogress, timeout: waitMs, maxTotalTimeout: waitMs, resetTimeoutOnProgress: true },
      )) as Result,
  )
  say(`\n4. ${result.isError === true ? 'Not approved' : 'Approved'}: ${textOf(result)}`)
  const after = (await orders(client)).find((row) => row.id === order.id)
  const ran = (after?.refunds ?? 0) - order.refunds
  say(`   the shop counts ${ran} refund${ran === 1 ? '' : 's'}`)
  return { held: review !== null, approved: result.isError !== true, ranOnce: ran === 1 }
}

/** A newcomer may look around first: while nobody has answered, the same call joins the same question again. */
async function untilAnswered(call: () => Promise<Result>): Promise<Result> {
  const end = Date.now() + waitMs
  for (;;) {
    const result = await call()
    const { reason } = (result._meta?.['io.sallyport/decision'] ?? {}) as { reason?: unknown }
    if (reason !== 'review-required' || Date.now() > end) return result
    say('   nobody has answered yet; it waits on')
  }
}

/** As the console's button does it: bob's own session, the same endpoint. */
async function approve(publicUrl: string, reviewId: string): Promise<void> {
  const bob = await consoleSession(publicUrl, 'bob')
  const response = await bob.fetch(`/api/reviews/${reviewId}/votes`, {
    method: 'POST',
    body: JSON.stringify({ verdict: 'approve' }),
  })
  if (!response.ok) throw new Error(`HTTP ${response.status}: ${(await response.text()).slice(0, 300)}`)
  say('   bob approved')
}

function finish(findings: Findings): void {
  const good = Object.values(findings).every((held) => held)
  if (json) process.stdout.write(`${JSON.stringify(findings)}\n`)
  say(
    good
      ? '\nAll four held. Look at Sessions in the console to see each step.'
      : `\nSomething did not hold: ${JSON.stringify(findings)}`,
  )
  process.exitCode = good ? 0 : 1
}

function readArguments(): { auto: boolean; json: boolean } {
  try {
    const { values } = parseArgs({ options: { auto: { type: 'boolean' }, json: { type: 'boolean' } } })
    return { auto: values.auto ?? false, json: values.json ?? false }
  } catch {
    process.stderr.write('usage: npm run try [-- --auto] [--json]\n')
    process.exit(1)
  }
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
})
