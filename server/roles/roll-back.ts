import type { Context } from '../context'
import { getVersion } from './get-version'
import { type Published, publishPolicy } from './publish'

/** Publishes an older document as a new version, unless the newest one says the same. */
export async function rollBack(ctx: Context, number: number, message: string): Promise<Published> {
  const old = await getVersion(ctx, number)
  return publishPolicy(ctx, { document: old.document, message: message || `Back to version ${number}`, basedOn: null })
}
