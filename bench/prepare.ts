import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { pino } from 'pino'
import { startSallyport } from '../e2e/support/sallyport'
import { startEmbedded } from '../server/db/embedded'
import { consoleSession, localAccessToken } from '../server/local/sign-in'
import { startAgent } from './agent'

export type Prepared = {
  url: string
  /** The same target on stdio, behind an agent. */
  agentUrl: string | null
  token: string
  pid: number
  console: string
  adminUrl: string
  stop(): Promise<void>
}

/** A whole Sallyport with everything on: 100 rules, CEL, SQL facts, a field mask, six detectors, a durable record. */
export async function prepare(folder: string, target: string, withAgent = false): Promise<Prepared> {
  const log = pino({ level: 'silent' })
  const dataDir = join(folder, 'database')
  mkdirSync(dataDir)
  const embedded = await startEmbedded({ dataDir, log })
  const sallyport = await startSallyport({
    dataDir: join(folder, 'sallyport'),
    env: {
      DATABASE_URL: embedded.serverUrl,
      DATABASE_ADMIN_URL: embedded.adminUrl,
      SALLYPORT_KEY: randomBytes(32).toString('base64'),
      LOG_LEVEL: 'warn',
    },
  })
  const stop = async () => {
    await sallyport.stop()
    await embedded.stop()
  }
  try {
    const carol = await consoleSession(sallyport.url, 'carol')
    const send = async (method: string, path: string, body?: unknown): Promise<unknown> => {
      const response = await carol.fetch(path, body === undefined ? {} : { method, body: JSON.stringify(body) })
      if (!response.ok) throw new Error(`${method} ${path}: HTTP ${response.status} ${await response.text()}`)
      return response.json()
    }
    const sql = [{ tool: 'query', argument: 'sql', dialect: 'postgres' }]
    await send('POST', '/api/connections', { name: 'bench', transport: 'http', url: target, sql })
    await send('PUT', '/api/policy', { document: policy(), message: 'The benchmark', basedOn: null })
    const agent = withAgent ? await startAgent(join(folder, 'agent'), sallyport.url, send) : null
    const token = await localAccessToken(sallyport.url, 'alice')
    return {
      agentUrl: agent === null ? null : `${sallyport.url}/mcp/agent`,
      url: `${sallyport.url}/mcp/bench`,
      token,
      pid: sallyport.pid,
      console: sallyport.url,
      adminUrl: embedded.adminUrl,
      stop: async () => {
        agent?.kill()
        await stop()
      },
    }
  } catch (error) {
    await stop()
    throw error
  }
}

const others = Array.from({ length: 99 }, (_, n) => ({
  id: `rule-${n}`,
  effect: n % 3 === 0 ? 'deny' : 'allow',
  connections: [n % 2 === 0 ? 'bench' : `other-${n}`],
  resources: [`tool_${n}_*`, `thing_${n}`],
}))

const policy = () => ({
  roles: [
    {
      name: 'support',
      members: [{ claim: 'groups', value: 'support' }],
      rules: [
        {
          id: 'select',
          effect: 'allow',
          connections: ['bench', 'agent'],
          resources: ['query'],
          when: 'sql.readOnly && sql.tables.all(t, t in ["public.customers"]) && size(args.sql) < 1000 && "support" in principal.groups',
        },
        ...others,
      ],
    },
  ],
  masks: [
    {
      id: 'pii',
      connections: ['bench', 'agent'],
      fields: ['ssn'],
      detectors: ['email', 'credit_card', 'iban', 'jwt', 'private_key', 'aws_key'],
      style: 'partial',
    },
  ],
})
