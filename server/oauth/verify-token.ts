import { hash } from 'node:crypto'
import { createRemoteJWKSet, type JWTPayload, jwtVerify } from 'jose'
import type { Env } from '../env'
import { codeOf } from '../errors'
import { principalFrom } from '../principal'
import type { JsonObject, Principal } from '../types'
import { notAnAccessToken } from './access-token'
import { issuerMetadata } from './issuer'

/** What a token proved, apart from the audience: that is for each door to compare, on every call. */
export type Verified = { principal: Principal; audience: string[]; issuedAt: Date }
/** `unavailable`: nothing is known against the token, but its keys cannot be read now. */
export type Unverified = { unavailable: boolean; problem: string }

type Remembered = { verified: Verified; until: number }
type KeySet = ReturnType<typeof createRemoteJWKSet>
type Memory = {
  remembered: Map<string, Remembered>
  verifying: Map<string, Promise<Verified | Unverified>>
  keySets: Map<string, { keys: KeySet; readAgainAt: number }>
}

const rememberMs = 60_000
const rememberedMax = 5_000
const tokenLengthMax = 16_384
const clockToleranceSeconds = 5
const readKeysMs = 10 * 60_000
const retryKeysMs = 30_000
/** A key that the issuer took back counts no longer than this while it cannot be asked. */
const keepKeysMs = 60 * 60_000
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']

const again = '; try again in a moment'

const memories = new WeakMap<Env, Memory>()

/**
 * Signature, issuer, times and kind of an access token (RFC 9068), by the keys that the issuer publishes. Verifying costs
 * 150 microseconds and more, so the result is remembered by the token's SHA-256 until it expires, for 60 s at most.
 */
export function verifyToken(token: string, env: Env): Verified | Unverified | Promise<Verified | Unverified> {
  if (token.length > tokenLengthMax) return { unavailable: false, problem: 'the token is too long' }
  const memory = memoryOf(env)
  const key = hash('sha256', token, 'base64')
  const found = memory.remembered.get(key)
  if (found !== undefined && Date.now() < found.until) return found.verified
  const running = memory.verifying.get(key)
  if (running !== undefined) return running
  const verifying = verify(token, env, memory, key).finally(() => memory.verifying.delete(key))
  memory.verifying.set(key, verifying)
  return verifying
}

function memoryOf(env: Env): Memory {
  const found = memories.get(env)
  if (found !== undefined) return found
  const memory: Memory = { remembered: new Map(), verifying: new Map(), keySets: new Map() }
  memories.set(env, memory)
  return memory
}

async function verify(token: string, env: Env, memory: Memory, key: string): Promise<Verified | Unverified> {
  try {
    const { issuer, jwks_uri } = await issuerMetadata(env)
    const options = { algorithms, issuer, clockTolerance: clockToleranceSeconds, requiredClaims: ['exp', 'aud'] }
    const { payload, protectedHeader } = await jwtVerify(token, keysAt(jwks_uri ?? '', memory), options)
    const claims = payload as JsonObject
    const problem = notAnAccessToken(protectedHeader, claims)
    if (problem !== null) return { unavailable: false, problem }
    const verified = {
      principal: principalFrom(claims, 'access', env),
      audience: audienceOf(payload),
      issuedAt: issuedAtOf(payload),
    }
    remember(memory, key, verified, payload)
    return verified
  } catch (error) {
    return explain(error)
  }
}

/** One that says it comes from the future does not say how old its groups are. */
function issuedAtOf({ iat = 0 }: JWTPayload): Date {
  return new Date(iat * 1000 > Date.now() + clockToleranceSeconds * 1000 ? 0 : iat * 1000)
}

/** Read again now and then, beside the calls: an issuer that is away for minutes stops nobody whose token it signed before. */
function keysAt(uri: string, memory: Memory): KeySet {
  const found = memory.keySets.get(uri) ?? { keys: keySet(uri), readAgainAt: Date.now() + readKeysMs }
  memory.keySets.set(uri, found)
  if (Date.now() >= found.readAgainAt) {
    found.readAgainAt = Date.now() + retryKeysMs
    found.keys.reload().then(
      () => (found.readAgainAt = Date.now() + readKeysMs),
      () => {},
    )
  }
  return found.keys
}

// An unknown key id asks the issuer again, so that a rotated key works at once; the pause keeps made-up ids from flooding it.
const keySet = (uri: string): KeySet =>
  createRemoteJWKSet(new URL(uri), {
    timeoutDuration: 5_000,
    cooldownDuration: 10_000,
    cacheMaxAge: keepKeysMs,
  })

const audienceOf = ({ aud }: JWTPayload): string[] => (aud === undefined ? [] : [aud].flat())

function remember({ remembered }: Memory, key: string, verified: Verified, { exp = 0 }: JWTPayload): void {
  remembered.delete(key)
  // A Map keeps the order of insertion, so the first key is the oldest.
  if (remembered.size >= rememberedMax) remembered.delete(remembered.keys().next().value ?? '')
  remembered.set(key, { verified, until: Math.min(Date.now() + rememberMs, exp * 1000) })
}

const claimProblems: Record<string, string> = {
  iss: 'the token is from another issuer; sign in at the issuer that this gateway names',
  aud: 'the token does not say which service it is for; ask for one for this resource',
  exp: 'the token does not say when it expires',
  nbf: 'the token is not valid yet; check the clocks',
}

const problems: Record<string, string> = {
  ERR_JWT_EXPIRED: 'the token has expired; get a new one',
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: 'the signature of the token is not valid; get a new one',
  ERR_JWKS_NO_MATCHING_KEY: 'the token was signed with a key that the issuer does not publish; get a new one',
  ERR_JWKS_MULTIPLE_MATCHING_KEYS: 'the token does not name its key, and the issuer has several; let it set `kid`',
  ERR_JOSE_ALG_NOT_ALLOWED: 'the token is not signed with a public-key algorithm',
}

function explain(error: unknown): Unverified {
  const { code, claim, message } = error as { code?: string; claim?: string; message?: string }
  if (codeOf(error) === 'unauthenticated') return { unavailable: false, problem: message ?? '' }
  if (code === 'ERR_JWT_CLAIM_VALIDATION_FAILED')
    return { unavailable: false, problem: claimProblems[claim ?? ''] ?? `the \`${claim}\` of the token is not valid` }
  const known = problems[code ?? '']
  if (known !== undefined) return { unavailable: false, problem: known }
  if (/^ERR_(JWT|JWS|JOSE_NOT_SUPPORTED)/.test(code ?? ''))
    return { unavailable: false, problem: 'this is not a signed token that the gateway understands' }
  return {
    unavailable: true,
    problem: `the issuer's keys cannot be read now: ${(message ?? '').replace(again, '')}${again}`,
  }
}
