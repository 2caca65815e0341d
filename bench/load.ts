import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

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

/**
 * Written to the sockets by hand: on two processors a client library takes as much of them as a proxy does, and takes it from what is
 * measured.
 */
async function run(job: Job): Promise<Measured> {
  const { hostname, port, host, pathname } = new URL(job.url)
  const head = [
    ...[`POST ${pathname} HTTP/1.1`, `host: ${host}`, 'connection: keep-alive', 'content-type: application/json'],
    ...['accept: application/json, text/event-stream', `content-length: ${Buffer.byteLength(body)}`],
    ...(job.token === null ? [] : [`authorization: Bearer ${job.token}`]),
  ]
  const request = Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`)
  const measured: Measured = { calls: 0, failed: 0, leaked: 0, durationMs: 0, latenciesMs: [] }
  const startedAt = performance.now()
  const caller = async () => {
    const socket = connect(Number(port), hostname)
    socket.setNoDelay(true)
    await once(socket, 'connect')
    await calls(socket, request, (reply, latencyMs) => {
      measured.latenciesMs.push(latencyMs)
      measured.calls += 1
      if (!isGood(reply)) measured.failed += 1
      if (job.mustNotHold !== null && reply.includes(job.mustNotHold)) measured.leaked += 1
      return performance.now() - startedAt < job.durationMs
    })
  }
  await Promise.all(Array.from({ length: job.connections }, caller))
  measured.durationMs = performance.now() - startedAt
  return measured
}

const isGood = (reply: Buffer): boolean =>
  reply.includes('HTTP/1.1 200 ') && reply.includes('"rows"') && !reply.includes('"isError":true')

/** One call after the other on one connection, for as long as `answered` says to go on. */
function calls(
  socket: Socket,
  request: Buffer,
  answered: (reply: Buffer, latencyMs: number) => boolean,
): Promise<void> {
  return new Promise((done, fail) => {
    let sentAt = 0
    let reply: Buffer | null = null
    const send = () => {
      sentAt = performance.now()
      socket.write(request)
    }
    socket.on('data', (chunk) => {
      reply = reply === null ? chunk : Buffer.concat([reply, chunk])
      const length = lengthOf(reply)
      if (length === null || reply.length < length) return
      const whole = reply
      reply = null
      if (answered(whole, performance.now() - sentAt)) return send()
      socket.end()
      done()
    })
    socket.once('error', fail)
    socket.once('close', () => fail(new Error('the connection was closed before its answer')))
    send()
  })
}

/** Of the whole answer, head included; null while its head is not there. All that is measured say how long their answers are. */
function lengthOf(reply: Buffer): number | null {
  const headEnds = reply.indexOf('\r\n\r\n')
  if (headEnds === -1) return null
  const length = /^content-length: *(\d+)/im.exec(reply.toString('latin1', 0, headEnds))?.[1]
  if (length === undefined) throw new Error('an answer does not say how long it is')
  return headEnds + 4 + Number(length)
}

process.on('message', (job: Job) => void run(job).then((measured) => process.send?.(measured)))
