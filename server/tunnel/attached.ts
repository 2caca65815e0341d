import { eq } from 'drizzle-orm'
import type { Logger } from 'pino'
import type { Database } from '../context'
import type { Bell } from '../db/notify'
import { connections } from '../db/schema'

export type Attached = { has(agentId: string, target: string): Promise<boolean>; close(): void }

/** Which targets of which agents an admin has attached: a connection names them. An agent serves nothing else. */
export function watchAttached({ db, bell, log }: { db: Database; bell: Bell; log: Logger }): Attached {
  const key = (agentId: string | null, target: string | null) => `${agentId} ${target}`
  let known = new Set<string>()
  const look = async () => {
    const rows = await db
      .select({ agentId: connections.agentId, target: connections.target })
      .from(connections)
      .where(eq(connections.transport, 'agent'))
    known = new Set(rows.map(({ agentId, target }) => key(agentId, target)))
  }
  const stop = bell.on(
    'connections',
    () => void look().catch((error) => log.error({ err: error }, 'the targets of agents could not be read')),
  )
  return {
    has: async (agentId, target) => {
      // One that was attached a moment ago may be asked for before the bell rings.
      if (!known.has(key(agentId, target))) await look()
      return known.has(key(agentId, target))
    },
    close: stop,
  }
}
