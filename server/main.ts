import { once } from 'node:events'
import { Server } from 'node:http'
import { createServer } from 'node:net'
import type { Logger } from 'pino'
import { type Composed, compose, createStops, type Stops } from './compose'
import { defaultPort, type Env, readEnv } from './env'
import { closeHttpServer, createHttpServer, type Doors } from './http'
import { createLocalIssuer } from './local/people'
import { seedLocal } from './local/seed'
import { createLog, takeConsole } from './log'
import { root } from './root'
import { tellIssuer } from './start-doubts'

const finishWithinMs = 3000
const stopWithinMs = 30_000
const repeatMs = 1000

async function main(): Promise<void> {
  const startedAt = performance.now()
  // Next and React look at it when they are loaded.
  Object.assign(process.env, { NODE_ENV: process.env.NODE_ENV ?? 'production' })
  const env = readEnv(process.env)
  // Somebody who tries it out reads the terminal; a log collector is told what to collect.
  const log = createLog(env.local && !process.env.LOG_LEVEL ? 'warn' : env.logLevel)
  // In development somebody reads what Next prints.
  if (process.env.NODE_ENV === 'production') takeConsole(log)
  const stops = createStops(log)
  onSignals(log, stops)
  keepRunning(log, stops)
  try {
    await checkPort(env)
    const composed = await compose(env, log, stops)
    const [page, issuer] = await Promise.all([pages(env, composed, stops), localIssuer(env, composed)])
    await serve(env, { ...page, issuer }, stops)
    await demo(env, composed, stops)
    composed.runtime.started = true
    if (!env.local) void tellIssuer(env, log)
    announce(env, performance.now() - startedAt)
  } catch (error) {
    await stops.all()
    throw error
  }
}

/** Next, in this process; it finds its own copy of server/ through `runtime()`. */
async function pages(env: Env, { runtime }: Composed, stops: Stops) {
  process.env.NEXTAUTH_URL = env.publicUrl
  process.env.NEXTAUTH_SECRET = runtime.keys.cookie
  process.env.NEXT_TELEMETRY_DISABLED = '1'
  const dev = process.env.NODE_ENV === 'development'
  const { default: next } = await import('next')
  // Next listens for upgrades on the server it is given, else on the one of the first page: past the guard, and it hangs up.
  const app = next({ dev, dir: root, hostname: env.host, port: env.port, httpServer: new Server() })
  await app.prepare()
  stops.add('next', () => app.close())
  const upgrade = app.getUpgradeHandler()
  return {
    runtime,
    page: app.getRequestHandler(),
    pageUpgrade: dev ? (...args: Parameters<typeof upgrade>) => void upgrade(...args) : null,
    fast: env.fastLane,
  } satisfies Partial<Doors>
}

/** What makes `npm start` work with nothing configured; neither exists when OIDC_ISSUER is set. */
const localIssuer = async (env: Env, { runtime, embedded }: Composed) =>
  env.local && embedded !== null ? createLocalIssuer(runtime) : null

/** Its agent dials in, so the doors are open by now. */
async function demo(env: Env, { runtime, embedded }: Composed, stops: Stops): Promise<void> {
  if (env.local && embedded !== null) stops.add('demo', await seedLocal(runtime, embedded))
}

/** Before anything is begun: whoever starts a second one by mistake has changed nothing. */
async function checkPort(env: Env): Promise<void> {
  const probe = createServer()
  try {
    await once(probe.listen(env.port, env.host), 'listening')
  } catch (error) {
    throw unheard(error, env)
  }
  await new Promise((closed) => probe.close(closed))
}

function unheard(error: unknown, { port, host }: Env): unknown {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'EADDRINUSE') return new Error(`port ${port} is taken; set PORT to another, or stop what listens there`)
  if (code === 'EACCES') return new Error(`this user may not listen on port ${port}; set PORT to one from 1024 on`)
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return new Error(`\`${host}\` is no address of this machine; set HOST to one, or unset it`)
  return error
}

async function serve(env: Env, doors: Doors, stops: Stops): Promise<void> {
  const server = createHttpServer(doors)
  server.listen(env.port, env.host)
  try {
    await once(server, 'listening')
  } catch (error) {
    throw unheard(error, env)
  }
  stops.add('http server', () => closeHttpServer(server, finishWithinMs))
}

/** The first signal stops in order, a second one at once. npm passes on what the terminal already sent to everybody. */
function onSignals(log: Logger, stops: Stops): void {
  let firstAt: number | null = null
  const stop = (signal: NodeJS.Signals) => {
    if (firstAt !== null && performance.now() - firstAt < repeatMs) return
    if (firstAt !== null) process.exit(130)
    firstAt = performance.now()
    log.info({ signal }, 'stopping')
    setTimeout(() => {
      log.error('a part did not stop in time')
      process.exit(1)
    }, stopWithinMs).unref()
    stops.all().then(() => process.exit(0))
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)
}

/** A promise that nobody waited for is logged: all that guards a call is waited for. What threw outside any promise ends us. */
function keepRunning(log: Logger, stops: Stops): void {
  process.on('unhandledRejection', (error) => log.error({ err: error }, 'a promise failed and nobody waited for it'))
  process.on('uncaughtException', (error) => {
    log.fatal({ err: error }, 'stopping after an error that nothing caught')
    stops.all().finally(() => process.exit(1))
  })
}

function announce(env: Env, tookMs: number): void {
  const lines = [
    `Sallyport is ready after ${(tookMs / 1000).toFixed(1)} s.`,
    '',
    `  Console   ${env.publicUrl}`,
    ...(env.local ? localLines(env) : [`  MCP       ${env.publicUrl}/mcp/<connection>`]),
    '',
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
}

const localLines = ({ publicUrl, port }: Env): string[] => [
  '            as alice (support), bob (support-leads), carol (admins), dave (auditors) or erin (no groups)',
  `  MCP       ${publicUrl}/mcp/shop   with the token that ${onPort(port)}npm run -s token -- alice prints`,
  `  Try it    ${onPort(port)}npm run try   in another terminal`,
  '',
  'Local mode: for this machine only, without passwords. Ctrl-C stops it.',
]

/** The commands look where it listens by default. */
const onPort = (port: number): string => (port === defaultPort ? '' : `PORT=${port} `)

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
})
