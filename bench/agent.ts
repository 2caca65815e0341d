import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { stringify } from 'yaml'
import { buildAgent } from '../server/tunnel/build-agent'

type Ask = (method: string, path: string, body?: unknown) => Promise<unknown>

/** A real agent in `folder` that serves the bench's target on stdio, and the connection `agent` to it. Resolves when it is online. */
export async function startAgent(folder: string, gateway: string, ask: Ask): Promise<ChildProcess> {
  mkdirSync(folder)
  const program = await buildAgent(join(folder, 'agent.cjs'))
  const command = [process.execPath, '--import', 'tsx', resolve(import.meta.dirname, 'target.ts'), '--stdio']
  const cwd = resolve(import.meta.dirname, '..')
  writeFileSync(join(folder, 'agent.yaml'), stringify({ targets: [{ name: 'bench', type: 'stdio', command, cwd }] }))
  const { token } = (await ask('POST', '/api/agents', { name: 'bench' })) as { token: string }
  const enrolling = spawn(process.execPath, [program, 'enrol', gateway, token], { cwd: folder, stdio: 'ignore' })
  const [code] = await once(enrolling, 'exit')
  if (code !== 0) throw new Error('the agent could not be enrolled')
  const agent = spawn(process.execPath, [program, 'run', '--attached'], {
    cwd: folder,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  const online = async () =>
    ((await ask('GET', '/api/agents')) as { name: string; online: boolean }[]).some(
      (one) => one.name === 'bench' && one.online,
    )
  while (!(await online())) await new Promise((wait) => setTimeout(wait, 100))
  const sql = [{ tool: 'query', argument: 'sql', dialect: 'postgres' }]
  await ask('POST', '/api/connections', { name: 'agent', transport: 'agent', agent: 'bench', target: 'bench', sql })
  return agent
}
