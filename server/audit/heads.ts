import { createHash, sign, verify } from 'node:crypto'
import { asc, desc, eq, isNull, lt, or, sql } from 'drizzle-orm'
import type { Logger } from 'pino'
import type { Database, Transaction } from '../context'
import { chains, signedHeads } from '../db/record-schema'
import { policyVersions } from '../db/schema'
import type { Keys } from '../keys'
import { genesis } from './chain'

export type Heads = { signNow(): Promise<void>; close(): Promise<void> }
export type HeadsOptions = { db: Database; keys: Pick<Keys, 'signing' | 'signingPublic'>; log: Logger; everyMs: number }

/** What is signed, as JSON text. `previous` is the SHA-256 (hex) of the text signed before it: who keeps one keeps them all. */
export type HeadsText = {
  at: string
  previous: string
  heads: { chain: string; seq: number; hash: string }[]
  policy: { number: number; hash: string }
}

/** Signs the heads of all open chains together, every `everyMs` and at the end; each goes to the table and to the log. */
export function startHeads({ db, keys, log, everyMs }: HeadsOptions): Heads {
  let running: Promise<void> | null = null
  // Kept here too: whoever empties the table cannot make us forget.
  let last = { number: 0, heads: '' }
  const once = async () => {
    const signed = await db.transaction((tx) => signHeads(tx, keys, last))
    if (signed === null) return
    if (signed.forgotten) log.error({ last }, 'signed heads were removed from the database')
    last = signed
    log.info({ heads: signed.heads, publicKey: keys.signingPublic, signature: signed.signature }, 'heads signed')
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
      // One that is under way may have looked too early.
      await running?.catch(() => {})
      await signNow().catch((error) => log.error({ err: error }, 'heads were not signed'))
    },
  }
}

type Last = { number: number; heads: string }
type Signed = Last & { signature: string; forgotten: boolean }

/** Open chains, and closed ones whose end no signature names yet; null when nothing moved since the last signature. */
async function signHeads(tx: Transaction, keys: HeadsOptions['keys'], known: Last): Promise<Signed | null> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtext('sallyport heads'))`)
  const [stored] = await tx.select().from(signedHeads).orderBy(desc(signedHeads.number)).limit(1)
  const forgotten = (stored?.number ?? 0) < known.number
  const before = forgotten ? known.heads : (stored?.heads ?? '')
  const rows = await tx
    .select()
    .from(chains)
    .where(or(isNull(chains.closedAt), lt(chains.signedSeq, chains.seq)))
    .orderBy(asc(chains.id))
  const heads = rows.map(({ id, seq, hash }) => ({ chain: id, seq, hash }))
  const policy = await newestPolicy(tx)
  if (!forgotten && before !== '' && isSame(before, { heads, policy })) return null
  const at = new Date()
  const previous = before === '' ? genesis : headsHash(before)
  const text = JSON.stringify({ at: at.toISOString(), previous, heads, policy } satisfies HeadsText)
  const signature = sign(null, Buffer.from(text), keys.signing).toString('base64')
  const publicKey = keys.signingPublic
  const [added] = await tx.insert(signedHeads).values({ at, heads: text, publicKey, signature }).returning()
  for (const { id, seq, closedAt } of rows)
    if (closedAt !== null) await tx.update(chains).set({ signedSeq: seq }).where(eq(chains.id, id))
  return { number: added?.number ?? 0, heads: text, signature, forgotten }
}

async function newestPolicy(tx: Transaction): Promise<HeadsText['policy']> {
  const { number, hash } = policyVersions
  const [newest] = await tx.select({ number, hash }).from(policyVersions).orderBy(desc(number)).limit(1)
  return newest ?? { number: 0, hash: genesis }
}

function isSame(text: string, { heads, policy }: Pick<HeadsText, 'heads' | 'policy'>): boolean {
  try {
    const before = JSON.parse(text) as HeadsText
    return JSON.stringify([before.heads, before.policy]) === JSON.stringify([heads, policy])
  } catch {
    // Somebody else wrote it. That is for whoever verifies to find; it must not end the signing.
    return false
  }
}

export const headsHash = (text: string): string => createHash('sha256').update(text).digest('hex')

/** Whether a signature over the text of `heads` is by this key (Ed25519, SPKI in base64). */
export function isSigned(head: { heads: string; publicKey: string; signature: string }): boolean {
  try {
    const key = { key: Buffer.from(head.publicKey, 'base64'), format: 'der', type: 'spki' } as const
    return verify(null, Buffer.from(head.heads), key, Buffer.from(head.signature, 'base64'))
  } catch {
    return false
  }
}
