import { and, eq, gt, sql } from 'drizzle-orm'
import { emit } from '../audit/emit'
import { type Database, transaction } from '../context'
import { agents } from '../db/identity-schema'
import { ring } from '../db/notify'
import { Refusal } from '../errors'
import { sha256 } from '../keys'
import { publicKeyOf } from '../tunnel/handshake'
import { EnrolAgent } from './schemas'

export type Enrolled = { agent: string; name: string }

/** Takes a one-time token, once, for the public key of a pair that the agent made. Whoever holds the token is the agent. */
export async function enrolAgent(db: Database, input: unknown): Promise<Enrolled> {
  const { token, publicKey } = EnrolAgent.parse(input)
  const key = spkiOf(publicKey)
  return transaction({ db }, async (tx) => {
    const [row] = await tx
      .update(agents)
      .set({ publicKey: key, enrolTokenHash: null, enrolExpiresAt: null, revokedAt: null })
      .where(and(eq(agents.enrolTokenHash, sha256(token)), gt(agents.enrolExpiresAt, sql`now()`)))
      .returning()
    if (row === undefined)
      throw new Refusal('forbidden', 'the token is unknown, used or expired; get a new one in the console', 'token')
    const actor = { id: `agent ${row.id}`, name: row.name }
    await emit(tx, actor, { action: 'agent.enrol', kind: 'agent', resource: row.name, body: { publicKey: key } })
    await ring(tx, 'agents', row.id)
    return { agent: row.id, name: row.name }
  })
}

function spkiOf(publicKey: string): string {
  try {
    return publicKeyOf(publicKey).export({ type: 'spki', format: 'der' }).toString('base64')
  } catch {
    throw new Refusal('invalid', 'the key is not an Ed25519 public key', 'publicKey')
  }
}
