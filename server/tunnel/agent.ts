import { parseArgs } from 'node:util'
import { version } from '../../package.json'
import { enrol } from './agent/enrol'
import { identityPathFor } from './agent/identity'
import { run } from './agent/run'

const usage = `Usage:
  agent enrol <gateway> <one-time token> [--config agent.yaml] [--insecure] [--replace]
  agent run [--config agent.yaml] [--attached]

The agent serves the targets of its config to one Sallyport gateway, over a connection that it opens itself.
Its key is kept beside the config, in agent-identity.json, or where --identity says. With --attached it stops when its
standard input ends, as it does when the process that started it is gone.
`

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      config: { type: 'string', default: 'agent.yaml' },
      identity: { type: 'string' },
      insecure: { type: 'boolean', default: false },
      attached: { type: 'boolean', default: false },
      replace: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      version: { type: 'boolean', default: false },
    },
  })
  const [command, gateway, token] = positionals
  const configPath = values.config
  const identityPath = values.identity ?? identityPathFor(configPath)
  if (values.version) say(version)
  else if (values.help) say(usage)
  else if (command === 'enrol' && gateway !== undefined && token !== undefined) {
    const { insecure, replace } = values
    const name = await enrol({ gateway, token, configPath, identityPath, insecure, replace })
    say(`This is now the agent \`${name}\`. Its key is in ${identityPath}; its targets are in ${configPath}.`)
  } else if (command === 'run') runUntilStopped(configPath, identityPath, values.attached)
  else throw new Error(usage)
}

function runUntilStopped(configPath: string, identityPath: string, attached: boolean): void {
  const { stop } = run({ configPath, identityPath, version })
  let stopping = false
  const end = () => {
    // A second one does not wait; what was started is killed on the way out.
    if (stopping) process.exit(130)
    stopping = true
    stop().finally(() => process.exit(0))
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, end)
  if (attached) process.stdin.resume().once('close', end)
}

const say = (text: string): void => void process.stdout.write(`${text.trimEnd()}\n`)

main().catch((error: Error) => {
  process.stderr.write(`${error.message.trimEnd()}\n`)
  process.exit(1)
})
