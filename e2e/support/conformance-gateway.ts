import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type ConsoleSession, consoleSession, localAccessToken } from '../../server/local/sign-in'
import { publish } from './admin'
import { startSallyport } from './sallyport'

export type Route = { url: string; output(): string; close(): Promise<void> }

const name = 'target'

/** A Sallyport of its own before `target`, a role that allows everything on it, and an address that needs no token. */
export async function throughSallyport(target: string): Promise<Route> {
  const sallyport = await startSallyport()
  try {
    const admin = await consoleSession(sallyport.url, 'carol')
    await connect(admin, target)
    await publish(admin, 'everything on the target', (document) => ({
      ...document,
      roles: [
        ...document.roles,
        { name: 'conformance', members: ['everyone'], rules: [{ id: 'all', effect: 'allow', connections: [name] }] },
      ],
    }))
    const shim = await withToken(sallyport.port, await localAccessToken(sallyport.url, 'alice'))
    const close = async () => {
      await shim.close()
      await sallyport.stop()
    }
    return { url: shim.url, output: sallyport.output, close }
  } catch (error) {
    await sallyport.stop()
    throw error
  }
}

async function connect(admin: ConsoleSession, url: string): Promise<void> {
  const body = JSON.stringify({ name, transport: 'http', url, clientRequests: ['sampling', 'elicitation', 'roots'] })
  const response = await admin.fetch('/api/connections', { method: 'POST', body })
  if (!response.ok) throw new Error(`the connection could not be made: ${await response.text()}`)
}

/** Passes requests on with a token. In Host and Origin its own place becomes Sallyport's; any other stays as it came. */
async function withToken(port: number, token: string): Promise<{ url: string; close(): Promise<void> }> {
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
