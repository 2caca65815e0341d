import { inArray } from 'drizzle-orm'
import type { Logger } from 'pino'
import type { Database } from '../context'
import { agents } from '../db/identity-schema'
import type { Bell } from '../db/notify'
import { liveInstanceIds } from '../instances'
import { closes } from './handshake'
import type { LinkRows } from './links'
import type { Links } from './reception'

type Options = { db: Database; bell: Bell; log: Logger; links: Links; rows: LinkRows }

const beatEveryMs = 2000
const quietBeatEveryMs = 6000

/** Closes the links of agents that may not stay: revoked, removed, or enrolled anew with another key. */
export function createRecheck({ db, links }: Pick<Options, 'db' | 'links'>) {
  return async (agentId: string): Promise<void> => {
    const ids = agentId === '' ? [...links.keys()] : links.has(agentId) ? [agentId] : []
    if (ids.length === 0) return
    const rows = await db.select().from(agents).where(inArray(agents.id, ids))
    for (const id of ids) {
      const row = rows.find((each) => each.id === id)
      const link = links.get(id)
      if (link === undefined || (row?.revokedAt === null && row.publicKey === link.agent.publicKey)) continue
      link.mux.close(closes.revoked, row?.revokedAt === null ? 'the agent was enrolled anew' : 'the agent is revoked')
    }
  }
}

/** What a hub does in the background: revocations as soon as the bell rings, counts of calls, the list of instances. */
export function startUpkeep(options: Options & { recheck(agentId: string): Promise<void> }): { stop(): void } {
  const { db, bell, log, links, rows, recheck } = options
  const onBell = (agentId: string) =>
    void recheck(agentId).catch((error) => log.error({ err: error }, 'agents could not be checked'))
  const off = bell.on('agents', onBell)
  let told = ''
  let counted = ''
  let beatAt = 0
  let busy = false

  const beat = async () => {
    const counts = new Map([...links].map(([id, { mux }]) => [id, mux.inFlight]))
    const now = JSON.stringify([...counts])
    if (counts.size === 0 || (now === counted && performance.now() - beatAt < quietBeatEveryMs)) return
    await rows.beat(counts)
    counted = now
    beatAt = performance.now()
  }
  const tell = async () => {
    if (links.size === 0) return
    const instances = (await liveInstanceIds(db)).sort()
    if (instances.join() === told) return
    told = instances.join()
    for (const { mux } of links.values()) mux.note({ kind: 'instances', instances })
  }
  const timer = setInterval(() => {
    if (busy) return
    busy = true
    Promise.all([beat(), tell()])
      .catch((error) => log.warn({ err: error }, 'the links of agents could not be kept up'))
      .finally(() => {
        busy = false
      })
  }, beatEveryMs)
  return {
    stop: () => {
      clearInterval(timer)
      off()
    },
  }
}
