import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { z } from 'zod'
import { TargetName } from './frames'

/**
 * How a connection begins, in JSON text messages: the gateway sends a challenge, the agent a signed hello, the gateway a
 * welcome; then frames. Both sides count anything else as an error.
 */
export const protocol = 1

export const connectPath = '/agents/connect'
export const enrolPath = '/agents/enrol'

export const Challenge = z.object({
  kind: z.literal('challenge'),
  protocol: z.int(),
  instance: z.uuid(),
  nonce: z.string().regex(/^[\w-]{43}$/),
})
export type Challenge = z.infer<typeof Challenge>

const SignedHello = z.object({ kind: z.literal('hello'), hello: z.string().max(60_000), signature: z.base64() })

export const Hello = z.object({
  protocol: z.int(),
  nonce: z.string(),
  instance: z.uuid(),
  agent: z.uuid(),
  /** Made anew by each process: two connections of one process are duplicates, those of two are rivals. */
  process: z.uuid(),
  /** The origin that was dialled: what is signed for one gateway is worth nothing at another. */
  gateway: z.string(),
  /** Milliseconds since 1970. */
  time: z.int(),
  version: z.string().max(40),
  targets: z.array(TargetName).max(500),
})
export type Hello = z.infer<typeof Hello>

export const Welcome = z.object({
  kind: z.literal('welcome'),
  name: z.string(),
  instances: z.array(z.uuid()),
})

/** WebSocket close codes of our own (RFC 6455, section 7.4.2). */
export const closes = {
  malformed: 4400,
  refused: 4401,
  revoked: 4403,
  /** This agent is connected to this instance already. */
  connected: 4409,
  /** Another version of this protocol. */
  outdated: 4426,
  leaving: 1001,
} as const

/** What is signed begins with what it is for, so that no other signature of the key can stand in for it. */
const signedBytes = (hello: string): Buffer => Buffer.from(`sallyport agent connect ${protocol}\n${hello}`)

export function writeHello(hello: Hello, key: KeyObject): string {
  const text = JSON.stringify(hello)
  return JSON.stringify({
    kind: 'hello',
    hello: text,
    signature: sign(null, signedBytes(text), key).toString('base64'),
  })
}

/** null unless it is a hello; it is not verified yet. */
export function readHello(message: string): { hello: Hello; verifiedBy(publicKey: string): boolean } | null {
  const outer = SignedHello.safeParse(parse(message))
  if (!outer.success) return null
  const { hello: text, signature } = outer.data
  const inner = Hello.safeParse(parse(text))
  if (!inner.success) return null
  return {
    hello: inner.data,
    verifiedBy: (publicKey) =>
      verify(null, signedBytes(text), publicKeyOf(publicKey), Buffer.from(signature, 'base64')),
  }
}

/** From SPKI in base64. Throws unless it is an Ed25519 key. */
export function publicKeyOf(spki: string): KeyObject {
  const key = createPublicKey({ key: Buffer.from(spki, 'base64'), format: 'der', type: 'spki' })
  if (key.asymmetricKeyType !== 'ed25519') throw new Error('the key is not an Ed25519 key')
  return key
}

export function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
