import type { Keys } from '../keys'
import { Credential } from './schemas'
import { originOf, type TargetParts } from './target-hash'

type Sealed = TargetParts & { id: string; credentialSealed: Uint8Array | null }

// A credential sealed for one connection and origin opens for no other.
const boundTo = (connection: TargetParts & { id: string }) => `credential ${connection.id} ${originOf(connection)}`

export const sealCredential = (
  credential: Credential,
  connection: TargetParts & { id: string },
  keys: Pick<Keys, 'seal'>,
): Buffer => keys.seal(JSON.stringify(Credential.parse(credential)), boundTo(connection))

/** The headers to send to the target; none when nothing is stored. */
export function openCredential(
  connection: Sealed,
  keys: Pick<Keys, 'open'>,
): { headers: Record<string, string> } | { problem: string } {
  if (connection.credentialSealed === null) return { headers: {} }
  try {
    const { headers } = Credential.parse(JSON.parse(keys.open(connection.credentialSealed, boundTo(connection))))
    return { headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])) }
  } catch {
    return { problem: 'the stored credential does not open; enter it again' }
  }
}
