import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** `process` tells this process from a later one with the same pid; `since` is for people. */
type Holder = { pid: number; process: string | null; since: string; token: string }

/**
 * Takes the data folder for this process and returns how to give it back. Throws when a living process holds it;
 * a pid that was reused since is not that process.
 */
export function lockDataDir(dataDir: string): () => void {
  const path = join(dataDir, 'lock')
  const mine: Holder = {
    pid: process.pid,
    process: processIdentity(process.pid),
    since: new Date().toISOString(),
    token: randomUUID(),
  }
  for (let attempt = 0; attempt < 5; attempt += 1) {
    if (create(dataDir, path, mine)) return () => release(path, mine)
    const holder = read(path)
    if (holder !== null && lives(holder)) throw inUse(dataDir, holder)
    moveAway(path)
  }
  throw new Error(`\`${path}\` changes while it is read; is another Sallyport starting on \`${dataDir}\`?`)
}

function create(dataDir: string, path: string, holder: Holder): boolean {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o711 })
    writeFileSync(path, `${JSON.stringify(holder)}\n`, { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return false
    throw new Error(`the data folder cannot be written: ${message}; set DATA_DIR to a folder of your own`)
  }
}

function read(path: string): Holder | null {
  try {
    const holder = JSON.parse(readFileSync(path, 'utf8')) as Partial<Holder>
    if (typeof holder.pid !== 'number') return null
    const { pid, process: identity = null, since = '', token = '' } = holder
    return { pid, process: identity, since, token }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code !== 'EACCES') return null
    throw new Error(`${message}: another user runs Sallyport here; be that user, or set DATA_DIR to another folder`)
  }
}

// Renamed, not removed: if somebody took the lock since it was read, that is seen, and theirs is put back.
function moveAway(path: string): void {
  const aside = `${path}.${randomUUID()}`
  try {
    renameSync(path, aside)
  } catch {
    return
  }
  const moved = read(aside)
  if (moved !== null && lives(moved)) renameSync(aside, path)
  else rmSync(aside, { force: true })
}

function release(path: string, mine: Holder): void {
  if (read(path)?.token === mine.token) rmSync(path, { force: true })
}

const inUse = (dataDir: string, { pid, since }: Holder): Error =>
  new Error(
    `another Sallyport (pid ${pid}, since ${since}) runs on \`${dataDir}\`; stop it, or set DATA_DIR to another folder`,
  )

function lives({ pid, process: identity }: Holder): boolean {
  if (!processExists(pid)) return false
  const now = processIdentity(pid)
  return now === null || identity === null || now === identity
}

/** True also for somebody else's process, false for one that is dead and not yet reaped. */
export function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  return statOf(pid)?.[0] !== 'Z'
}

/** Changes when a pid is used again; null when this system does not tell. */
function processIdentity(pid: number): string | null {
  try {
    if (process.platform !== 'linux')
      return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim()
    const ticks = statOf(pid)?.[19]
    return ticks === undefined ? null : `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${ticks}`
  } catch {
    return null
  }
}

/** proc(5), `stat`: the fields after the command in brackets; the first is the state, the 20th the start in ticks since boot. */
function statOf(pid: number): string[] | null {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? null
  } catch {
    return null
  }
}
