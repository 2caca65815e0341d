import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { freePort } from '../../server/free-port'

const root = resolve(import.meta.dirname, '../..')

/** A whole Sallyport in a process of its own, as `npm start` runs it once everything is built. */
export type Sallyport = {
  url: string
  port: number
  dataDir: string
  pid: number
  /** Everything it printed so far. */
  output(): string
  /** Ctrl-C; resolves with the exit code. */
  stop(): Promise<number | null>
  /** `kill -9`. */
  kill(): Promise<void>
}

export type Options = { env?: Record<string, string>; dataDir?: string; port?: number; timeoutMs?: number }

export async function startSallyport({
  env = {},
  dataDir,
  port,
  timeoutMs = 60_000,
}: Options = {}): Promise<Sallyport> {
  const chosen = port ?? (await freePort())
  const folder = dataDir ?? emptyFolder()
  const child = spawn(process.execPath, ['dist/server.mjs'], {
    cwd: root,
    env: { ...clean(process.env), NODE_ENV: 'production', PORT: String(chosen), DATA_DIR: folder, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const url = env.PUBLIC_URL ?? `http://localhost:${chosen}`
  // Not `exit`: what it printed last would still be in the pipe.
  const exited = new Promise<number | null>((done) => child.once('close', done))
  const running: Sallyport = {
    url,
    port: chosen,
    dataDir: folder,
    pid: child.pid ?? 0,
    output: () => output,
    stop: () => end(child, 'SIGINT', exited),
    kill: async () => void (await end(child, 'SIGKILL', exited)),
  }
  try {
    await until(() => ready(url), timeoutMs, exited)
  } catch (error) {
    await running.kill()
    throw new Error(`sallyport did not start: ${(error as Error).message}\n${output}`)
  }
  return running
}

/** One that PostgreSQL's own user can enter when root runs the tests, so that all of it is in here. */
function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-'))
  chmodSync(folder, 0o711)
  return folder
}

/** Nothing of the tester's own settings may leak in. */
const clean = (env: NodeJS.ProcessEnv) =>
  Object.fromEntries(
    Object.entries(env).filter(
      ([name]) => !/^(OIDC_|DATABASE_|SALLYPORT_|ADMIN_|AUDITOR_|PUBLIC_URL|HOST$)/.test(name),
    ),
  )

async function end(
  child: ChildProcess,
  signal: NodeJS.Signals,
  exited: Promise<number | null>,
): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) child.kill(signal)
  return exited
}

async function ready(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2000) })).ok
  } catch {
    return false
  }
}

export async function until(
  check: () => Promise<boolean> | boolean,
  timeoutMs: number,
  exited?: Promise<number | null>,
): Promise<void> {
  let code: number | null | undefined
  void exited?.then((value) => (code = value))
  const end = Date.now() + timeoutMs
  while (Date.now() < end) {
    if (code !== undefined) throw new Error(`it exited with ${code}`)
    if (await check()) return
    await new Promise((wait) => setTimeout(wait, 100))
  }
  throw new Error(`not within ${timeoutMs} ms`)
}
