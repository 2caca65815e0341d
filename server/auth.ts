import { cookies, headers } from 'next/headers'
import { redirect } from 'next/navigation'
import type { NextAuthOptions } from 'next-auth'
import { decode } from 'next-auth/jwt'
import { cache } from 'react'
import { type Context, contextOf } from './context'
import { Refusal } from './errors'
import { bearerOf } from './oauth/bearer'
import { consoleProvider, cookieNames, cookieSettings } from './oauth/console-client'
import { keepFresh } from './oauth/keep-fresh'
import { hasAdminGroup, withPowers } from './oauth/person'
import { refreshGroups as refresh, rereadGroups } from './oauth/refresh-groups'
import type { Tokens } from './oauth/relying-party'
import { closeSignIn, openSignIn, signInSeconds, viewerOf } from './oauth/sign-ins'
import { verifyToken } from './oauth/verify-token'
import { runtime } from './runtime'
import type { JsonObject, Viewer } from './types'

/** next-auth's settings. They depend on what the issuer says of itself, so they are made when asked for. */
export async function authOptions(): Promise<NextAuthOptions> {
  const { env, keys } = runtime()
  process.env.NEXTAUTH_URL = env.publicUrl
  return {
    secret: keys.cookie,
    providers: [await consoleProvider({ env, keys })],
    session: { strategy: 'jwt', maxAge: signInSeconds },
    cookies: cookieSettings(env),
    pages: { signIn: '/sign-in', signOut: '/sign-in', error: '/sign-in' },
    logger: { error: logProblem, warn: () => {}, debug: () => {} },
    callbacks: {
      signIn: async ({ account, profile }) => admit(account as Account, profile as JsonObject),
      // The cookie holds the id of the sign-in and nothing about the person.
      jwt: async ({ token, account }) => ({ signIn: (account as Account | null)?.signIn ?? token.signIn }),
      session: async ({ session }) => ({ expires: session.expires }),
    },
    events: { signOut: async ({ token }) => void (await closeSignIn(runtime(), String(token.signIn))) },
  }
}

/** What next-auth hands from one callback to the next: the token response, and our id beside it. */
type Account = {
  access_token?: string
  refresh_token?: string
  id_token?: string
  expires_at?: number
  signIn?: string
}

/** Signs someone in; a path when it cannot be, with the reason as a word of `app/sign-in`. */
async function admit(account: Account, idClaims: JsonObject): Promise<true | string> {
  const tokens: Tokens = {
    access: account.access_token ?? '',
    accessEndsAt: (account.expires_at ?? 0) * 1000,
    refresh: account.refresh_token ?? null,
    id: account.id_token ?? null,
  }
  try {
    account.signIn = await openSignIn(runtime(), tokens, idClaims)
    return true
  } catch (error) {
    const { code, field } = error as { code?: string; field?: string | null }
    runtime().log.warn({ err: error }, 'a sign-in was refused')
    return `/sign-in?error=${field === 'groups' ? 'Groups' : code === 'unauthenticated' ? 'Claims' : 'Unavailable'}`
  }
}

function logProblem(code: string, metadata: Error | { error?: unknown; [key: string]: unknown }): void {
  const error = metadata instanceof Error ? metadata : metadata.error
  runtime().log.warn({ code, reason: error instanceof Error ? error.message : undefined }, 'a sign-in failed')
}

/** The person signed in to the console, or behind the bearer token of an API call; null for nobody. */
export const currentViewer: () => Promise<Viewer | null> = cache(async () => {
  const authorization = (await headers()).get('authorization')
  // A request that carries both is judged by the token alone: a bad one must not fall back to a cookie without CSRF check.
  if (authorization !== null) return bearerViewer(authorization)
  const signIn = await currentSignIn()
  return signIn === null ? null : keepFresh(runtime(), () => viewerOf(runtime(), signIn))
})

/** Context for pages and routes. Nobody signed in: pages send to the sign-in page, `app/api/json.ts` answers 401. */
export async function viewerContext(): Promise<Context> {
  const viewer = await currentViewer()
  if (viewer !== null) return contextOf(viewer)
  const asked = (await headers()).get('x-sallyport-path')
  redirect(asked === null ? '/sign-in' : `/sign-in?next=${encodeURIComponent(asked)}`)
}

/** The viewer with groups that the issuer gave less than 60 s ago; a Refusal says what to do when they cannot be had. */
export const refreshGroups = (viewer: Viewer): Promise<Viewer> => refresh(runtime(), viewer)

/** Whether these groups make an administrator. */
export const isAdmin = (groups: string[]): boolean => hasAdminGroup(groups, runtime().env)

/** The same of people who are not here, as far as the issuer still answers for them. */
export const refreshOthers = (ids: string[]): Promise<void> => rereadGroups(runtime(), ids)

/** Ends the sign-in of this browser for good; returns where to go next (the issuer's own sign-out, if it has one). */
export async function endSignIn(): Promise<string> {
  const signIn = await currentSignIn()
  const store = await cookies()
  const { name, options } = cookieSettings(runtime().env).sessionToken
  store.set(name, '', { ...options, maxAge: 0 })
  const atIssuer = signIn === null ? null : await closeSignIn(runtime(), signIn)
  return atIssuer ?? '/sign-in'
}

async function currentSignIn(): Promise<string | null> {
  const { env, keys } = runtime()
  const token = (await cookies()).get(cookieNames(env).session)?.value
  if (token === undefined) return null
  try {
    const signIn = (await decode({ token, secret: keys.cookie }))?.signIn
    return typeof signIn === 'string' ? signIn : null
  } catch {
    return null
  }
}

/** Design: `/api` takes only tokens whose audience is PUBLIC_URL/api. */
async function bearerViewer(authorization: string): Promise<Viewer> {
  const { env } = runtime()
  const bearer = bearerOf(authorization)
  if ('problem' in bearer) throw new Refusal('unauthenticated', bearer.problem ?? 'send an access token')
  const found = await verifyToken(bearer.token, env)
  if ('problem' in found) throw new Refusal(found.unavailable ? 'unavailable' : 'unauthenticated', found.problem)
  const audience = `${env.publicUrl}/api`
  if (!found.audience.includes(audience))
    throw new Refusal('unauthenticated', `the token is not for the API; ask for one for \`${audience}\``)
  return withPowers(found.principal, found.issuedAt, env)
}
