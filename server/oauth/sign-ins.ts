import { randomBytes } from 'node:crypto'
import { and, eq, gt, lt, sql } from 'drizzle-orm'
import { buildEndSessionUrl, tokenRevocation } from 'openid-client'
import type { Database } from '../context'
import { people, signIns } from '../db/identity-schema'
import type { JsonObject, Viewer } from '../types'
import { issuerMetadata } from './issuer'
import { asViewer, personOf, rowOf, tokensOf } from './person'
import { claimsAtSignIn, type Party, relyingParty, type Tokens } from './relying-party'

type Parts = Party & { db: Database }

export const signInSeconds = 12 * 60 * 60

/** Keeps who signed in and what reads their groups again (sealed). Returns the id of this sign-in, for its cookie. */
export async function openSignIn(parts: Parts, tokens: Tokens, idClaims: JsonObject): Promise<string> {
  const claims = await claimsAtSignIn(parts, tokens, idClaims)
  const person = personOf(claims, parts.env, await issuerMetadata(parts.env))
  const id = randomBytes(24).toString('base64url')
  const row = { ...rowOf(parts, person, tokens), lastSeenAt: new Date() }
  await parts.db.transaction(async (tx) => {
    await tx
      .insert(people)
      .values({ id: person.id, ...row })
      .onConflictDoUpdate({ target: people.id, set: row })
    await tx.delete(signIns).where(lt(signIns.endsAt, sql`now()`))
    const endsAt = sql`now() + make_interval(secs => ${signInSeconds})`
    await tx.insert(signIns).values({ id, personId: person.id, endsAt })
  })
  return id
}

/** The viewer behind a sign-in; null when it has ended. */
export async function viewerOf({ db, env }: Pick<Parts, 'db' | 'env'>, signInId: string): Promise<Viewer | null> {
  const [row] = await db
    .select({ person: people })
    .from(signIns)
    .innerJoin(people, eq(people.id, signIns.personId))
    .where(and(eq(signIns.id, signInId), gt(signIns.endsAt, sql`now()`)))
  return row === undefined ? null : asViewer(row.person, env)
}

/** Ends a sign-in for good. Returns where the browser goes to end the issuer's session too, if the issuer has such a place. */
export async function closeSignIn(parts: Parts, signInId: string): Promise<string | null> {
  const [closed] = await parts.db.delete(signIns).where(eq(signIns.id, signInId)).returning()
  if (closed === undefined) return null
  const [person] = await parts.db.select().from(people).where(eq(people.id, closed.personId))
  if (person === undefined || person.accessSealed === null) return null
  const tokens = tokensOf(parts, person)
  const [other] = await parts.db.select().from(signIns).where(eq(signIns.personId, person.id)).limit(1)
  if (other === undefined) {
    const none = { accessSealed: null, refreshSealed: null }
    await parts.db.update(people).set(none).where(eq(people.id, person.id))
  }
  return endAtIssuer(parts, tokens, other === undefined)
}

/** Signing out here must not fail because the issuer does not answer. */
async function endAtIssuer(parts: Parts, tokens: Tokens, last: boolean): Promise<string | null> {
  try {
    const configuration = await relyingParty(parts)
    const { revocation_endpoint, end_session_endpoint } = configuration.serverMetadata()
    if (last && tokens.refresh !== null && revocation_endpoint !== undefined)
      await tokenRevocation(configuration, tokens.refresh).catch(() => {})
    if (tokens.id === null || end_session_endpoint === undefined) return null
    const back = { id_token_hint: tokens.id, post_logout_redirect_uri: `${parts.env.publicUrl}/sign-in` }
    return buildEndSessionUrl(configuration, back).href
  } catch {
    return null
  }
}
