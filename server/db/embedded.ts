import { createHmac } from 'node:crypto'
import { existsSync } from 'node:fs'
import pg from 'pg'
import type { Logger } from 'pino'
import { checkMajor, initialise } from './initdb'
import { endLeftovers } from './leftovers'
import { clusterOf, makeHome, postgresPrograms } from './postgres-files'
import { type Place, type Postmaster, startPostmaster } from './postmaster'
import { postgresUser } from './system-user'

export type Embedded = {
  /** Owns the tables; not a superuser. */
  adminUrl: string
  /** The narrow role of the running server. */
  serverUrl: string
  /** A database of its own, made when it is missing, with a role of the same name that owns it and enters no other. */
  database(name: string): Promise<string>
  stop(): Promise<void>
}

/**
 * Starts the PostgreSQL of this data folder, made at its first start; the caller holds the folder's lock. What a killed
 * process left of it is stopped first. If the server dies later, it is started again on the same port.
 */
export async function startEmbedded({ dataDir, log }: { dataDir: string; log: Logger }): Promise<Embedded> {
  const { home, data, passwords } = clusterOf(dataDir, postgresUser)
  const user = postgresUser(home)
  const programs = postgresPrograms(user)
  makeHome(home, dataDir, user)
  if (existsSync(data)) {
    checkMajor(data, programs)
    await endLeftovers(data, user, log)
  } else {
    initialise({ programs, home, data, user, password: passwords.postgres })
  }
  const server = await kept({ program: programs.postgres, home, data, user, password: passwords.postgres }, log)
  const url = (role: string, password: string, database: string) =>
    `postgresql://${role}:${password}@127.0.0.1:${server.port()}/${database}`
  const superuser = url('postgres', passwords.postgres, 'postgres')
  const database = async (name: string) => {
    const password = createHmac('sha256', passwords.postgres).update(name).digest('base64url')
    await connected(superuser, (client) => ensureDatabase(client, name, { name, password }))
    return url(name, password, name)
  }
  await connected(superuser, async (client) => {
    await client.query('revoke all on database postgres, template1 from public')
    await ensureDatabase(client, 'sallyport', { name: 'sallyport_admin', password: passwords.admin })
    await ensureRole(client, { name: 'sallyport', password: passwords.server })
    await client.query('grant connect on database sallyport to sallyport')
  })
  return {
    adminUrl: url('sallyport_admin', passwords.admin, 'sallyport'),
    serverUrl: url('sallyport', passwords.server, 'sallyport'),
    database,
    stop: server.stop,
  }
}

/** Starts it again, on its port, whenever it ends by itself. */
async function kept(place: Place, log: Logger): Promise<{ port(): number; stop(): Promise<void> }> {
  let stopped = false
  let restarted: Promise<void> = Promise.resolve()
  const onEnd = () => {
    restarted = restart()
  }
  let server: Postmaster = await startPostmaster(place, null, onEnd)
  async function restart(): Promise<void> {
    for (let waitMs = 200; !stopped; waitMs = Math.min(waitMs * 2, 5000)) {
      log.error('the embedded postgresql ended; starting it again')
      try {
        await endLeftovers(place.data, place.user, log)
        server = await startPostmaster(place, server.port, onEnd)
        return
      } catch (error) {
        log.error({ err: error }, 'the embedded postgresql could not be started again')
        await new Promise((wait) => setTimeout(wait, waitMs))
      }
    }
  }
  return {
    port: () => server.port,
    stop: async () => {
      stopped = true
      await restarted
      await server.stop()
    },
  }
}

type Role = { name: string; password: string }

async function ensureRole(client: pg.Client, { name, password }: Role): Promise<void> {
  const { rowCount } = await client.query('select from pg_roles where rolname = $1', [name])
  if (rowCount !== 0) return
  await client.query(`create role ${pg.escapeIdentifier(name)} login password ${pg.escapeLiteral(password)}`)
}

async function ensureDatabase(client: pg.Client, name: string, owner: Role): Promise<void> {
  await ensureRole(client, owner)
  const database = pg.escapeIdentifier(name)
  const { rowCount } = await client.query('select from pg_database where datname = $1', [name])
  if (rowCount === 0) await client.query(`create database ${database} owner ${pg.escapeIdentifier(owner.name)}`)
  await client.query(`revoke all on database ${database} from public`)
}

async function connected(url: string, run: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await run(client)
  } finally {
    await client.end()
  }
}
