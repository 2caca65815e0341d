import { allowInsecureRequests, discovery, None, type ServerMetadata } from 'openid-client'
import type { Env } from '../env'
import { Refusal } from '../errors'

type Known = { metadata: ServerMetadata | null; freshUntil: number; reading: Promise<ServerMetadata> | null }

const freshMs = 60 * 60_000
const retryMs = 60_000
const timeoutSeconds = 5

const known = new WeakMap<Env, Known>()

/**
 * What the issuer says of itself (OpenID Connect Discovery 1.0), read at most once an hour; while it does not answer, what it
 * said last. Throws a Refusal (`unavailable`) when it has never answered.
 */
export async function issuerMetadata(env: Env): Promise<ServerMetadata> {
  const state = known.get(env) ?? { metadata: null, freshUntil: 0, reading: null }
  known.set(env, state)
  if (state.metadata !== null && Date.now() < state.freshUntil) return state.metadata
  state.reading ??= read(env, state)
  return state.reading
}

async function read(env: Env, state: Known): Promise<ServerMetadata> {
  try {
    const secure = new URL(env.issuer).protocol === 'https:'
    const found = await discovery(new URL(env.issuer), env.clientId, undefined, None(), {
      timeout: timeoutSeconds,
      // An http issuer is on loopback or in a private network; whoever set it knows.
      ...(secure ? {} : { execute: [allowInsecureRequests] }),
    })
    state.metadata = found.serverMetadata()
    state.freshUntil = Date.now() + freshMs
  } catch (cause) {
    if (state.metadata === null) throw unreachable(env, cause)
    state.freshUntil = Date.now() + retryMs
  } finally {
    state.reading = null
  }
  return state.metadata
}

function unreachable(env: Env, cause: unknown): Refusal {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new Refusal('unavailable', `the issuer \`${env.issuer}\` does not answer (${why}); try again in a moment`)
}
