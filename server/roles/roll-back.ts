import type { Context } from '../context'
import { getVersion } from './get-version'
import { type Published, publishPolicy } from './publish'
import { Restore } from './schemas'

/** Publishes an older document as a new version, unless the newest one says the same, or is not the one that was seen. */
export async function rollBack(ctx: Context, number: number, input: Restore): Promise<Published> {
  const { message, basedOn } = Restore.parse(input)
  const { document } = await getVersion(ctx, number)
  return publishPolicy(ctx, { document, message: message || `Back to version ${number}`, basedOn })
}
