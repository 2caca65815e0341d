import type { Context } from '../context'
import { getVersion } from './get-version'
import { publishPolicy } from './publish'

/** Publishes an older document as a new version. */
export async function rollBack(ctx: Context, number: number, message: string): Promise<{ number: number }> {
  const old = await getVersion(ctx, number)
  return publishPolicy(ctx, { document: old.document, message: message || `Back to version ${number}`, basedOn: null })
}
