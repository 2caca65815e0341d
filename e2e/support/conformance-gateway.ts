import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { consoleSession, localAccessToken } from '../../server/local/sign-in'
import { ask, publish } from './admin'
import { startAgent } from './agent'
import { startSallyport } from './sallyport'

/** Where a target is: at an address, or behind an agent at an address or started by it. */
export type Place = { url: string; agent: boolean } | { command: string[] }

export type Gateway = {
  /** An address before the target that needs no token. */
  route(place: Place): Promise<string>
  output(): string
  close(): Promise<void>
}

const clientRequests = ['sampling', 'elicitation', 'roots']
const everything = {
  name: 'conformance',
  members: ['everyone'],
  rules: [{ id: 'all', effect: 'allow', connections: ['target-*'] }],
}

/** A Sallyport of its own, with a role that allows everything on the targets it is put before. */
export async function openGateway(): Promise<Gateway> {
  const sallyport = await startSallyport()
  const closers: (() => unknown)[] = [() => sallyport.stop()]
  const close = async () => {
    for (const one of closers.reverse()) await one()
  }
  try {
    const admin = await consoleSession(sallyport.url, 'carol')
    await publish(admin, 'everything on the targets', (document) => ({
      ...document,
      roles: [...document.roles, everything],
    }))
    const token = await localAccessToken(sallyport.url, 'alice')
    let routes = 0
    const route = async (place: Place): Promise<string> => {
      routes += 1
      const name = `target-${routes}`
      const stopped = await connect(sallyport.url, admin, name, place)
      const shim = await withToken(sallyport.port, name, token)
      closers.push(stopped, shim.close)
      return shim.url
    }
    return { route, output: sallyport.output, close }
  } catch (error) {
    await close()
    throw error
  }
}

type Admin = Awaited<ReturnType<typeof consoleSession>>

async function connect(url: string, admin: Admin, name: string, place: Place): Promise<() => void> {
  const create = (at: object) =>
    ask(admin, '/api/connections', { method: 'POST', body: JSON.stringify({ name, clientRequests, ...at }) })
  if ('url' in place && !place.agent) {
    await create({ transport: 'http', url: place.url })
    return () => {}
  }
  const how = 'url' in place ? { type: 'http', url: place.url } : { type: 'stdio', command: place.command }
  const agent = await startAgent(url, admin, `agent-${name}`, [{ name, ...how }])
  await create({ transport: 'agent', agent: `agent-${name}`, target: name })
  return agent.stop
}

/** Passes requests on with a token. In Host and Origin its own place becomes Sallyport's; any other stays as it came. */
async function withToken(port: number, name: string, token: string): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((incoming, outgoing) => {
    const own = `localhost:${(server.address() as AddressInfo).port}`
    const there = `localhost:${port}`
    const headers: Record<string, string | string[] | undefined> = {
      ...incoming.headers,
      authorization: `Bearer ${token}`,
    }
    if (headers.host === own) headers.host = there
    if (headers.origin === `http://${own}`) headers.origin = `http://${there}`
    const { method } = incoming
    const onward = request({ host: '127.0.0.1', port, path: `/mcp/${name}`, method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      outgoing.flushHeaders()
      answer.pipe(outgoing)
      answer.once('error', () => outgoing.destroy())
    })
    onward.once('error', () => outgoing.destroy())
    outgoing.once('close', () => onward.destroy())
    incoming.pipe(onward)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const close = () =>
    new Promise<void>((done) => {
      server.close(() => done())
      server.closeAllConnections()
    })
  return { url: `http://localhost:${(server.address() as AddressInfo).port}/mcp`, close }
}
