import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import {
  createMcpHandler,
  type EventStore,
  hostHeaderValidationResponse,
  isLegacyRequest,
  localhostAllowedHostnames,
  WebStandardStreamableHTTPServerTransport as Transport,
} from '@modelcontextprotocol/server'
import { type Hooks, makeServer } from './server'

/** Serves both eras at one address: sessions up to 2025-11-25, none from 2026-07-28 on. */
export async function serveTarget(port = 0): Promise<{ url: string; close(): Promise<void> }> {
  const transports = new Map<string, Transport>()
  const modern = createMcpHandler(() => makeServer(hooks))
  const hooks: Hooks = {
    toolsChanged: () => modern.notify.toolsChanged(),
    promptsChanged: () => modern.notify.promptsChanged(),
    closeStream: (session, request) => transports.get(session ?? '')?.closeSSEStream(request),
  }
  const answer = async (request: Request): Promise<Response> => {
    const foreign = hostHeaderValidationResponse(request, localhostAllowedHostnames())
    if (foreign !== undefined) return foreign
    if (request.method === 'POST' && !(await isLegacyRequest(request.clone()))) return modern.fetch(request)
    const session = request.headers.get('mcp-session-id')
    if (session !== null) return transports.get(session)?.handleRequest(request) ?? gone()
    const transport: Transport = new Transport({
      sessionIdGenerator: () => randomUUID(),
      onsessioninitialized: (id) => void transports.set(id, transport),
      onsessionclosed: (id) => void transports.delete(id),
      eventStore: memory(),
      retryInterval: 500,
    })
    await makeServer(hooks).connect(transport)
    return transport.handleRequest(request)
  }
  const server = createServer(getRequestListener(answer, { overrideGlobalObjects: false }))
  await new Promise<void>((done) => server.listen(port, '127.0.0.1', done))
  const close = () =>
    new Promise<void>((done) => {
      server.close(() => done())
      server.closeAllConnections()
    })
  return { url: `http://localhost:${(server.address() as AddressInfo).port}/mcp`, close }
}

const gone = () =>
  Response.json({ jsonrpc: '2.0', id: null, error: { code: -32001, message: 'session not found' } }, { status: 404 })

/** What was said on the streams of one session, so that it can be said again. */
function memory(): EventStore {
  const said: { id: string; stream: string; message: unknown }[] = []
  return {
    storeEvent: async (stream, message) => {
      const id = `${stream}_${said.length}`
      said.push({ id, stream, message })
      return id
    },
    replayEventsAfter: async (last, { send }) => {
      const from = said.findIndex(({ id }) => id === last)
      const stream = said[from]?.stream ?? ''
      for (const one of said.slice(from + 1))
        if (one.stream === stream && !isEmpty(one.message)) await send(one.id, one.message as never)
      return stream
    },
  }
}

const isEmpty = (message: unknown) => Object.keys(message as object).length === 0
