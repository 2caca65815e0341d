import { and, eq } from 'drizzle-orm'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose'
import type { Database } from '../context'
import { oidcRecords as records } from '../db/identity-schema'
import type { Keys } from '../keys'

const alg = 'RS256'
const model = 'SigningKey'
const bound = `${model}:${alg}`
const here = and(eq(records.model, model), eq(records.id, alg))

/** The local issuer's signing key: made once, kept sealed. RS256, which every client of OpenID Connect must know. */
export async function signingKey(db: Database, keys: Keys): Promise<JWK> {
  const kept = await opened(db, keys)
  if (kept !== null) return kept
  const { privateKey } = await generateKeyPair(alg, { extractable: true })
  const jwk = await exportJWK(privateKey)
  const whole: JWK = { ...jwk, alg, use: 'sig', kid: await calculateJwkThumbprint(jwk) }
  // Sealed under another installation key it is of no use to anyone.
  await db.delete(records).where(here)
  const payload = { sealed: keys.seal(JSON.stringify(whole), bound).toString('base64') }
  await db.insert(records).values({ model, id: alg, payload }).onConflictDoNothing()
  return (await opened(db, keys)) ?? whole
}

async function opened(db: Database, keys: Keys): Promise<JWK | null> {
  const [row] = await db.select().from(records).where(here)
  if (row === undefined) return null
  const { sealed } = row.payload as { sealed: string }
  try {
    return JSON.parse(keys.open(Buffer.from(sealed, 'base64'), bound)) as JWK
  } catch {
    return null
  }
}
