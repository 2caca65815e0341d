import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Logger } from 'pino'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Database } from '../context'
import { liveInstanceIds } from '../instances'
import { type Admitted, admit } from './admit'
import { frameBytesMax } from './frames'
import { closes } from './handshake'
import type { LinkRows } from './links'
import { Mux } from './mux'
import type { Pace } from './pulse'

export type Link = { agent: Admitted; mux: Mux }
export type Links = Map<string, Link>

export type ReceptionOptions = {
  db: Database
  instanceId: string
  publicUrl: string
  log: Logger
  links: Links
  rows: LinkRows
  pace: Pace
  /** Asks the database once more whether an agent may stay. */
  recheck(agentId: string): Promise<void>
}

/** Of those that have not said who they are. Whoever waits longest makes room: an agent answers at once, a stranger never. */
const waitingMax = 200
const rivalAnswersWithinMs = 2000

/** Takes WebSocket upgrades, and makes links of those that prove who they are. */
export function openReception(options: ReceptionOptions) {
  const { log } = options
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: frameBytesMax,
    perMessageDeflate: false,
  })
  const waiting = new Set<WebSocket>()
  const entering = new Set<string>()
  let closed = false
  return {
    upgrade(req: IncomingMessage, socket: Duplex, head: Buffer) {
      if (closed) return refuseUpgrade(socket, '503 Service Unavailable')
      // Agents are no web pages, and no page has business here.
      if (req.headers.origin !== undefined) return refuseUpgrade(socket, '403 Forbidden')
      server.handleUpgrade(req, socket, head, (guest) => {
        if (waiting.size >= waitingMax) dismiss(waiting)
        waiting.add(guest)
        guest.on('error', () => {})
        receive(guest, options, entering, () => waiting.delete(guest))
          .catch((error) => {
            log.error({ err: error }, 'an agent could not be let in')
            guest.close(1011, 'the gateway cannot let agents in now')
          })
          .finally(() => waiting.delete(guest))
      })
    },
    close(): void {
      closed = true
      for (const guest of waiting) guest.terminate()
      server.close()
    },
  }
}

/** A Set keeps the order of insertion, so the first is who has waited longest. */
function dismiss(waiting: Set<WebSocket>): void {
  const [longest] = waiting
  if (longest === undefined) return
  waiting.delete(longest)
  longest.terminate()
}

async function receive(
  guest: WebSocket,
  options: ReceptionOptions,
  entering: Set<string>,
  admittedNow: () => void,
): Promise<void> {
  const { db, instanceId, publicUrl, log, links } = options
  const admitted = await admit(guest, { db, instanceId, publicUrl })
  if ('code' in admitted) {
    log.warn({ reason: admitted.reason }, 'an agent was not let in')
    return guest.close(admitted.code, admitted.reason)
  }
  admittedNow()
  const { id, name } = admitted
  const rival = links.get(id)
  const taken = entering.has(id) || (rival !== undefined && (await holds(rival, admitted)))
  if (taken || entering.has(id) || links.has(id)) {
    log.info({ agent: name }, 'an agent is connected here already')
    return guest.close(closes.connected, 'this agent is connected here already')
  }
  entering.add(id)
  try {
    await enter(guest, admitted, options)
  } finally {
    entering.delete(id)
  }
}

/**
 * Of two connections of one agent the older stays as long as it lives: a duplicate of the same process is not needed, and a
 * second process with the same key waits until the first is gone. One that was cut off without a word is replaced.
 */
async function holds(rival: Link, { hello }: Admitted): Promise<boolean> {
  if (rival.agent.hello.process === hello.process && !rival.mux.closed) return true
  if (await rival.mux.alive(rivalAnswersWithinMs)) return true
  rival.mux.close(1006, 'another connection of the agent replaced it')
  return false
}

async function enter(guest: WebSocket, agent: Admitted, options: ReceptionOptions): Promise<void> {
  const { db, log, links, rows, pace, recheck } = options
  const { id, name, hello } = agent
  const instances = await liveInstanceIds(db)
  if (!(await rows.connected({ ...agent, version: hello.version, targets: hello.targets })))
    return guest.close(closes.revoked, 'the agent is revoked')
  if (guest.readyState !== guest.OPEN) return rows.gone(agent, 'it left at once')
  const mux = new Mux(guest, {
    lost: 'the agent went away',
    pace,
    onNote: (note) => {
      if (note.kind !== 'targets') return mux.close(closes.malformed, 'an agent does not say this')
      rows
        .targets(id, note.targets)
        .catch((error) => log.error({ err: error }, 'the targets of an agent were not kept'))
    },
    onClose: (code, reason) => {
      if (links.get(id)?.mux === mux) links.delete(id)
      log.info({ agent: name, code, reason }, 'an agent went away')
      rows.gone(agent, reason).catch((error) => log.warn({ err: error }, 'that an agent went away was not kept'))
    },
  })
  links.set(id, { agent, mux })
  guest.send(JSON.stringify({ kind: 'welcome', name, instances }))
  log.info({ agent: name, version: hello.version, targets: hello.targets }, 'an agent is connected')
  // Revoked after the row was written and before the link could be found.
  await recheck(id)
}

const refuseUpgrade = (socket: Duplex, status: string): void =>
  void socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\n\r\n`)
