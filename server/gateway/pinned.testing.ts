import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { compose, createStops } from '../compose'
import { configured } from '../configured.testing'
import { createConnection } from '../connections/create-connection'
import { listQuarantine } from '../connections/list-quarantine'
import { testNow } from '../connections/test-connection'
import { contextFor } from '../connections/viewer.testing'
import type { Context } from '../context'
import { quiet, startTestServer, type TestServer, until } from '../db/testing'
import { readEnv } from '../env'
import { freePort } from '../free-port'
import { createHttpServer } from '../http'
import { startIssuer } from '../oauth/issuer.testing'
import { checkDocument } from '../policy/document'
import { storedPolicy } from '../policy/print'
import { publishFirst } from '../roles/publish'
import type { JsonObject, Pinning } from '../types'
import { reach } from '../upstream/reach'

/** What a target lists, as JSON text of an array, and which tools of it were called. */
export type RawTarget = { url: string; tools: string; calls: string[]; events: boolean; answer: string | null }

/** A gateway in this process with an issuer and a database of its own. */
export type Pinned = {
  url: string
  database: TestServer
  carol: Context
  listen(server: Server): Promise<string>
  /** A target of 2025-06-18 that says exactly what the test says. */
  target(tools: string): Promise<RawTarget>
  connect(target: { url: string }, pinning: Pinning, credential?: JsonObject): Promise<string>
  test(connection: string): Promise<{ ok: boolean; message: string }>
  token(person: string, groups?: string[]): Promise<string>
  /** One request as it is; the text of the answer, of an event its data. */
  ask(connection: string, method: string, params?: JsonObject, person?: string): Promise<string>
  /** The names a client finds in the list. */
  names(connection: string): Promise<string[]>
  call(connection: string, tool: string): Promise<string>
  held(connection: string): ReturnType<typeof heldOf>
  noted(connection: string, tool: string): Promise<void>
  stop(): Promise<void>
}

const heldOf = async (carol: Context, name: string) => (await listQuarantine(carol, name)).tools
let made = 0

export async function startPinned(policy: { roles: object[]; masks?: object[] }): Promise<Pinned> {
  const stops = createStops(quiet)
  const [database, issuer] = await Promise.all([startTestServer(), startIssuer()])
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const around = { publicUrl: url, issuer: issuer.url, audience: 'sallyport', database }
  const env = { ...readEnv({ NODE_ENV: 'production', ...configured(around) }), holdSeconds: 0.25 }
  const { runtime: started } = await compose(env, quiet, stops)
  const server = createHttpServer({
    ...{ runtime: started, issuer: null, page: async () => {}, pageUpgrade: null, fast: true },
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const ending = (one: Server) => () => {
    one.close()
    one.closeAllConnections()
  }
  stops.add('gateway', ending(server))
  const carol = contextFor(started.db, 'carol', { admin: true, auditor: true })
  const document = checkDocument({ masks: [], ...policy })
  if (!document.ok) throw new Error(JSON.stringify(document.problems))
  await publishFirst(started.db, storedPolicy(document.document), { id: 'carol', name: 'carol' })
  await started.policy.refresh()
  const token = (sub: string, groups: string[] = []) => issuer.accessToken('sallyport', { sub, groups })
  const listen = async (one: Server) => {
    one.listen(0, '127.0.0.1')
    await once(one, 'listening')
    stops.add('target', ending(one))
    return `http://127.0.0.1:${(one.address() as AddressInfo).port}`
  }
  const ask: Pinned['ask'] = async (connection, method, params = {}, person = 'alice') => {
    const response = await fetch(`${url}/mcp/${connection}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await token(person)}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': '2025-06-18',
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 7, method, params }),
    })
    const text = await response.text()
    return text.startsWith('{') ? text : (/^data: (.*)$/m.exec(text)?.[1] ?? text)
  }
  const testing = (name: string) => testNow(carol, { connections: started.connections, reachOf: reach }, name)
  return {
    ...{ url, database, carol, listen, token, ask, test: testing },
    async target(tools) {
      const target: RawTarget = { url: '', tools, calls: [], events: false, answer: null }
      const listening = await listen(createServer((request, response) => void serve(target, request, response)))
      target.url = `${listening}/mcp`
      return target
    },
    async connect(target, pinning, credential) {
      made += 1
      const name = `t-${made}`
      const input = { name, target: { transport: 'http', url: target.url, pinning }, credential }
      await createConnection(carol, { keys: started.keys, rules: env }, input)
      const tested = await testing(name)
      if (!tested.ok) throw new Error(tested.message)
      return name
    },
    async names(connection) {
      const { result } = JSON.parse(await ask(connection, 'tools/list'))
      return (result?.tools ?? []).map(({ name }: { name: string }) => name)
    },
    async call(connection, tool) {
      return ask(connection, 'tools/call', { name: tool, arguments: {} })
    },
    held: (name) => heldOf(carol, name),
    noted: (name, tool) => until(async () => (await heldOf(carol, name)).some((one) => one.name === tool)),
    async stop() {
      await stops.all()
      await issuer.close()
      await database.stop()
    },
  }
}

async function serve(target: RawTarget, request: IncomingMessage, response: ServerResponse): Promise<void> {
  let text = ''
  for await (const chunk of request) text += chunk
  const { id, method, params } = text === '' ? {} : JSON.parse(text)
  if (id === undefined) return void response.writeHead(request.method === 'POST' ? 202 : 405).end()
  const info = { protocolVersion: '2025-06-18', capabilities: { tools: {} }, serverInfo: { name: 'p', version: '1' } }
  const say = (result: string) => {
    const message = target.answer ?? `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${result}}`
    response.writeHead(200, { 'content-type': target.events ? 'text/event-stream' : 'application/json' })
    response.end(target.events ? `event: message\ndata: ${message}\n\n` : message)
  }
  if (method === 'initialize') return say(JSON.stringify(info))
  if (method === 'tools/list') return say(`{"tools":${target.tools}}`)
  if (method !== 'tools/call') {
    const error = { code: -32601, message: 'method not found' }
    response.writeHead(200, { 'content-type': 'application/json' })
    return void response.end(JSON.stringify({ jsonrpc: '2.0', id, error }))
  }
  target.calls.push(params.name)
  say('{"content":[{"type":"text","text":"done"}]}')
}
