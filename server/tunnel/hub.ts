import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Logger } from 'pino'
import type { Database } from '../context'
import type { Bell } from '../db/notify'
import { ask, type Exchange, type HubRequest } from './ask'
import { watchAttached } from './attached'
import { closes } from './handshake'
import { linkRows } from './links'
import { defaultPace, type Pace } from './pulse'
import { type Links, openReception } from './reception'
import { unavailable } from './stream'
import { createRecheck, startUpkeep } from './upkeep'

export type { Exchange } from './ask'

/** The gateway's end of all tunnels to this instance. */
export type Hub = {
  /**
   * HTTP-shaped request to one target of an agent. Rejects with code `unavailable`, and a message that a caller may read, when
   * the agent is not connected here, goes away, or its target fails; with the signal's reason when that aborts.
   */
  request(agentId: string, target: string, input: HubRequest): Promise<Exchange>
  /** For upgrades of `/agents/connect`. */
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void
  online(agentId: string): boolean
  close(): Promise<void>
}

export type HubOptions = {
  db: Database
  bell: Bell
  instanceId: string
  log: Logger
  publicUrl: string
  pace?: Pace
}

/** Agents that prove who they are stay connected until they go, are revoked, or fall silent. */
export function startHub(options: HubOptions): Hub {
  const { db, instanceId, log, pace = defaultPace } = options
  const links: Links = new Map()
  const rows = linkRows(db, instanceId)
  const recheck = createRecheck({ db, links })
  const attached = watchAttached(options)
  const upkeep = startUpkeep({ ...options, links, rows, recheck })
  const reception = openReception({ ...options, pace, links, rows, recheck })
  return {
    request: async (agentId, target, input): Promise<Exchange> => {
      const link = links.get(agentId)
      if (link === undefined) throw unavailable(await whyNotHere(agentId))
      if (input.trial !== true && !(await attached.has(agentId, target)))
        throw unavailable('no connection names this target of the agent')
      return ask(link.mux, target, input)
    },
    upgrade: reception.upgrade,
    online: (agentId) => links.has(agentId),
    close: async () => {
      reception.close()
      upkeep.stop()
      attached.close()
      for (const { mux } of links.values()) mux.close(closes.leaving, 'the gateway is stopping')
      await rows.settled()
      await rows.forget().catch((error) => log.warn({ err: error }, 'the links of agents could not be removed'))
    },
  }

  async function whyNotHere(agentId: string): Promise<string> {
    const elsewhere = await rows.elsewhere(agentId).catch(() => false)
    return elsewhere
      ? 'the agent is not connected to this instance yet; try again in a moment'
      : 'the agent is not connected'
  }
}
