import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import type { Pool } from 'pg'
import type { Logger } from 'pino'
import type { ConnectionHolder } from './connections/current'
import type { LiveHealth } from './connections/live-health'
import type { Bell } from './db/notify'
import type * as schema from './db/schema'
import type { Env } from './env'
import type { Keys } from './keys'
import type { Metrics } from './metrics'
import type { PolicyHolder } from './roles/current'
import type { Writer } from './sessions/writer'
import type { Hub } from './tunnel/hub'

/** The process-wide things, made once by main.ts. */
export type Runtime = {
  env: Env
  log: Logger
  keys: Keys
  metrics: Metrics
  instanceId: string
  pool: Pool
  db: NodePgDatabase<typeof schema>
  /** LISTEN/NOTIFY: carries reviews, grants, policy versions and agents, never something per call. */
  bell: Bell
  policy: PolicyHolder
  connections: ConnectionHolder
  health: Pick<LiveHealth, 'saw'>
  writer: Writer
  hub: Hub
  /** Everything that is started is there; load balancers are told so. */
  started: boolean
}

// Next compiles its own copy of server/, so a module-level singleton would exist twice in one process.
const slot = Symbol.for('sallyport.runtime')
type Slot = { [slot]?: Runtime }

export function setRuntime(runtime: Runtime): void {
  ;(globalThis as Slot)[slot] = runtime
}

/** Throws when the process has not been started through main.ts. */
export function runtime(): Runtime {
  const found = (globalThis as Slot)[slot]
  if (found === undefined) throw new Error('sallyport is not running; start it with `npm start`')
  return found
}
