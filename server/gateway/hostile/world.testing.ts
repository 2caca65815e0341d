import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { sql } from 'drizzle-orm'
import type pg from 'pg'
import { type Dispatcher, Pool } from 'undici'
import { configured } from '../../configured.testing'
import type { Database } from '../../context'
import { connect } from '../../db/client'
import { connections } from '../../db/schema'
import { quiet, startTestServer } from '../../db/testing'
import { freePort } from '../../free-port'
import { startIssuer } from '../../oauth/issuer.testing'
import { checkDocument } from '../../policy/document'
import { storedPolicy } from '../../policy/print'
import { publishFirst } from '../../roles/publish'
import { type Instance, startInstance } from '../chaos/instance.testing'
import type { State } from '../chaos/instance-program.testing'

const audience = 'sallyport'

export type Respond = (request: IncomingMessage, response: ServerResponse, body: string) => unknown
export type Sending = {
  person?: string
  connection?: string
  method?: Dispatcher.HttpMethod
  headers?: [name: string, value: string][]
  body?: Uint8Array | string | null
  signal?: AbortSignal
}

/** One gateway in a process of its own, people with tokens of a real issuer, and a target that answers as the test says. */
export type Rough = {
  db: Database
  pool: pg.Pool
  host: string
  target: string
  instance(): Instance
  token(person?: string, seconds?: number): Promise<string>
  send(sending: Sending): Promise<Dispatcher.ResponseData>
  state(): Promise<State>
  /** More connections; an instance sees them within seconds. */
  attach(rows: (typeof connections.$inferInsert)[]): Promise<void>
  /** `kill -9`, and another process on the same database. */
  restart(): Promise<void>
  stop(): Promise<void>
}

type Options = {
  respond: Respond
  policy: { roles: object[]; masks?: object[] }
  /** Names of connections, all to the same target. */
  connections?: Record<string, Partial<typeof connections.$inferInsert>>
  env?: Record<string, string>
}

export const everythingFor = (...names: string[]) => ({
  name: 'everything',
  members: ['everyone'],
  rules: names.map((name) => ({ id: name, effect: 'allow', connections: [name], actions: ['*'], resources: ['*'] })),
})

export async function startRough(options: Options): Promise<Rough> {
  const [database, issuer, target] = await Promise.all([startTestServer(), startIssuer(), listen(options.respond)])
  const port = await freePort()
  const host = `127.0.0.1:${port}`
  const env = { ...environment(database, issuer.url, port), ...options.env }
  const { pool, db } = connect(database.adminUrl, quiet)
  const read = checkDocument({ masks: [], ...options.policy })
  if (!read.ok) throw new Error(JSON.stringify(read.problems))
  await publishFirst(db, storedPolicy(read.document), { id: 'admin', name: 'admin' })
  for (const [name, more] of Object.entries(options.connections ?? { target: {} }))
    await db.insert(connections).values({ name, transport: 'http', url: target.url, ...more })
  let instance = await startInstance(env)
  let gateway = new Pool(instance.url, { connections: 2000, headersTimeout: 0, bodyTimeout: 0 })
  const tokens = new Map<string, Promise<string>>()
  const token = (person = 'alice', seconds = 36_000) => {
    const key = `${person} ${seconds}`
    const made =
      tokens.get(key) ??
      issuer.accessToken(audience, {
        ...{ sub: person, name: person, groups: ['support'] },
        exp: Math.floor(Date.now() / 1000) + seconds,
      })
    tokens.set(key, made)
    return made
  }
  return {
    ...{ db, pool, token, host, target: target.url },
    instance: () => instance,
    async send({ person, connection = 'target', method = 'POST', headers = [], body = null, signal }) {
      const given = [
        ...['host', host, 'authorization', `Bearer ${await token(person)}`],
        ...['content-type', 'application/json', 'accept', 'application/json, text/event-stream'],
      ]
      const named = new Set(headers.map(([name]) => name.toLowerCase()))
      const own = pairs(given).filter(([name]) => !named.has(name))
      return gateway.request({
        ...{ path: `/mcp/${connection}`, method, body, signal },
        headers: [...own, ...headers].flat(),
      })
    },
    async attach(rows) {
      await db.insert(connections).values(rows)
      await db.execute(sql`select pg_notify('sallyport', ${JSON.stringify({ topic: 'connections', payload: '' })})`)
    },
    async state() {
      const options = { path: '/do/state', method: 'POST', headers: { host }, body: '{"viewer":{}}' } as const
      const { body } = await gateway.request(options)
      return (await body.json()) as State
    },
    async restart() {
      await instance.kill()
      await gateway.destroy()
      instance = await startInstance(env)
      gateway = new Pool(instance.url, { connections: 2000, headersTimeout: 0, bodyTimeout: 0 })
    },
    async stop() {
      await gateway.destroy()
      await instance.kill()
      await pool.end()
      await Promise.all([issuer.close(), database.stop()])
      target.close()
    },
  }
}

const pairs = (flat: string[]) => flat.flatMap((name, n) => (n % 2 === 0 ? [[name, flat[n + 1] ?? ''] as const] : []))

async function listen(respond: Respond) {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    await respond(request, response, Buffer.concat(chunks).toString())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const close = () => {
    server.close()
    server.closeAllConnections()
  }
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`, close }
}

const environment = (
  database: { serverUrl: string; adminUrl: string },
  issuer: string,
  port: number,
): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH ?? '',
  NODE_ENV: 'production',
  ...configured({ publicUrl: `http://127.0.0.1:${port}`, issuer, audience, database }),
  LISTEN_PORT: String(port),
  HOLD_MS: '250',
})
