import { randomBytes } from 'node:crypto'
import { eq } from 'drizzle-orm'
import type { WebSocket } from 'ws'
import type { Database } from '../context'
import { agents } from '../db/identity-schema'
import { closes, type Hello, protocol, readHello } from './handshake'

const answerWithinMs = 10_000
/** Clocks may differ by so much; the nonce alone already makes a hello fresh. */
const clockSkewMs = 5 * 60_000

export type Admitted = { id: string; name: string; publicKey: string; hello: Hello }
export type Refused = { code: number; reason: string }
type Terms = { db: Database; instanceId: string; publicUrl: string; now?: () => number }

/**
 * Challenges a new connection and says who it is, or why it may not stay. A nonce is good for one connection and one answer;
 * the hello must be signed by the enrolled key, for this gateway and instance, now, by an agent that is not revoked.
 */
export async function admit(socket: WebSocket, terms: Terms): Promise<Admitted | Refused> {
  const nonce = randomBytes(32).toString('base64url')
  const answer = nextText(socket)
  socket.send(JSON.stringify({ kind: 'challenge', protocol, instance: terms.instanceId, nonce }))
  const message = await answer
  if (message === null) return { code: closes.malformed, reason: 'no hello came in time' }
  const read = readHello(message)
  if (read === null) return { code: closes.malformed, reason: 'this is not a hello' }
  return problemOf(read.hello, nonce, terms) ?? identify(read, terms.db)
}

function problemOf(hello: Hello, nonce: string, { instanceId, publicUrl, now = Date.now }: Terms): Refused | null {
  if (hello.protocol !== protocol)
    return { code: closes.outdated, reason: `this gateway speaks version ${protocol} of the tunnel; update the agent` }
  const refuse = (reason: string): Refused => ({ code: closes.refused, reason })
  if (hello.nonce !== nonce || hello.instance !== instanceId) return refuse('the hello answers another challenge')
  if (hello.gateway !== new URL(publicUrl).origin)
    return refuse(`the agent dialled ${hello.gateway}; its gateway is ${new URL(publicUrl).origin}`)
  if (Math.abs(hello.time - now()) > clockSkewMs) return refuse('the clocks differ by more than five minutes')
  return null
}

// Who holds no key learns nothing: not whether the id exists, not whether it is revoked.
const unknown: Refused = {
  code: closes.refused,
  reason: 'the agent is not known here, or the signature is not its own',
}

async function identify(
  { hello, verifiedBy }: NonNullable<ReturnType<typeof readHello>>,
  db: Database,
): Promise<Admitted | Refused> {
  const [row] = await db.select().from(agents).where(eq(agents.id, hello.agent))
  if (row === undefined || row.publicKey === null || !verifiedBy(row.publicKey)) return unknown
  if (row.revokedAt !== null) return { code: closes.revoked, reason: 'the agent is revoked' }
  return { id: row.id, name: row.name, publicKey: row.publicKey, hello }
}

function nextText(socket: WebSocket): Promise<string | null> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => done(null), answerWithinMs)
    const onMessage = (data: unknown, isBinary: boolean) => done(isBinary ? '' : String(data))
    const onClose = () => done(null)
    const done = (text: string | null) => {
      clearTimeout(timer)
      socket.off('message', onMessage)
      socket.off('close', onClose)
      resolve(text)
    }
    socket.on('message', onMessage)
    socket.on('close', onClose)
  })
}
