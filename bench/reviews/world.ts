import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Agent, request } from 'undici'
import { createConnection, publish } from '../../e2e/support/admin'
import { type Sallyport, startSallyport, until } from '../../e2e/support/sallyport'
import { configured } from '../../server/configured.testing'
import { connect } from '../../server/db/client'
import { quiet, startTestServer } from '../../server/db/testing'
import { freePort } from '../../server/free-port'
import { type ConsoleSession, consoleSession } from '../../server/local/sign-in'
import { metaKeys } from '../../server/mcp/revisions'
import { startIssuerProcess } from '../../server/oauth/issuer-process.testing'
import { vote } from '../../server/reviews/vote'
import { viewerOf } from '../../server/viewer.testing'

const audience = 'https://gateway.test/mcp'
const size = 3

/** Three instances as a team runs them, one PostgreSQL, one issuer, and a target that knows when each call came. */
export type World = {
  instances: Sallyport[]
  /** By the tag in its arguments. */
  arrived: Map<string, number>
  bob: ConsoleSession
  token(principal: string): Promise<string>
  /** A console request as bob's, to one instance. */
  ask(at: number, path: string, init?: { method: 'POST'; body: string }): ReturnType<typeof request>
  /** The verb behind the button, without the browser's request: ten thousand of those are a load of their own. */
  approve(review: string): Promise<unknown>
  call(at: number, token: string, tool: string, tag: string, how: How): ReturnType<typeof request>
  stop(): Promise<void>
}
/** `held`: an older client that hears progress; `told`: a modern one that is given an address at once. */
export type How = 'held' | 'told'

const sockets = new Agent({ connections: null, pipelining: 1, headersTimeout: 0, bodyTimeout: 0 })

export async function startWorld(): Promise<World> {
  const ports = await Promise.all(Array.from({ length: size }, freePort))
  const publicUrl = `http://localhost:${ports[0]}`
  const [database, issuer, target] = await Promise.all([
    startTestServer(),
    startIssuerProcess(publicUrl),
    startTarget(),
  ])
  const env = {
    ...configured({ publicUrl, issuer: issuer.url, audience, database }),
    ...{ ADMIN_GROUPS: 'admins', LOG_LEVEL: 'warn', HOLD_SECONDS: '600' },
  }
  const instances: Sallyport[] = []
  for (const port of ports) instances.push(await startSallyport({ port, env, timeoutMs: 180_000 }))
  // The others are asked by their port: the address they announce is the first one's.
  for (const port of ports)
    await until(async () => (await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => null))?.ok === true, 180_000)
  const carol = await consoleSession(publicUrl, 'carol')
  await createConnection(carol, 'target', target.url)
  await publish(carol, 'The benchmark', () => document)
  const bob = await consoleSession(publicUrl, 'bob')
  const host = new URL(publicUrl).host
  const { pool, db } = connect(database.serverUrl, quiet)
  const keys = { open: () => '' }
  const origin = (at: number) => `http://127.0.0.1:${ports[at % size]}`
  return {
    ...{ instances, arrived: target.arrived, bob },
    token: (principal) => issuer.accessToken(audience, principal, { groups: ['support'], exp: in4Hours() }),
    ask: (at, path, init) =>
      request(`${origin(at)}${path}`, {
        ...init,
        dispatcher: sockets,
        headers: {
          ...{ host, origin: publicUrl, cookie: bob.cookies(), 'x-csrf-token': bob.csrfToken },
          ...(init === undefined ? {} : { 'content-type': 'application/json' }),
        },
      }),
    approve: (reviewId) => {
      const viewer = viewerOf('lead', { groups: ['support-leads'] })
      return vote({ viewer, db }, keys, { reviewId, verdict: 'approve' })
    },
    call: (at, token, tool, tag, how) =>
      request(`${origin(at)}/mcp/target`, {
        method: 'POST',
        dispatcher: sockets,
        headers: {
          ...{ host, authorization: `Bearer ${token}`, 'content-type': 'application/json' },
          accept: 'application/json, text/event-stream',
          ...(how === 'held' ? {} : { ...modern, 'mcp-name': tool }),
        },
        body: bodyOf(tool, tag, how),
      }),
    stop: async () => {
      await sockets.destroy().catch(() => {})
      await Promise.all([pool.end(), ...instances.map((instance) => instance.stop())])
      await issuer.stop()
      await database.stop()
      target.close()
    },
  }
}

const in4Hours = () => Math.floor(Date.now() / 1000) + 4 * 3600
const modern = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call' }

function bodyOf(name: string, tag: string, how: How): string {
  const declared = {
    [metaKeys.protocolVersion]: '2026-07-28',
    [metaKeys.clientCapabilities]: { elicitation: { url: {} } },
  }
  const _meta = { progressToken: tag, ...(how === 'held' ? {} : declared) }
  return JSON.stringify({ jsonrpc: '2.0', id: tag, method: 'tools/call', params: { name, arguments: { tag }, _meta } })
}

const document = {
  roles: [
    {
      name: 'support',
      members: [{ claim: 'groups', value: 'support' }],
      rules: [
        { id: 'read', effect: 'allow', connections: ['target'], resources: ['read'] },
        {
          ...{ id: 'write', effect: 'review', connections: ['target'], resources: ['write'] },
          review: { approvers: [{ claim: 'groups', value: 'support-leads' }], expiresMinutes: 240 },
        },
      ],
    },
  ],
}

async function startTarget() {
  const arrived = new Map<string, number>()
  const server = createServer(async (req, res) => {
    let text = ''
    for await (const chunk of req) text += String(chunk)
    const { id, params } = JSON.parse(text) as { id: string; params?: { arguments?: { tag?: string } } }
    arrived.set(params?.arguments?.tag ?? '', performance.now())
    const result = { resultType: 'complete', content: [{ type: 'text', text: 'done' }] }
    res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ jsonrpc: '2.0', id, result }))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const close = () => {
    server.close()
    server.closeAllConnections()
  }
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`, arrived, close }
}

/** Resident memory of all instances, in kilobytes. */
export const residentKb = ({ instances }: World): number =>
  instances.reduce(
    (sum, { pid }) => sum + Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]),
    0,
  )

export const newTag = (): string => randomUUID()

/** Runs `work` for 0..n-1, `width` at a time. */
export async function spread(n: number, width: number, work: (at: number) => Promise<void>): Promise<void> {
  let next = 0
  const worker = async () => {
    while (next < n) await work(next++)
  }
  await Promise.all(Array.from({ length: Math.min(width, n) }, worker))
}
