import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { createAgent } from '../agents/create-agent'
import { enrolDoor } from '../agents/enrol-door'
import type { Context } from '../context'
import { type Bell, startBell } from '../db/notify'
import { connections } from '../db/schema'
import { quiet, removeDir, startTestDatabase, type TestDatabase, until } from '../db/testing'
import { announceInstance } from '../instances'
import { viewerOf } from '../viewer.testing'
import type { Exchange, HubRequest } from './ask'
import { buildAgent } from './build-agent'
import { type Hub, startHub } from './hub'
import type { Pace } from './pulse'

const carol = viewerOf('carol', { id: 'carol', name: 'Carol', admin: true, auditor: true })

export type TestInstance = { id: string; port: number; hub: Hub; server: Server; stop(): Promise<void> }

export type TestGateway = {
  database: TestDatabase
  bell: Bell
  ctx: Context
  /** The built agent program. */
  program: string
  /** One more instance; `publicUrl` is its own address unless told. */
  instance(options?: { port?: number; publicUrl?: string; pace?: Pace }): Promise<TestInstance>
  /** A connection for each target, as an admin attaches them. */
  attach(agentId: string, ...targets: string[]): Promise<void>
  stop(): Promise<void>
}

/** What a gateway is to agents: database, bell, and instances with their own sockets. */
export async function startTestGateway(): Promise<TestGateway> {
  const [database, program] = await Promise.all([
    startTestDatabase(),
    buildAgent(join(mkdtempSync(join(tmpdir(), 'sallyport-agent-')), 'agent.cjs')),
  ])
  const { db } = database
  const bell = await startBell(database.serverUrl, quiet)
  const running = new Set<TestInstance>()
  return {
    database,
    bell,
    ctx: { viewer: carol, db },
    program,
    instance: async ({ port = 0, publicUrl, pace } = {}) => {
      const server = createServer()
      server.listen(port, '127.0.0.1')
      await once(server, 'listening')
      const own = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
      const instance = await openInstance({ server, database, bell, publicUrl: publicUrl ?? own, pace })
      running.add(instance)
      return instance
    },
    attach: async (agentId, ...targets) => {
      const rows = targets.map((target) => ({
        name: `c-${randomUUID()}`,
        transport: 'agent' as const,
        agentId,
        target,
      }))
      await db.insert(connections).values(rows)
    },
    stop: async () => {
      await Promise.all([...running].map((instance) => instance.stop()))
      await bell.close()
      await database.stop()
      removeDir(join(program, '..'))
    },
  }
}

type Opened = { server: Server; database: TestDatabase; bell: Bell; publicUrl: string; pace: Pace | undefined }

async function openInstance({ server, database, bell, publicUrl, pace }: Opened): Promise<TestInstance> {
  const { db } = database
  const id = randomUUID()
  const announced = await announceInstance(db, { id, url: publicUrl }, quiet)
  const hub = startHub({ db, bell, instanceId: id, log: quiet, publicUrl, ...(pace === undefined ? {} : { pace }) })
  const enrol = enrolDoor({ db, log: quiet, publicUrl })
  server.on('request', (req, res) => void enrol(req, res))
  server.on('upgrade', hub.upgrade)
  let stopped: Promise<void> | null = null
  const stop = async () => {
    await hub.close()
    await announced.close()
    server.closeAllConnections()
    await new Promise((done) => server.close(done))
  }
  return {
    ...{ id, hub, server, port: (server.address() as AddressInfo).port },
    stop: () => {
      stopped ??= stop()
      return stopped
    },
  }
}

export type TestAgent = {
  id: string
  name: string
  dir: string
  configPath: string
  /** The running program; another one after `restart`. */
  process: ChildProcess
  /** All that it wrote. */
  output(): string
  configure(targets: object[], more?: object): void
  restart(env?: Record<string, string>): void
  stop(): Promise<void>
}

export type AgentOptions = { url: string; targets: object[]; env?: Record<string, string>; config?: object }

/** Enrols and runs the real program, in a folder of its own, with an environment of its own. */
export async function startTestAgent(gateway: TestGateway, options: AgentOptions): Promise<TestAgent> {
  const { id, name, token } = await createAgent(gateway.ctx, { name: `a-${randomUUID()}` })
  const dir = mkdtempSync(join(tmpdir(), 'sallyport-agent-'))
  const configPath = join(dir, 'agent.yaml')
  let output = ''
  const configure = (targets: object[], more: object = options.config ?? {}) =>
    writeFileSync(configPath, stringify({ targets, ...more }))
  const start = (args: string[], env = options.env ?? {}) => {
    const started = spawn(process.execPath, [gateway.program, ...args, '--config', configPath], {
      cwd: dir,
      env: { NODE_ENV: 'test', PATH: process.env.PATH, HOME: dir, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    for (const stream of [started.stdout, started.stderr]) stream.on('data', (chunk) => (output += chunk))
    return started
  }
  configure(options.targets)
  const enrolled = start(['enrol', options.url, token, ...('config' in options ? ['--insecure'] : [])])
  const [code] = await once(enrolled, 'exit')
  if (code !== 0) throw new Error(`the agent could not be enrolled: ${output}`)
  await gateway.attach(id, ...options.targets.map((target) => (target as { name: string }).name))
  const agent: TestAgent = {
    ...{ id, name, dir, configPath, configure },
    process: start(['run']),
    output: () => output,
    restart: (env) => {
      agent.process = start(['run'], env)
    },
    stop: async () => {
      await ended(agent.process, 'SIGTERM')
      removeDir(dir)
    },
  }
  return agent
}

export type Tunnel = { gateway: TestGateway; instance: TestInstance; agent: TestAgent; stop(): Promise<void> }

/** A gateway with one instance, and an agent that is online there. */
export async function startTunnel(targets: object[], env: Record<string, string> = {}): Promise<Tunnel> {
  const gateway = await startTestGateway()
  const instance = await gateway.instance()
  const agent = await startTestAgent(gateway, { url: `http://127.0.0.1:${instance.port}`, targets, env })
  await online(instance, agent)
  return {
    ...{ gateway, instance, agent },
    stop: async () => {
      await agent.stop()
      await gateway.stop()
    },
  }
}

export async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill(signal)
  await exit
}

export const online = (instance: TestInstance, agent: TestAgent): Promise<void> =>
  until(() => instance.hub.online(agent.id))

/** One request with what a gateway sends. */
export function post(
  instance: TestInstance,
  agent: TestAgent,
  target: string,
  message: object,
  more: Partial<HubRequest> = {},
): Promise<Exchange> {
  return instance.hub.request(agent.id, target, {
    method: 'POST',
    body: JSON.stringify(message),
    session: 'session-1',
    signal: new AbortController().signal,
    ...more,
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...more.headers },
  })
}
