import { z } from 'zod'
import type { Context } from '../context'
import { type Change, diffPolicies } from '../policy/words'
import { getVersion } from './get-version'

const VersionNumber = z.coerce.number().int().min(0)
export const Between = z.object({ from: VersionNumber, to: VersionNumber })

/** What version `to` says differently from version `from`, in words; 0 is the empty policy before the first. */
export async function diffVersions(ctx: Pick<Context, 'db'>, { from, to }: z.infer<typeof Between>): Promise<Change[]> {
  const [before, after] = await Promise.all([from, to].map((number) => documentOf(ctx, number)))
  return diffPolicies(before!, after!)
}

const documentOf = async (ctx: Pick<Context, 'db'>, number: number) =>
  number === 0 ? { roles: [], masks: [] } : (await getVersion(ctx, number)).document
