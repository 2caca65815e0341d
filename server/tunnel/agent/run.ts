import { type Config, readConfig } from './config'
import { gatewayOrigin } from './gateway-url'
import { createHider } from './hider'
import { readIdentity } from './identity'
import { keepConnected } from './keep'
import { createLog, type Log, messageOf } from './log'
import { serve } from './serve'
import { createTargets } from './targets'
import { watchConfig } from './watch'

export type RunOptions = { configPath: string; identityPath: string; version: string }

/** Serves the targets of agent.yaml until `stop`. Throws when the config or the identity is not usable at the start. */
export function run({ configPath, identityPath, version }: RunOptions): { stop(): Promise<void> } {
  const hider = createHider()
  const log = createLog(hider)
  const identity = readIdentity(identityPath)
  hider.add(identity.secret)
  for (const name of ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'])
    hider.addPasswordOf(process.env[name] ?? '')
  if (identity.readableByOthers) log.warn('others can read the key of this agent; set the mode of its file to 0600')
  const config = readConfig(configPath)
  const origin = gatewayOrigin(config.gateway ?? identity.gateway, config.insecure)
  const targets = createTargets({ configPath, hider, log })
  targets.apply(config)
  log.info('the agent runs', { agent: identity.name, version, gateway: origin.origin, targets: targets.names() })
  const kept = keepConnected({
    origin,
    identity,
    version,
    log,
    targets: targets.names,
    onOpen: (opening) => void serve(opening, targets.get(opening.head.target), { hider, log }),
  })
  const unwatch = watchConfig(configPath, () => {
    const changed = reread(configPath, log)
    if (changed === null) return
    targets.apply(changed)
    kept.announce()
    log.info('the config was read again', { targets: targets.names() })
  })
  return {
    stop: async () => {
      unwatch()
      kept.close()
      await targets.close()
    },
  }
}

/** A config that is not usable changes nothing. */
function reread(path: string, log: Log): Config | null {
  try {
    return readConfig(path)
  } catch (error) {
    log.error('the changed config is not usable; the agent goes on as before', { error: messageOf(error) })
    return null
  }
}
