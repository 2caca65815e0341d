import type { Era } from '../../mcp/revisions'
import type { ChildSpec } from './child'
import type { StdioTarget } from './config'
import { type Log, messageOf } from './log'
import { makeRoom } from './make-room'
import { residentByGroup } from './memory'
import { type Process, type ProcessOptions, specOf, startProcess } from './process'
import { TargetError } from './target'

export type Processes = {
  get(key: string): Process | undefined
  start(key: string, session: string, era: Era): Promise<Process>
  /** The modern one that runs under `key`, or a new one. */
  shared(key: string, session: string): Promise<Process>
  spec(): Promise<ChildSpec>
  close(reason: string): Promise<void>
}

const lookEveryMs = 2000
const [deathsMax, deathsWithinMs, shortLifeMs] = [5, 60_000, 2000]

/** The running processes of one stdio target: counted, and ended when idle, too large, or no longer wanted. */
export function createProcesses(options: ProcessOptions): Processes {
  const { config, log } = options
  const all = new Map<string, Process>()
  const starting = new Map<string, Promise<Process>>()
  const deaths: number[] = []
  let closed = false
  const timer = setInterval(() => void look(all, config, log), lookEveryMs)
  timer.unref()

  const get = (key: string) => {
    const found = all.get(key)
    if (found !== undefined) found.usedAt = performance.now()
    return found
  }
  const died = (lifeMs: number) => {
    if (lifeMs < shortLifeMs) deaths.splice(0, deaths.length, ...deaths.slice(1 - deathsMax), performance.now())
  }
  const start = async (key: string, session: string, era: Era): Promise<Process> => {
    if (deaths.filter((at) => performance.now() - at < deathsWithinMs).length >= deathsMax)
      throw new TargetError('the target ends as soon as it starts; the log of the agent says more')
    await makeRoom([...all.values()], config.maxProcesses - starting.size, session)
    const spec = await specOf(options)
    if (closed) throw new TargetError('the target was ended: its config changed')
    const gone = (byItself: boolean, lifeMs: number) => {
      if (all.get(key) === process) all.delete(key)
      if (byItself) died(lifeMs)
    }
    const process = startProcess(options, { spec, session, era, gone })
    all.set(key, process)
    return process
  }
  const startOnce = (key: string, session: string, era: Era): Promise<Process> => {
    const begun = starting.get(key) ?? start(key, session, era).finally(() => starting.delete(key))
    starting.set(key, begun)
    return begun
  }
  return {
    get,
    start: startOnce,
    shared: async (key, session) => get(key) ?? startOnce(key, session, 'modern'),
    spec: () => specOf(options),
    close: async (reason) => {
      closed = true
      clearInterval(timer)
      await Promise.all([...all.values()].map((process) => process.end(reason)))
    },
  }
}

async function look(all: Map<string, Process>, config: StdioTarget, log: Log): Promise<void> {
  if (all.size === 0) return
  const now = performance.now()
  for (const process of all.values()) {
    if (process.talk.busy) process.usedAt = now
    else if (now - process.usedAt > config.idleMinutes * 60_000) void process.end('it was idle for too long')
  }
  try {
    const resident = await residentByGroup()
    for (const process of all.values()) {
      const bytes = resident.get(process.child.pid ?? -1) ?? 0
      if (bytes < config.memoryMb * 1024 * 1024) continue
      log.warn('a process uses too much memory', { target: config.name, megabytes: Math.round(bytes / 1024 / 1024) })
      void process.end('it used more memory than it may')
      process.child.kill()
    }
  } catch (error) {
    log.warn('the memory of processes could not be read', { error: messageOf(error) })
  }
}
