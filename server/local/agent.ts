import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { eq } from 'drizzle-orm'
import { stringify } from 'yaml'
import { createAgent } from '../agents/create-agent'
import { renewToken } from '../agents/renew-token'
import type { Context } from '../context'
import { agents } from '../db/identity-schema'
import type { Runtime } from '../runtime'
import { buildProgram } from '../tunnel/build-agent'

const run = promisify(execFile)

export const localAgent = 'local'

const restartMs = 1000
const stopWithinMs = 3000

/**
 * The demo's agent: a real one, in a process and a folder of its own, with its own key. It starts the shop, and only it is told
 * the shop's database. Null when an administrator revoked it. Returns what ends it.
 */
export async function startLocalAgent(
  { env, db, log }: Pick<Runtime, 'env' | 'db' | 'log'>,
  ctx: Context,
  databases: { shop: string },
): Promise<(() => Promise<void>) | null> {
  const folder = join(env.dataDir, 'agent')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const program = join(folder, 'agent.cjs')
  await Promise.all([
    buildProgram('server/tunnel/agent.ts', program),
    buildProgram('server/local/shop/main.ts', join(folder, 'shop.cjs')),
  ])
  writeFileSync(join(folder, 'shop-database'), databases.shop, { mode: 0o600 })
  writeFileSync(join(folder, 'agent.yaml'), config())
  const [known] = await db.select().from(agents).where(eq(agents.name, localAgent))
  if (known?.revokedAt) {
    log.warn('the demo agent was revoked; renew its token in the console to have the shop back')
    return null
  }
  if (known?.publicKey == null || idIn(folder) !== known.id) {
    const { token } =
      known === undefined ? await createAgent(ctx, { name: localAgent }) : await renewToken(ctx, known.id)
    await run(process.execPath, [program, 'enrol', env.publicUrl, token, '--replace'], { cwd: folder, env: bare() })
  }
  return keepRunning(
    () => start(program, folder),
    (code) => log.error({ code }, 'the demo agent ended; starting it again'),
  )
}

const config = (): string =>
  stringify({
    targets: [
      {
        name: 'shop',
        type: 'stdio',
        command: [process.execPath, 'shop.cjs'],
        env: { SHOP_DATABASE_URL: { file: 'shop-database' } },
        maxProcesses: 50,
      },
    ],
  })

function idIn(folder: string): string | null {
  const file = join(folder, 'agent-identity.json')
  if (!existsSync(file)) return null
  try {
    return String((JSON.parse(readFileSync(file, 'utf8')) as { agent?: unknown }).agent)
  } catch {
    return null
  }
}

/** Nothing of our own environment: it knows its config and its key. */
const bare = () => ({ NODE_ENV: 'production' as const, PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '' })

// Ctrl-C reaches the whole group; it ends with us, not before us.
const start = (program: string, folder: string): ChildProcess =>
  spawn(process.execPath, [program, 'run', '--attached'], {
    cwd: folder,
    env: bare(),
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })

function keepRunning(begin: () => ChildProcess, ended: (code: number | null) => void): () => Promise<void> {
  let stopping = false
  let child = begin()
  const watch = () =>
    child.once('exit', (code) => {
      if (stopping) return
      ended(code)
      setTimeout(() => {
        if (stopping) return
        child = begin()
        watch()
      }, restartMs)
    })
  watch()
  return async () => {
    stopping = true
    if (child.exitCode !== null || child.signalCode !== null) return
    await new Promise<void>((resolve) => {
      child.once('exit', () => resolve())
      child.stdin?.end()
      setTimeout(() => child.kill('SIGKILL'), stopWithinMs).unref()
    })
  }
}
