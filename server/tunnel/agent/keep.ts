import { randomUUID } from 'node:crypto'
import type { Note } from '../frames'
import { closes } from '../handshake'
import type { MuxOptions, Opening } from '../mux'
import { type Connected, type Dialled, dial } from './dial'
import type { Identity } from './identity'
import type { Log } from './log'

export type KeepOptions = {
  origin: URL
  identity: Identity
  version: string
  targets(): string[]
  onOpen(opening: Opening): void
  log: Log
}

export type Kept = {
  /** Tells every instance what is served now. */
  announce(): void
  close(): void
}

/** How long until the next attempt, after how many in vain; each is spread, so that agents do not come all at once. */
const waits = {
  failed: { firstMs: 300, mostMs: 30_000 },
  // Behind a balancer the same instance may answer many times before the one that is missing does.
  duplicate: { firstMs: 100, mostMs: 15_000 },
  refused: { firstMs: 10_000, mostMs: 60_000 },
}
type Vain = keyof typeof waits

/** Dials until every instance of the gateway that is announced has answered, and again whenever one is lost or added. */
export function keepConnected(options: KeepOptions): Kept {
  const { log } = options
  const process = randomUUID()
  const links = new Map<string, Connected>()
  let announced: string[] = []
  let closed = false
  let wake: () => void = () => {}

  const muxOptions = (instance: string): MuxOptions => ({
    lost: 'the gateway went away',
    onOpen: options.onOpen,
    onNote: (note: Note) => {
      if (note.kind === 'instances') announced = note.instances
      wake()
    },
    onClose: (code, reason) => {
      links.delete(instance)
      if (!closed) log.warn('a connection to the gateway was lost', { instance, code, reason })
      wake()
    },
  })
  const complete = () => links.size > 0 && announced.every((id) => links.has(id))
  const attempt = async (): Promise<Vain | null> => {
    const dialled = await dial({ ...options, process, has: (instance) => links.has(instance), mux: muxOptions })
    if (dialled.kind === 'connected' && closed) dialled.mux.close(closes.leaving, 'the agent is stopping')
    if (dialled.kind === 'connected' && dialled.mux.closed) return 'failed'
    if (dialled.kind !== 'connected') {
      if (!closed) explain(dialled, links.size, log)
      return dialled.kind
    }
    links.set(dialled.instance, dialled)
    announced = dialled.instances
    log.info('connected', { instance: dialled.instance, instances: announced.length })
    return null
  }
  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = Number.isFinite(ms) ? setTimeout(resolve, ms) : undefined
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  const keep = async () => {
    for (let inVain = 0; !closed; ) {
      const outcome = complete() ? null : await attempt()
      inVain = outcome === null ? 0 : inVain + 1
      if (outcome !== null) await pause(waitAfter(outcome, inVain))
      else if (complete() && !closed) await pause(Number.POSITIVE_INFINITY)
    }
  }
  void keep()

  return {
    announce: () => {
      for (const { mux } of links.values()) mux.note({ kind: 'targets', targets: options.targets() })
    },
    close: () => {
      closed = true
      wake()
      for (const { mux } of [...links.values()]) mux.close(closes.leaving, 'the agent is stopping')
    },
  }
}

function waitAfter(outcome: Vain, inVain: number): number {
  const { firstMs, mostMs } = waits[outcome]
  return Math.min(firstMs * 2 ** (inVain - 1), mostMs) * (0.5 + Math.random())
}

function explain(dialled: Exclude<Dialled, Connected>, links: number, log: Log): void {
  if (dialled.kind === 'refused') log.error(`the gateway refused this agent: ${dialled.reason}`)
  else if (dialled.kind === 'failed') log.warn('the gateway cannot be reached', { reason: dialled.reason })
  else if (links === 0) log.warn('another process is connected as this agent; this one waits until it is gone')
}
