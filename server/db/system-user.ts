import { execFileSync, spawnSync } from 'node:child_process'
import { statSync } from 'node:fs'

/** Whom PostgreSQL runs as. It refuses root, so root starts it as somebody else. */
export type SystemUser = { uid: number; gid: number }

/** All that a child may know of our environment: none of its secrets. */
export const bareEnv = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C', NODE_ENV: 'production' as const }

/** null: as ourselves. The owner of `home` stays its user, else `postgres`, `sallyport` (made if it can be) or `nobody`. */
export function postgresUser(home: string): SystemUser | null {
  if (process.getuid?.() !== 0) return null
  const user = ownerOf(home) ?? named('postgres') ?? named('sallyport') ?? created('sallyport') ?? named('nobody')
  if (user === null)
    throw new Error('postgresql does not run as root, and no user `postgres` exists or can be made; add one')
  if (!mayBecome(user))
    throw new Error(
      'postgresql does not run as root, and this process may not change its user; start sallyport as another user',
    )
  return user
}

/** Runs a shell line as `user`, with `args` as $1 and so on; null when it fails. */
export function shellAs(user: SystemUser | null, line: string, ...args: string[]): string | null {
  const { status, stdout } = spawnSync('/bin/sh', ['-c', line, 'sh', ...args], {
    cwd: '/',
    encoding: 'utf8',
    env: bareEnv,
    ...(user ?? {}),
  })
  return status === 0 ? stdout : null
}

const mayBecome = (user: SystemUser): boolean => shellAs(user, ':') !== null

function ownerOf(path: string): SystemUser | null {
  const found = statSync(path, { throwIfNoEntry: false })
  return found === undefined || found.uid === 0 ? null : { uid: found.uid, gid: found.gid }
}

function named(name: string): SystemUser | null {
  const id = (flag: string) => {
    const { status, stdout } = spawnSync('id', [flag, name], { encoding: 'utf8', env: bareEnv })
    return status === 0 ? Number(stdout) : Number.NaN
  }
  const user = { uid: id('-u'), gid: id('-g') }
  return Number.isInteger(user.uid) && Number.isInteger(user.gid) && user.uid > 0 ? user : null
}

function created(name: string): SystemUser | null {
  const flags = ['--system', '--user-group', '--no-create-home', '--home-dir', '/nonexistent', '--shell', '/bin/false']
  try {
    execFileSync('useradd', [...flags, name], { stdio: 'ignore', env: bareEnv })
    return named(name)
  } catch {
    return null
  }
}
