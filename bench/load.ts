import { Pool } from 'undici'

/** Sent by bench.ts, once a round. */
export type Job = {
  url: string
  token: string | null
  connections: number
  durationMs: number
  mustNotHold: string | null
}
export type Measured = { calls: number; failed: number; leaked: number; durationMs: number; latenciesMs: number[] }

const body = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/call',
  params: {
    name: 'query',
    arguments: { sql: 'select id, name, email, ssn from customers where id < 1004 order by id' },
  },
})

async function run(job: Job): Promise<Measured> {
  const url = new URL(job.url)
  const pool = new Pool(url.origin, { connections: job.connections, pipelining: 1 })
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    ...(job.token === null ? {} : { authorization: `Bearer ${job.token}` }),
  }
  const measured: Measured = { calls: 0, failed: 0, leaked: 0, durationMs: 0, latenciesMs: [] }
  const startedAt = performance.now()
  const caller = async () => {
    while (performance.now() - startedAt < job.durationMs) {
      const before = performance.now()
      const reply = await pool.request({ path: url.pathname, method: 'POST', headers, body })
      const text = await reply.body.text()
      measured.latenciesMs.push(performance.now() - before)
      measured.calls += 1
      if (reply.statusCode !== 200 || !text.includes('"rows"') || text.includes('"isError":true')) measured.failed += 1
      if (job.mustNotHold !== null && text.includes(job.mustNotHold)) measured.leaked += 1
    }
  }
  await Promise.all(Array.from({ length: job.connections }, caller))
  measured.durationMs = performance.now() - startedAt
  await pool.close()
  return measured
}

process.on('message', (job: Job) => void run(job).then((measured) => process.send?.(measured)))
