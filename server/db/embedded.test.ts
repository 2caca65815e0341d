import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { processExists } from '../data-lock'
import { startEmbedded } from './embedded'
import { type SystemUser, shellAs } from './system-user'
import { asRole, quiet, tempDir, until } from './testing'

const root = join(import.meta.dirname, '../..')
const script = join(import.meta.dirname, 'embedded.testing.ts')
const isRoot = process.getuid?.() === 0

let dataDir: string
const children: ChildProcess[] = []
const stops: (() => Promise<void>)[] = []

// Making a cluster costs a second; most tests start from a copy of one that was made and stopped.
let made: string
beforeAll(async () => {
  made = tempDir()
  await (await startEmbedded({ dataDir: made, log: quiet })).stop()
})
afterAll(() => rmSync(made, { recursive: true, force: true }))

beforeEach(() => {
  dataDir = tempDir()
  execFileSync('cp', ['-a', `${made}/.`, dataDir])
})
afterEach(async () => {
  for (const child of children.splice(0)) await end(child, 'SIGKILL')
  for (const stop of stops.splice(0)) await stop()
  const home = existsSync(join(dataDir, 'postgres.json')) ? homeOf(dataDir) : null
  if (home !== null) await until(() => !existsSync(join(home, 'data/postmaster.pid')) || !alive(home))
  rmSync(dataDir, { recursive: true, force: true })
  if (home?.startsWith('/var/lib/sallyport/')) rmSync(home, { recursive: true, force: true })
})

async function started(dir = dataDir) {
  const embedded = await startEmbedded({ dataDir: dir, log: quiet })
  stops.push(embedded.stop)
  return embedded
}

type Held = { child: ChildProcess; adminUrl: string; serverUrl: string }

/** In a process of its own; rejects with what it said when it does not start. */
async function held(dir = dataDir, user: SystemUser | null = null): Promise<Held> {
  const args = ['--import', 'tsx', script, dir]
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], ...(user ?? {}) })
  children.push(child)
  let [out, err] = ['', '']
  child.stdout.on('data', (chunk) => {
    out += chunk
  })
  child.stderr.on('data', (chunk) => {
    err += chunk
  })
  await until(() => out.includes('\n') || child.exitCode !== null)
  if (child.exitCode !== null) throw new Error(err)
  return { child, ...JSON.parse(out) }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill(signal)
  await exited
}

const homeOf = (dir: string): string => {
  const { home } = JSON.parse(readFileSync(join(dir, 'postgres.json'), 'utf8'))
  return home.startsWith('/') ? home : join(dir, home)
}
const pidOf = (home: string) => Number(readFileSync(join(home, 'data/postmaster.pid'), 'utf8').split('\n')[0])
const alive = (home: string) => processExists(pidOf(home))
const keep = (url: string) => asRole(url, 'create table kept (n int); insert into kept values (1)')
const count = async (url: string) => Number((await asRole(url, 'select count(*) from kept')).rows[0].count)

describe('an embedded PostgreSQL', () => {
  const settings: [name: string, want: string][] = [
    ['fsync', 'on'],
    ['synchronous_commit', 'on'],
    ['server_encoding', 'UTF8'],
    ['lc_collate', 'C'],
    ['listen_addresses', '127.0.0.1'],
  ]
  test('is a durable one on loopback, with two roles that are no superusers, and is itself again after a stop', async () => {
    const { adminUrl, serverUrl, stop } = await started()
    for (const [name, want] of settings) {
      const { rows } = await asRole(
        serverUrl,
        name === 'lc_collate' ? `select datcollate as v from pg_database` : `select current_setting('${name}') as v`,
      )
      expect([name, rows[0].v]).toEqual([name, want])
    }
    for (const url of [adminUrl, serverUrl]) {
      const { rows } = await asRole(url, 'select rolsuper, rolcreaterole from pg_roles where rolname = current_user')
      expect(rows).toEqual([{ rolsuper: false, rolcreaterole: false }])
    }
    await keep(adminUrl)
    await stop()
    expect(existsSync(join(homeOf(dataDir), 'data/postmaster.pid'))).toBe(false)
    expect(await count((await started()).adminUrl)).toBe(1)
  })

  test('lets nobody in without its password, which only we can read', async () => {
    const { serverUrl } = await started()
    expect(statSync(join(dataDir, 'postgres.json')).mode & 0o777).toBe(0o600)
    const url = new URL(serverUrl)
    for (const user of ['sallyport', 'sallyport_admin', 'postgres']) {
      url.username = user
      url.password = 'guess'
      await expect(asRole(url.href, 'select 1')).rejects.toThrow('password authentication failed')
    }
  })

  test('gives the demo a database whose role enters no other', async () => {
    const { database } = await started()
    const shop = await database('shop')
    await keep(shop)
    expect(await database('shop')).toBe(shop)
    for (const other of ['sallyport', 'postgres', 'template1'])
      await expect(asRole(shop.replace(/shop$/, other), 'select 1')).rejects.toThrow('permission denied for database')
  })

  test('is started again on its port when it dies', async () => {
    const { adminUrl } = await started()
    await keep(adminUrl)
    const home = homeOf(dataDir)
    const before = pidOf(home)
    process.kill(before, 'SIGKILL')
    await until(async () => (await count(adminUrl).catch(() => 0)) === 1)
    expect(pidOf(home)).not.toBe(before)
  })

  test('written by another major version is refused, not touched', async () => {
    await (await started()).stop()
    const version = join(homeOf(dataDir), 'data/PG_VERSION')
    writeFileSync(version, '9\n')
    await expect(started()).rejects.toThrow('was written by postgresql 9')
  })
})

