import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, constants, openSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { freePort } from '../free-port'
import { bareEnv, type SystemUser } from './system-user'

export type Place = { program: string; home: string; data: string; user: SystemUser | null; password: string }

export type Postmaster = { port: number; stop(): Promise<void> }

const readyWithinMs = 120_000
const logBytesMax = 1024 * 1024

// What an operator needs and no more: no statements, no rows quoted in details, no addresses but loopback.
const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  fsync: 'on',
  synchronous_commit: 'on',
  // As durable as fdatasync, the default there, in one system call: a commit takes a third less (measured).
  ...(process.platform === 'linux' ? { wal_sync_method: 'open_datasync' } : {}),
  log_error_verbosity: 'terse',
  log_min_error_statement: 'panic',
  log_checkpoints: 'off',
  timezone: 'UTC',
}

/** Starts PostgreSQL on `port`, or a free one, and resolves when it answers. `failed`: it ended without being asked to. */
export async function startPostmaster(place: Place, port: number | null, failed: () => void): Promise<Postmaster> {
  for (let attempt = 1; ; attempt += 1) {
    const chosen = port ?? (await freePort())
    const child = spawnPostgres(place, chosen)
    const ended = new Promise<void>((done) => child.once('exit', () => done()))
    const watcher = watch(child, place.user)
    child.once('exit', () => watcher.kill('SIGKILL'))
    try {
      await answers(place, chosen, child)
      return running(child, chosen, ended, failed)
    } catch (error) {
      await end(child, ended)
      // Somebody may have taken the port between our look and its bind.
      if (attempt === 3) throw error
    }
  }
}

function running(child: ChildProcess, port: number, ended: Promise<void>, failed: () => void): Postmaster {
  let stopping = false
  void ended.then(() => {
    if (!stopping) failed()
  })
  return {
    port,
    stop: async () => {
      stopping = true
      await end(child, ended)
    },
  }
}

// Detached: Ctrl-C goes to the whole process group, and the database must outlive those who still write to it.
function spawnPostgres({ program, home, data, user }: Place, port: number): ChildProcess {
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const log = openLog(join(home, 'postgres.log'))
  const child = spawn(program, ['-D', data, '-p', String(port), ...flags], {
    cwd: '/',
    detached: true,
    env: bareEnv,
    stdio: ['ignore', log, log],
    ...(user ?? {}),
  })
  closeSync(log)
  child.on('error', () => {})
  return child
}

function openLog(path: string): number {
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > logBytesMax) renameSync(path, `${path}.old`)
  // The folder is the database's: where it put a link, root must not write.
  const { O_APPEND, O_CREAT, O_NOFOLLOW, O_WRONLY } = constants
  return openSync(path, O_APPEND | O_CREAT | O_NOFOLLOW | O_WRONLY, 0o600)
}

// When this process is killed, the pipe closes and the shell, which needs no terminal either, stops the database.
function watch(postgres: ChildProcess, user: SystemUser | null): ChildProcess {
  const line = 'read -r _; kill -INT "$1"'
  const watcher = spawn('/bin/sh', ['-c', line, 'sh', String(postgres.pid)], {
    cwd: '/',
    detached: true,
    env: bareEnv,
    stdio: ['pipe', 'ignore', 'ignore'],
    ...(user ?? {}),
  })
  watcher.on('error', () => {})
  watcher.stdin?.on('error', () => {})
  watcher.unref()
  return watcher
}

async function answers({ password, home }: Place, port: number, child: ChildProcess): Promise<void> {
  const until = Date.now() + readyWithinMs
  let last = ''
  while (Date.now() < until) {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined)
      throw new Error(`the embedded postgresql did not start; see \`${join(home, 'postgres.log')}\``)
    const client = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', password, database: 'postgres' })
    client.on('error', () => {})
    try {
      await client.connect()
      await client.end()
      return
    } catch (error) {
      last = (error as Error).message
      await client.end().catch(() => {})
      await new Promise((wait) => setTimeout(wait, 50))
    }
  }
  throw new Error(`the embedded postgresql did not answer within ${readyWithinMs / 1000} s: ${last}`)
}

/** PostgreSQL's own words: INT is the fast shutdown, QUIT the immediate one, from which it recovers at its next start. */
async function end(child: ChildProcess, ended: Promise<void>): Promise<void> {
  for (const [signal, graceMs] of [
    ['SIGINT', 20_000],
    ['SIGQUIT', 5_000],
    ['SIGKILL', 5_000],
  ] as const) {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
    child.kill(signal)
    let timer: NodeJS.Timeout | undefined
    await Promise.race([ended, new Promise((wait) => (timer = setTimeout(wait, graceMs)))])
    clearTimeout(timer)
  }
}
