import { execFileSync } from 'node:child_process'
import { closeSync, fchownSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { Programs } from './postgres-files'
import { bareEnv, type SystemUser } from './system-user'

export type Fresh = { programs: Programs; home: string; data: string; user: SystemUser | null; password: string }

/** Makes an empty cluster (UTF8, C locale, passwords on every way in); made beside its place and renamed, so what exists is whole. */
export function initialise({ programs, home, data, user, password }: Fresh): void {
  const draft = `${data}.new`
  rmSync(draft, { recursive: true, force: true })
  const passwordFile = writePassword(join(home, 'password'), password, user)
  const flags = ['-E', 'UTF8', '--locale=C', '-A', 'scram-sha-256', '-U', 'postgres', '--no-instructions']
  try {
    execFileSync(programs.initdb, ['-D', draft, `--pwfile=${passwordFile}`, ...flags], {
      cwd: '/',
      env: bareEnv,
      stdio: ['ignore', 'ignore', 'pipe'],
      ...(user ?? {}),
    })
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: Buffer }
    throw new Error(`the embedded postgresql could not be set up: ${stderr?.toString().trim() || message}`)
  } finally {
    rmSync(passwordFile, { force: true })
  }
  renameSync(draft, data)
}

// By descriptor and never through a link: the folder belongs to the database's user.
function writePassword(path: string, password: string, user: SystemUser | null): string {
  rmSync(path, { force: true })
  const file = openSync(path, 'wx', 0o600)
  if (user !== null) fchownSync(file, user.uid, user.gid)
  writeSync(file, password)
  closeSync(file)
  return path
}

/** Throws when the cluster was written by another major version, which this one cannot read. */
export function checkMajor(data: string, { major }: Programs): void {
  const written = Number.parseInt(readFileSync(join(data, 'PG_VERSION'), 'utf8'), 10)
  if (written === major) return
  throw new Error(
    `\`${data}\` was written by postgresql ${written}, and this version of sallyport brings ${major}; ` +
      'start the older version, dump its database and load it into a new DATA_DIR',
  )
}
