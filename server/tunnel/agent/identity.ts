import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { z } from 'zod'

const Stored = z.strictObject({
  agent: z.uuid(),
  name: z.string(),
  gateway: z.url(),
  /** PKCS #8 in base64. */
  privateKey: z.base64(),
})
type Stored = z.infer<typeof Stored>

/** Who this agent is, from enrolment on. The key was made here and never leaves. */
export type Identity = { agent: string; name: string; gateway: string; key: KeyObject; secret: string }

export const identityPathFor = (configPath: string): string => join(dirname(resolve(configPath)), 'agent-identity.json')

export function newKey(): { publicKey: string; privateKey: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  return {
    publicKey: publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
    privateKey: privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64'),
  }
}

/** For its owner's eyes only; an identity that is there is not overwritten unless `replace`. */
export function writeIdentity(path: string, stored: Stored, replace: boolean): void {
  writeFileSync(path, `${JSON.stringify(stored, null, 2)}\n`, { mode: 0o600, flag: replace ? 'w' : 'wx' })
}

/** Throws an Error that says what to do. */
export function readIdentity(path: string): Identity & { readableByOthers: boolean } {
  const { agent, name, gateway, privateKey } = stored(path)
  const key = createPrivateKey({ key: Buffer.from(privateKey, 'base64'), format: 'der', type: 'pkcs8' })
  const readableByOthers = process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0
  return { agent, name, gateway, key, secret: privateKey, readableByOthers }
}

function stored(path: string): Stored {
  try {
    return Stored.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    // The parser's own words could quote the key.
    throw new Error(`\`${path}\` holds no identity; enrol first: agent enrol <gateway> <token>`)
  }
}
