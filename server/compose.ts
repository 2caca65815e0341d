import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import { startHeads } from './audit/heads'
import { startConnections } from './connections/current'
import { LiveHealth } from './connections/live-health'
import { pinnedLookup, urlProblem } from './connections/upstream-url'
import { lockDataDir } from './data-lock'
import { checkAddresses } from './db/check-addresses'
import { connect } from './db/client'
import { type Embedded, startEmbedded } from './db/embedded'
import { migrateDatabase } from './db/migrate'
import { startBell } from './db/notify'
import { checkPrivileges } from './db/privileges'
import { instances } from './db/schema'
import type { Env } from './env'
import { installationKey } from './installation-key'
import { announceInstance, mayLive } from './instances'
import { deriveKeys } from './keys'
import { createMetrics } from './metrics'
import { startOutbox } from './notices/outbox'
import { loadSql } from './policy/sql/facts'
import { startExpiry } from './reviews/expire-reviews'
import { startPolicy } from './roles/current'
import { type Runtime, setRuntime } from './runtime'
import { recoverCalls } from './sessions/recover'
import { sweepAnswers } from './sessions/sweep-answers'
import { startWriter } from './sessions/writer'
import { tellDoubts } from './start-doubts'
import { startHub } from './tunnel/hub'

const headsEveryMs = 60_000
const recoverEveryMs = 30_000

/** What was started, to be stopped in reverse. A part that does not stop hinders no other. */
export type Stops = { add(name: string, stop: () => unknown): void; all(): Promise<void> }

export function createStops(log: Logger): Stops {
  const started: { name: string; stop: () => unknown }[] = []
  return {
    add: (name, stop) => void started.push({ name, stop }),
    all: async () => {
      for (let part = started.pop(); part !== undefined; part = started.pop())
        try {
          await part.stop()
        } catch (error) {
          log.error({ err: error, part: part.name }, 'a part could not be stopped')
        }
    },
  }
}

export type Composed = { runtime: Runtime; embedded: Embedded | null }

/** Builds everything but the HTTP server, in the order in which each part needs the others. */
export async function compose(env: Env, log: Logger, stops: Stops): Promise<Composed> {
  const { embedded, adminUrl, serverUrl } = await database(env, log, stops)
  await loadSql()
  const keys = deriveKeys(installationKey(env))
  if (env.databaseUrl !== null) await checkAddresses(adminUrl, serverUrl)
  await migrateDatabase(adminUrl, serverUrl, log)
  await checkPrivileges(serverUrl)
  const { pool, db } = connect(serverUrl, log)
  // It ends when its clients have been told to, and the server may be gone before the last of them is.
  stops.add('pool', () =>
    pool
      .removeAllListeners('error')
      .on('error', () => {})
      .end(),
  )
  await tellDoubts(env, db, keys.signingPublic, log)
  // Nobody else uses an embedded database, so who is in this table is dead.
  if (env.databaseUrl === null) await db.delete(instances)
  const instanceId = randomUUID()
  const instance = await announceInstance(db, { id: instanceId, url: env.publicUrl }, log)
  stops.add('instance', instance.close)
  const metrics = createMetrics()
  const bell = await startBell(serverUrl, log)
  stops.add('bell', bell.close)
  const policy = await startPolicy({ db, bell, log })
  stops.add('policy', policy.close)
  const connections = await startConnections({ db, bell, keys, log })
  stops.add('connections', connections.close)
  stops.add('expiry', startExpiry({ db, bell, log }).close)
  const reach = { problem: (url: string) => urlProblem(url, env), lookup: pinnedLookup(env) }
  stops.add('outbox', startOutbox({ db, bell, log, keys, reach, publicUrl: env.publicUrl }).close)
  // Before the writer, so that it is stopped after it, and signs the last entries too.
  const heads = startHeads({ db, keys, log, everyMs: headsEveryMs })
  stops.add('heads', heads.close)
  const writer = await startWriter({ connectionString: serverUrl, instanceId, log, metrics })
  stops.add('writer', () => writer.close())
  const hub = startHub({ db, bell, instanceId, log, publicUrl: env.publicUrl })
  stops.add('hub', hub.close)
  const runtime: Runtime = {
    env,
    log,
    keys,
    metrics,
    instanceId,
    pool,
    db,
    bell,
    policy,
    connections,
    health: new LiveHealth({ db, log }),
    writer,
    hub,
    started: false,
  }
  setRuntime(runtime)
  stops.add('recovery', await keepRecovering(runtime))
  return { runtime, embedded }
}

type Place = { embedded: Embedded | null; adminUrl: string; serverUrl: string }

async function database(env: Env, log: Logger, stops: Stops): Promise<Place> {
  const { databaseUrl, databaseAdminUrl, dataDir } = env
  // Local mode keeps the demo shop's own database in the data folder, wherever Sallyport's is.
  if (databaseUrl !== null && databaseAdminUrl !== null && !env.local)
    return { embedded: null, adminUrl: databaseAdminUrl, serverUrl: databaseUrl }
  const release = lockDataDir(dataDir)
  stops.add('data folder', release)
  const embedded = await startEmbedded({ dataDir, log })
  stops.add('embedded postgresql', embedded.stop)
  const { adminUrl, serverUrl } = embedded
  return {
    embedded,
    adminUrl: databaseAdminUrl ?? adminUrl,
    serverUrl: databaseUrl ?? serverUrl,
  }
}

/** Closes calls that a dead process left open, now and whenever another instance dies, and forgets answers that nobody came for. */
async function keepRecovering({ env, db, writer, instanceId, log }: Runtime): Promise<() => void> {
  const recover = async (live: string[] | null) => {
    const closed = live === null ? 0 : await recoverCalls(db, writer, live)
    if (closed > 0) log.warn({ calls: closed }, 'calls of a dead instance were closed as unknown')
  }
  // Where nobody else can live, there is nobody to wait for.
  if (env.databaseUrl === null) await recover([instanceId])
  const timer = setInterval(() => {
    mayLive(db, instanceId)
      .then(recover)
      .catch((error) => log.warn({ err: error }, 'calls of dead instances could not be looked for'))
    sweepAnswers(db).catch((error) => log.warn({ err: error }, 'answers that nobody came for could not be forgotten'))
  }, recoverEveryMs)
  return () => clearInterval(timer)
}
