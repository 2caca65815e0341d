import { sign, verify } from 'node:crypto'
import { asc } from 'drizzle-orm'
import type { Logger } from 'pino'
import type { Database } from '../context'
import { chains, signedHeads } from '../db/record-schema'
import type { Keys } from '../keys'

export type Heads = { signNow(): Promise<void>; close(): Promise<void> }
export type HeadsOptions = { db: Database; keys: Pick<Keys, 'signing' | 'signingPublic'>; log: Logger; everyMs: number }

/** Signs the heads of all chains together, every `everyMs` and at the end; each goes to the table and to the log. */
export function startHeads({ db, keys, log, everyMs }: HeadsOptions): Heads {
  let running: Promise<void> | null = null
  let last = ''
  const once = async () => {
    const rows = await db.select().from(chains).orderBy(asc(chains.id))
    const state = JSON.stringify(rows.map(({ id, seq, hash }) => ({ chain: id, seq, hash })))
    if (state === last) return
    const at = new Date()
    const heads = JSON.stringify({ at: at.toISOString(), heads: JSON.parse(state) })
    const signature = sign(null, Buffer.from(heads), keys.signing).toString('base64')
    await db.insert(signedHeads).values({ at, heads, publicKey: keys.signingPublic, signature })
    log.info({ heads, publicKey: keys.signingPublic, signature }, 'heads signed')
    last = state
  }
  const signNow = () => {
    running ??= once().finally(() => {
      running = null
    })
    return running
  }
  const timer = setInterval(
    () => signNow().catch((error) => log.error({ err: error }, 'heads were not signed')),
    everyMs,
  )
  return {
    signNow,
    close: async () => {
      clearInterval(timer)
      await signNow().catch((error) => log.error({ err: error }, 'heads were not signed'))
    },
  }
}

/** Whether a signature over the text of `heads` is by this key (Ed25519, SPKI in base64). */
export function isSigned(head: { heads: string; publicKey: string; signature: string }): boolean {
  try {
    const key = { key: Buffer.from(head.publicKey, 'base64'), format: 'der', type: 'spki' } as const
    return verify(null, Buffer.from(head.heads), key, Buffer.from(head.signature, 'base64'))
  } catch {
    return false
  }
}
