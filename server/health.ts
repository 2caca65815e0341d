import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Runtime } from './runtime'

type Parts = Pick<Runtime, 'pool' | 'policy' | 'writer' | 'metrics' | 'started'>
type Handler = (req: IncomingMessage, res: ServerResponse) => Promise<void>

const databaseWithinMs = 2000
const lagMaxMs = 10_000

/** `/healthz`: the process lives. `/readyz`: it can serve. `/metrics`: counts and times for Prometheus, nothing secret. */
export function healthRoutes(parts: Parts): Record<string, Handler> {
  return {
    '/healthz': async (_req, res) => send(res, 200, 'application/json', JSON.stringify({ status: 'ok' })),
    '/readyz': async (_req, res) => {
      const problems = await notReady(parts)
      const body = problems.length === 0 ? { status: 'ok' } : { status: 'not ready', problems }
      send(res, problems.length === 0 ? 200 : 503, 'application/json', JSON.stringify(body))
    },
    '/metrics': async (_req, res) => {
      parts.metrics.recordLag.set(parts.writer.lagMs() / 1000)
      send(res, 200, 'text/plain; version=0.0.4; charset=utf-8', await parts.metrics.text())
    },
  }
}

async function notReady({ pool, policy, writer, started }: Parts): Promise<string[]> {
  const problems: string[] = []
  if (!started) problems.push('it is still starting')
  if (!(await answers(pool))) problems.push('the database does not answer')
  if (!policy.loaded()) problems.push('no policy is loaded')
  if (policy.alarm() !== null) problems.push('the newest policy is not trusted; an older one is in force')
  if (writer.lagMs() > lagMaxMs) problems.push('the record is not being written')
  return problems
}

async function answers(pool: Parts['pool']): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((done) => {
    timer = setTimeout(() => done(false), databaseWithinMs)
  })
  const asked = pool.query('select 1').then(
    () => true,
    () => false,
  )
  const answered = await Promise.race([asked, late])
  clearTimeout(timer)
  return answered
}

function send(res: ServerResponse, status: number, type: string, body: string): void {
  res.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body)
}
