import { eq } from 'drizzle-orm'
import type { Database, Transaction } from '../context'
import { people } from '../db/identity-schema'
import type { Env } from '../env'
import { Refusal } from '../errors'
import { principalFrom } from '../principal'
import type { JsonObject, Viewer } from '../types'
import { asViewer, isUnlinked, type Person, rowOf, sealedTokens, tokensOf } from './person'
import { claimsNow, type Party, type Tokens } from './relying-party'

type Parts = Party & { db: Database }

// A vote takes groups that are at most 60 s old; the rest is time for the vote itself.
const freshMs = 45_000
const isFresh = (readAt: Date): boolean => Date.now() - readAt.getTime() < freshMs

/**
 * The viewer with groups that the issuer gave less than 60 s ago.
 * Throws a Refusal that says what to do when they cannot be had.
 */
export async function refreshGroups(parts: Parts, viewer: Viewer): Promise<Viewer> {
  if (isUnlinked(viewer.id))
    throw new Refusal(
      'forbidden',
      'your sign-in cannot be tied to your calls, so you may look but not approve; ask the operator to set OIDC_SUBJECT_CLAIM',
    )
  if (isFresh(viewer.groupsReadAt)) return viewer
  const read = await parts.db.transaction(async (tx): Promise<Read> => {
    // The lock keeps two requests from spending one refresh token, which an issuer takes for theft.
    const [person] = await tx.select().from(people).where(eq(people.id, viewer.id)).for('update')
    if (person === undefined)
      throw new Refusal('unauthenticated', 'send a token that is less than a minute old, or sign in to the console')
    return isFresh(person.groupsReadAt) ? { viewer: asViewer(person, parts.env) } : renew(parts, tx, person)
  })
  if ('failed' in read) throw read.failed
  return read.viewer
}

/** Not thrown: what the issuer gave meanwhile stays. */
type Read = { viewer: Viewer } | { failed: unknown }

const rereadWithinMs = 5_000

/**
 * Reads the groups of people again who are not there to ask. Of whom the issuer says nothing now (who signed out, say), what it said
 * last stays. Waits no longer than 5 s.
 */
export async function rereadGroups(parts: Parts, ids: string[]): Promise<void> {
  const reading = Promise.allSettled(ids.map((id) => reread(parts, id)))
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, rereadWithinMs)
  })
  await Promise.race([reading, late])
  clearTimeout(timer)
}

const reread = (parts: Parts, id: string): Promise<void> =>
  parts.db.transaction(async (tx) => {
    const [person] = await tx.select().from(people).where(eq(people.id, id)).for('update')
    if (person !== undefined && !isFresh(person.groupsReadAt)) await renew(parts, tx, person)
  })

async function renew(parts: Parts, tx: Transaction, person: Person): Promise<Read> {
  const mine = eq(people.id, person.id)
  const keep = async (tokens: Tokens) =>
    void (await tx
      .update(people)
      .set(sealedTokens(parts, person.id, tokens))
      .where(mine))
  try {
    const { claims, tokens } = await claimsNow(parts, tokensOf(parts, person), String(person.claims.sub), keep)
    const principal = principalFrom(
      { ...lasting(person, parts.env), [parts.env.groupsClaim]: [], ...claims },
      'id',
      parts.env,
    )
    if (principal.id !== person.id)
      throw new Refusal('unauthenticated', 'the issuer now knows you by another id; sign in again')
    const row = rowOf(parts, principal, tokens)
    await tx.update(people).set(row).where(mine)
    return { viewer: asViewer({ ...person, ...row }, parts.env) }
  } catch (failed) {
    return { failed }
  }
}

/** Who they are stays when the issuer does not repeat it; what they may do (groups, any other claim) does not. */
function lasting({ claims, name, email }: Person, { idTokenClaim }: Env): JsonObject {
  const { sub, [idTokenClaim]: subject } = claims as JsonObject
  return {
    name,
    email,
    ...(sub === undefined ? {} : { sub }),
    ...(subject === undefined ? {} : { [idTokenClaim]: subject }),
  }
}
