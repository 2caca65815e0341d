import type { KeyObject } from 'node:crypto'
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createPrivateKey,
  createPublicKey,
  hkdfSync,
  randomBytes,
} from 'node:crypto'

/** Everything derived from the one installation key, each for one use (HKDF-SHA-256, RFC 5869). */
export type Keys = {
  /** For call digests (HMAC-SHA-256). */
  digest: Uint8Array
  /** For the `hash` mask style. */
  mask: Uint8Array
  /** For cookies of the console. */
  cookie: string
  /** For signed heads of the record (Ed25519). */
  signing: KeyObject
  /** SPKI, base64. */
  signingPublic: string
  /** AES-256-GCM. `bound` is associated data: what is sealed for one thing cannot be opened as another. */
  seal(text: string, bound: string): Buffer
  /** Throws when the key, the bytes or `bound` are not those of `seal`. */
  open(sealed: Uint8Array, bound: string): string
}

const nonceBytes = 12
const tagBytes = 16

/** @param secret at least 32 bytes, as text or base64; throws when shorter. */
export function deriveKeys(secret: string): Keys {
  const input = Buffer.from(secret, 'utf8')
  if (input.length < 32) throw new Error('SALLYPORT_KEY is too short: use `openssl rand -base64 32`')
  const derive = (use: string) => Buffer.from(hkdfSync('sha256', input, 'sallyport', use, 32))
  const sealing = derive('seal')
  const signing = ed25519(derive('heads'))
  return {
    digest: derive('digest'),
    mask: derive('mask'),
    cookie: derive('cookie').toString('base64url'),
    signing,
    signingPublic: createPublicKey(signing).export({ type: 'spki', format: 'der' }).toString('base64'),
    seal: (text, bound) => seal(sealing, text, bound),
    open: (sealed, bound) => open(sealing, sealed, bound),
  }
}

export const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex')

// RFC 8410: a PKCS #8 Ed25519 key is this prefix and the 32-byte seed.
const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex')

const ed25519 = (seed: Buffer): KeyObject =>
  createPrivateKey({ key: Buffer.concat([pkcs8Prefix, seed]), format: 'der', type: 'pkcs8' })

function seal(key: Buffer, text: string, bound: string): Buffer {
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(bound))
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), body])
}

function open(key: Buffer, sealed: Uint8Array, bound: string): string {
  const bytes = Buffer.from(sealed)
  // Without a length Node takes a tag of four bytes too, which can be guessed.
  const options = { authTagLength: tagBytes }
  const nonce = bytes.subarray(0, nonceBytes)
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, options).setAAD(Buffer.from(bound))
  decipher.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes))
  return Buffer.concat([decipher.update(bytes.subarray(nonceBytes + tagBytes)), decipher.final()]).toString('utf8')
}
