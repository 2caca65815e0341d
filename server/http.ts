import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { enrolDoor } from './agents/enrol-door'
import { fastLane } from './gateway/doors'
import { healthRoutes } from './health'
import { ignoreUpgrade, noteAnswers, offersWebSocket } from './ignored-upgrade'
import { checkHost } from './local/guard'
import { isLocalIssuerPath } from './local/people'
import { dressPage } from './page-headers'
import type { Runtime } from './runtime'

export type Handler = (req: IncomingMessage, res: ServerResponse) => Promise<void>
export type Upgrade = (req: IncomingMessage, socket: Duplex, head: Buffer) => void

export type Doors = {
  runtime: Runtime
  /** Local mode only. */
  issuer: Handler | null
  /** Next. */
  page: Handler
  /** Next's live reload, in development only. */
  pageUpgrade: Upgrade | null
  /** Off serves `/mcp/*` through Next's own router. */
  fast: boolean
}

const metadataPath = '/.well-known/oauth-protected-resource'

/** The one HTTP server. Every request and upgrade passes the guard first; then the first door that knows its path takes it. */
export function createHttpServer(doors: Doors): Server {
  const { runtime, pageUpgrade } = doors
  const { env, log, hub } = runtime
  const route = router(doors)
  const server = createServer((req, res) => {
    const refused = checkHost(req, env)
    if (refused !== null) return refuse(res, refused.status, refused.message)
    route(req)(req, res).catch((error) => {
      log.error({ err: error }, 'a request failed')
      if (res.headersSent) res.destroy()
      else refuse(res, 500, 'this did not work; the reason is in the log of the server')
    })
  })
  trackUpgrades(server)
  noteAnswers(server)
  server.on('upgrade', (req, socket, head) => {
    if (!offersWebSocket(req)) return ignoreUpgrade(server, req, socket, head)
    socket.on('error', () => {})
    const refused = checkHost(req, env)
    if (refused !== null) return refuseUpgrade(socket, refused.status)
    if (pathOf(req) === '/agents/connect') return hub.upgrade(req, socket, head)
    if (pageUpgrade !== null) return pageUpgrade(req, socket, head)
    refuseUpgrade(socket, 404)
  })
  // These end slow requests only. An answer may take hours: a call may wait for a person.
  server.headersTimeout = 30_000
  server.requestTimeout = 120_000
  server.timeout = 0
  // Longer than the 60 s after which load balancers let go of an idle connection, so that it is not cut under a request.
  server.keepAliveTimeout = 65_000
  return server
}

function router({ runtime, issuer, page, fast }: Doors): (req: IncomingMessage) => Handler {
  const health = healthRoutes(runtime)
  const { publicUrl } = runtime.env
  const enrol = enrolDoor({ db: runtime.db, log: runtime.log, publicUrl })
  const dev = process.env.NODE_ENV === 'development'
  const dressed: Handler = (req, res) => {
    dressPage(req, res, { publicUrl, dev })
    return page(req, res)
  }
  return (req) => {
    const path = pathOf(req)
    if (fast && (path === '/mcp' || path.startsWith('/mcp/'))) return fastLane
    if (path === metadataPath || path.startsWith(`${metadataPath}/`)) return fastLane
    if (issuer !== null && isLocalIssuerPath(path)) return issuer
    if (path === '/agents/enrol') return enrol
    if (!pageMethods.includes(req.method ?? '')) return notAllowed
    return health[path] ?? dressed
  }
}

// A web-standard `Request` cannot even be made of others, as `TRACE` (Fetch, section 2.2.1).
const pageMethods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

const notAllowed: Handler = async (_req, res) => {
  res.setHeader('allow', pageMethods.join(', '))
  refuse(res, 405, 'this method is not served')
}

/** Sockets that became something else: no request ends them, and they are for whoever took them to close. */
const upgraded = new WeakMap<Server, Set<Duplex>>()

export function trackUpgrades(server: Server): void {
  const sockets = new Set<Duplex>()
  upgraded.set(server, sockets)
  server.on('upgrade', (req, socket) => {
    if (!offersWebSocket(req)) return
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
}

const lookEveryMs = 50

/** Takes no more requests, gives those under way `graceMs` to finish, then cuts them. Agents stay connected meanwhile. */
export async function closeHttpServer(server: Server, graceMs: number): Promise<void> {
  const endsAt = performance.now() + graceMs
  server.close()
  while ((await connectionsOf(server)) > (upgraded.get(server)?.size ?? 0)) {
    // One that is kept alive after its last answer would be waited for.
    server.closeIdleConnections()
    if (performance.now() > endsAt) server.closeAllConnections()
    await new Promise((wait) => setTimeout(wait, lookEveryMs))
  }
}

const connectionsOf = (server: Server): Promise<number> =>
  new Promise((done, fail) => server.getConnections((error, n) => (error === null ? done(n) : fail(error))))

function pathOf(req: IncomingMessage): string {
  const url = req.url ?? '/'
  const query = url.indexOf('?')
  return query === -1 ? url : url.slice(0, query)
}

function refuse(res: ServerResponse, status: number, message: string): void {
  res.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  res.end(JSON.stringify({ error: { code: status === 500 ? 'internal' : 'forbidden', message, field: null } }))
}

const refuseUpgrade = (socket: Duplex, status: number): void =>
  void socket.end(`HTTP/1.1 ${status} ${status === 404 ? 'Not Found' : 'Forbidden'}\r\nconnection: close\r\n\r\n`)
