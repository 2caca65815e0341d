import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { processExists } from '../data-lock'
import { type SystemUser, shellAs } from './system-user'

// PostgreSQL's own words for them: fast shutdown, immediate shutdown, and then there is no asking.
const steps = [
  ['SIGINT', 60_000],
  ['SIGQUIT', 5_000],
  ['SIGKILL', 5_000],
] as const

/**
 * Ends what a killed Sallyport left of its PostgreSQL, so that a new one can be started on `data`. Nothing that was
 * committed is lost: either it shuts down in order, or the next start replays its log. The caller holds the data folder's lock.
 */
export async function endLeftovers(data: string, user: SystemUser | null, log: Logger): Promise<void> {
  const pidFile = join(data, 'postmaster.pid')
  if (!existsSync(pidFile)) return
  const named = Number(readFileSync(pidFile, 'utf8').split('\n')[0])
  for (const [signal, graceMs] of steps) {
    const left = processesOf(data, named, user)
    if (left.length === 0) break
    log.warn({ pids: left, signal }, 'a postgresql was left over; stopping it')
    // Fast and immediate shutdown are asked of the parent alone, unless it is dead itself.
    const asked = signal !== 'SIGKILL' && left.includes(named) ? [named] : left
    for (const pid of asked) kill(pid, signal)
    await gone(() => processesOf(data, named, user), graceMs)
  }
  // Somebody else may have that pid now, and PostgreSQL would take them for a server of its own.
  if (processesOf(data, named, user).length === 0) rmSync(pidFile, { force: true })
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It ended meanwhile.
  }
}

async function gone(left: () => number[], graceMs: number): Promise<void> {
  const until = Date.now() + graceMs
  while (Date.now() < until && left().length > 0) await new Promise((wait) => setTimeout(wait, 100))
}

/** Every PostgreSQL process works in its data folder. Without /proc only the parent can be told, by its arguments. */
function processesOf(data: string, postmaster: number, user: SystemUser | null): number[] {
  if (process.platform !== 'linux') return isPostmaster(postmaster, data) ? [postmaster] : []
  // As its own user: in a container root may not look at another user's processes.
  const listed = shellAs(user, 'ls -l /proc/[0-9]*/cwd 2>/dev/null; :') ?? ''
  const folder = realpathSync(data)
  return listed
    .split('\n')
    .map((line) => / \/proc\/(\d+)\/cwd -> (.*)$/.exec(line))
    .flatMap((found) => (found?.[2] === folder ? [Number(found[1])] : []))
    .filter(processExists)
}

function isPostmaster(pid: number, data: string): boolean {
  if (!Number.isInteger(pid) || !processExists(pid)) return false
  try {
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).includes(`-D ${data}`)
  } catch {
    return false
  }
}
