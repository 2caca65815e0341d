import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Logger } from 'pino'
import type { Database } from '../context'
import { codeOf, statusFor } from '../errors'
import { readWhole } from '../read-whole'
import { enrolAgent } from './enrol-agent'

const bodyBytesMax = 4096
/** Tokens cannot be guessed; this keeps whoever tries from the database. */
const [triesMax, triesWithinMs, addressesMax] = [20, 60_000, 10_000]

type Options = { db: Database; log: Logger; publicUrl: string }

/** POST /agents/enrol: the public endpoint where a one-time token becomes an agent. Answers JSON. */
export function enrolDoor({
  db,
  log,
  publicUrl,
}: Options): (req: IncomingMessage, res: ServerResponse) => Promise<void> {
  const mayTry = createLimit()
  return async (req, res) => {
    const answer = (status: number, body: object) => {
      res.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
      res.end(JSON.stringify(body))
    }
    const refuse = (status: number, code: string, message: string) =>
      answer(status, { error: { code, message, field: null } })
    if (req.method !== 'POST') return refuse(405, 'invalid', 'send a POST request')
    if (!mayTry(req.socket.remoteAddress ?? '')) return refuse(429, 'too-many', 'too many tries; wait a minute')
    try {
      const enrolled = await enrolAgent(db, await bodyOf(req))
      log.info({ agent: enrolled.name }, 'an agent was enrolled')
      answer(200, { ...enrolled, gateway: new URL(publicUrl).origin })
    } catch (error) {
      const code = codeOf(error)
      const { name, message } = error as Error
      if (code !== null) return refuse(statusFor(code), code, message)
      if (name === 'ZodError' || name === 'SyntaxError')
        return refuse(400, 'invalid', 'this is no enrolment; use the agent program')
      log.error({ err: error }, 'an agent could not be enrolled')
      refuse(503, 'unavailable', 'this did not work; try again in a moment')
    }
  }
}

async function bodyOf(req: IncomingMessage): Promise<unknown> {
  const body = await readWhole(req, bodyBytesMax)
  if (body === null) throw new SyntaxError('the body is too large')
  return JSON.parse(body.toString('utf8'))
}

/** So many tries for each address in each minute. */
function createLimit(): (address: string) => boolean {
  let tries = new Map<string, number>()
  let since = performance.now()
  return (address) => {
    if (performance.now() - since > triesWithinMs || tries.size > addressesMax) {
      tries = new Map()
      since = performance.now()
    }
    const count = (tries.get(address) ?? 0) + 1
    tries.set(address, count)
    return count <= triesMax
  }
}
