import { dirname, resolve } from 'node:path'
import type { Era } from '../../mcp/revisions'
import { type Child, type ChildSpec, startChild } from './child'
import type { StdioTarget } from './config'
import type { Hider } from './hider'
import { type Log, messageOf } from './log'
import type { Outlet } from './outlet'
import type { Reader } from './sources'
import { Talk } from './talk'
import { TargetError } from './target'

/** One running server and who it is for. */
export type Process = {
  /** Opaque; requests of another session never reach it. */
  session: string
  talk: Talk
  child: Child
  usedAt: number
  hold(outlet: Outlet, full: boolean): void
  /** Ends it; who waits for it is told `reason`. */
  end(reason: string): Promise<void>
}

export type ProcessOptions = {
  config: StdioTarget
  configPath: string
  reader: Reader
  hider: Hider
  log: Log
}

type Started = { spec: ChildSpec; session: string; era: Era; gone(died: boolean, lifeMs: number): void }

/** Starts a server. `gone` is told whether it ended by itself. */
export function startProcess(options: ProcessOptions, { spec, session, era, gone }: Started): Process {
  const { config, hider, log } = options
  const startedAt = performance.now()
  const full = new Set<Outlet>()
  let junk = 0
  let asked: string | null = null
  const child = startChild(spec, {
    onLine: (line) => talk.receive(line),
    onTooLong: () => {
      log.warn('a target wrote a message that is too large', { target: config.name })
      talk.failAll(new TargetError('the target wrote a message that is larger than 16 MB'))
    },
    onEnd: (why) => {
      const lifeMs = Math.round(performance.now() - startedAt)
      const words = asked === null ? { stderr: hider.text(child.lastWords) } : { asked }
      log[asked === null ? 'warn' : 'info']('a process ended', { target: config.name, why, lifeMs, ...words })
      talk.end(new TargetError(`the target ended before it answered: ${why}`))
      gone(asked === null, lifeMs)
    },
  })
  const end = (reason: string): Promise<void> => {
    asked ??= reason
    talk.end(new TargetError(`the target was ended: ${reason}`))
    return child.stop()
  }
  const talk = new Talk({
    era,
    write: (line) => child.send(line),
    onTimeout: (deaf) => {
      if (deaf) void end('it hangs')
    },
    onJunk: () => {
      junk += 1
      if (junk === 1) log.warn('a target prints something that is not JSON on its stdout', { target: config.name })
    },
  })
  const hold = (outlet: Outlet, isFull: boolean) => {
    if (isFull) full.add(outlet)
    else full.delete(outlet)
    child.hold(full.size > 0)
  }
  return { session, talk, child, usedAt: startedAt, hold, end }
}

/** What to run, with its credentials as they are now. */
export async function specOf({ config, configPath, reader, log }: ProcessOptions): Promise<ChildSpec> {
  const folder = dirname(resolve(configPath))
  try {
    const env = { ...minimalEnvironment(), ...(await reader.read(config.env, false)) }
    return { command: config.command, cwd: resolve(folder, config.cwd ?? '.'), env }
  } catch (error) {
    log.error('a credential cannot be read', { target: config.name, error: messageOf(error) })
    throw new TargetError('the agent cannot read what this target needs; its log says more')
  }
}

/** What programs need to be found and to run; nothing else that this process knows. */
function minimalEnvironment(): Record<string, string> {
  const names = ['PATH', 'HOME', 'LANG', 'TMPDIR', 'TZ', 'SystemRoot']
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = process.env[name]
      return value === undefined ? [] : [[name, value]]
    }),
  )
}
