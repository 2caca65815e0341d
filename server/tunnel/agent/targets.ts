import type { Config, TargetConfig } from './config'
import type { Hider } from './hider'
import { createHttpTarget } from './http-target'
import { type Log, messageOf } from './log'
import { createReader } from './sources'
import { createStdioTarget } from './stdio-target'
import type { Target } from './target'

export type Targets = {
  get(name: string): Target | undefined
  names(): string[]
  /** Starts what is new, ends what is gone or changed; what stayed the same is not touched. */
  apply(config: Config): void
  close(): Promise<void>
}

/** The targets of agent.yaml as it is now. */
export function createTargets({ configPath, hider, log }: { configPath: string; hider: Hider; log: Log }): Targets {
  const reader = createReader(configPath, hider)
  const live = new Map<string, { stamp: string; target: Target }>()
  const make = (config: TargetConfig): Target =>
    config.type === 'http'
      ? createHttpTarget({ config, reader, log })
      : createStdioTarget({ config, configPath, reader, hider, log })
  const end = (name: string, target: Target, reason: string) =>
    target.close(reason).catch((error) => log.error('a target did not end', { target: name, error: messageOf(error) }))

  return {
    get: (name) => live.get(name)?.target,
    names: () => [...live.keys()],
    apply: ({ targets }) => {
      const next = new Map(targets.map((config) => [config.name, config]))
      for (const [name, { stamp, target }] of [...live]) {
        const config = next.get(name)
        if (config !== undefined && JSON.stringify(config) === stamp) continue
        live.delete(name)
        void end(name, target, config === undefined ? 'it left the config of the agent' : 'its config changed')
      }
      for (const [name, config] of next)
        if (!live.has(name)) live.set(name, { stamp: JSON.stringify(config), target: make(config) })
    },
    close: async () => {
      await Promise.all([...live].map(([name, { target }]) => end(name, target, 'the agent is stopping')))
    },
  }
}