describe('after kill -9', () => {
  test('the database stops by itself, and nothing is lost', async () => {
    const { child, adminUrl } = await held()
    await keep(adminUrl)
    await end(child, 'SIGKILL')
    await until(() => !existsSync(join(homeOf(dataDir), 'data/postmaster.pid')))
    expect(await count((await held()).adminUrl)).toBe(1)
  })

  test('a database that is left over is stopped by the next start, and nothing is lost', async () => {
    const { child, adminUrl } = await held()
    await keep(adminUrl)
    const left = pidOf(homeOf(dataDir))
    killWatcherOf(left)
    await end(child, 'SIGKILL')
    expect(processExists(left)).toBe(true)
    expect(await count((await held()).adminUrl)).toBe(1)
    expect(processExists(left)).toBe(false)
  })

  test('of the database too, its pid file names a stranger, and nothing is lost', async () => {
    const { child, adminUrl } = await held()
    await keep(adminUrl)
    const home = homeOf(dataDir)
    const left = pidOf(home)
    killWatcherOf(left)
    await end(child, 'SIGKILL')
    process.kill(left, 'SIGKILL')
    const stranger = spawn('sleep', ['600'], { stdio: 'ignore' })
    children.push(stranger)
    const pidFile = join(home, 'data/postmaster.pid')
    writeFileSync(pidFile, readFileSync(pidFile, 'utf8').replace(/^\d+/, String(stranger.pid)))
    expect(await count((await held()).adminUrl)).toBe(1)
    expect(processExists(stranger.pid ?? 0)).toBe(true)
  })

  test('a living Sallyport on the folder is refused, and goes on', async () => {
    const { child, adminUrl } = await held()
    await expect(held()).rejects.toThrow(`another Sallyport (pid ${child.pid}`)
    await keep(adminUrl)
  })

  test('Ctrl-C, which the whole process group gets, leaves the database time to finish', async () => {
    const { child, adminUrl } = await held()
    const pid = pidOf(homeOf(dataDir))
    const groups = shellAs(null, 'ps -o pgid= -p "$1"; ps -o pgid= -p "$2"', String(child.pid), String(pid))
    expect(new Set(groups?.trim().split(/\s+/)).size).toBe(2)
    await keep(adminUrl)
    await end(child, 'SIGINT')
    expect(child.exitCode).toBe(0)
    expect(existsSync(join(homeOf(dataDir), 'data/postmaster.pid'))).toBe(false)
  })
})

function killWatcherOf(postmaster: number): void {
  const found = shellAs(null, 'ps -eo pid=,args=') ?? ''
  const line = found.split('\n').find((text) => text.includes('read -r _') && text.endsWith(` ${postmaster}`))
  process.kill(Number(line?.trim().split(' ')[0]), 'SIGKILL')
}

describe.runIf(isRoot)('as root', () => {
  test('in a folder that others cannot enter, it lives where its user can, and is found again', async () => {
    chmodSync(dataDir, 0o700)
    const inner = join(dataDir, 'clone/.data')
    mkdirSync(inner, { recursive: true })
    const first = await held(inner)
    await keep(first.adminUrl)
    const home = homeOf(inner)
    expect(home).toMatch(/^\/var\/lib\/sallyport\/[0-9a-f]{16}$/)
    expect(statSync(join(home, 'data')).uid).not.toBe(0)
    expect(readFileSync(join(home, 'belongs-to'), 'utf8')).toBe(`${inner}\n`)
    await end(first.child, 'SIGINT')
    const second = await held(inner)
    expect(await count(second.adminUrl)).toBe(1)
    await end(second.child, 'SIGINT')
    rmSync(home, { recursive: true })
  })

  // Where another user cannot read this clone, that user could not have started it either.
  const nobody = { uid: 65534, gid: 65534 }
  test.runIf(shellAs(nobody, 'test -r "$1"', script) !== null)(
    'but started by somebody else, it is theirs',
    async () => {
      rmSync(dataDir, { recursive: true })
      mkdirSync(dataDir, { mode: 0o700 })
      chownSync(dataDir, nobody.uid, nobody.gid)
      const first = await held(dataDir, nobody)
      await keep(first.adminUrl)
      expect(statSync(join(homeOf(dataDir), 'data')).uid).toBe(nobody.uid)
      await end(first.child, 'SIGINT')
      // Root, who comes later, leaves it to its owner.
      const second = await held(dataDir)
      expect(await count(second.adminUrl)).toBe(1)
      await end(second.child, 'SIGINT')
      expect(statSync(join(homeOf(dataDir), 'data')).uid).toBe(nobody.uid)
    },
  )
})
