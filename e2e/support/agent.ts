import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import type { ConsoleSession } from '../../server/local/sign-in'
import { buildAgent } from '../../server/tunnel/build-agent'
import { ask } from './admin'
import { until } from './sallyport'

/** As an operator does it: a token from the console, the program, its own config. Resolves when the agent is connected. */
export async function startAgent(
  url: string,
  admin: ConsoleSession,
  name: string,
  targets: object[],
): Promise<{ stop(): void }> {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-agent-'))
  const program = await buildAgent(join(folder, 'agent.cjs'))
  const { token } = (await ask(admin, '/api/agents', { method: 'POST', body: JSON.stringify({ name }) })) as {
    token: string
  }
  writeFileSync(join(folder, 'agent.yaml'), stringify({ targets }))
  const enrolling = spawn(process.execPath, [program, 'enrol', url, token], { cwd: folder })
  const [code] = (await once(enrolling, 'exit')) as [number | null]
  if (code !== 0) throw new Error(`the agent could not be enrolled: exit ${code}`)
  const agent = spawn(process.execPath, [program, 'run'], { cwd: folder, stdio: 'ignore' })
  await until(async () => {
    const agents = (await ask(admin, '/api/agents')) as { name: string; online: boolean }[]
    return agents.some((one) => one.name === name && one.online)
  }, 20_000)
  return { stop: () => void agent.kill() }
}
