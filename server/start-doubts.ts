import { desc } from 'drizzle-orm'
import type { Logger } from 'pino'
import type { Database } from './context'
import { signedHeads } from './db/record-schema'
import type { Env } from './env'
import { issuerMetadata } from './oauth/issuer'

/** Settings with which a start goes well, and people are puzzled later: said in the log, where the operator looks first. */
export async function tellDoubts(env: Env, db: Database, signingPublic: string, log: Logger): Promise<void> {
  if (env.adminGroups.length === 0)
    log.warn('ADMIN_GROUPS is not set, so nobody can add connections or publish a policy')
  for (const { name, meant } of env.misspelt)
    log.warn(`${name} is no setting of Sallyport and means nothing${meant === null ? '' : `; is it ${meant}?`}`)
  const [last] = await db
    .select({ publicKey: signedHeads.publicKey })
    .from(signedHeads)
    .orderBy(desc(signedHeads.number))
    .limit(1)
  if (last !== undefined && last.publicKey !== signingPublic)
    log.error(
      'this is not the key that signed the record last: what was sealed under that one (credentials, questions, grants) is unreadable here; set SALLYPORT_KEY to what it was, the same for every instance',
    )
}

/** Nobody signs in while the issuer cannot be read. Not waited for: it may be back before anybody comes. */
export async function tellIssuer(env: Env, log: Logger): Promise<void> {
  await issuerMetadata(env).catch((error: Error) =>
    log.error({ err: error }, 'OIDC_ISSUER: nobody can sign in until it answers as an OpenID Connect issuer'),
  )
}
