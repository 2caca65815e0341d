import type { Context } from '../context'
import { type Change, diffPolicies } from '../policy/words'
import type { PolicyDocument } from '../types'
import { getVersion } from './get-version'
import { listVersions } from './list-versions'
import type { Conflict } from './schemas'

/** What was published after `basedOn`, and which of it this draft touches too; null when nothing was. */
export async function conflictWith(
  ctx: Pick<Context, 'db'>,
  draft: PolicyDocument | null,
  basedOn: number | null,
): Promise<Conflict | null> {
  const [newest] = await listVersions(ctx)
  if (basedOn === null || newest === undefined || basedOn >= newest.number) return null
  const base = basedOn === 0 ? { roles: [], masks: [] } : (await getVersion(ctx, basedOn)).document
  const changes = diffPolicies(base, (await getVersion(ctx, newest.number)).document)
  const mine = new Set(draft === null ? [] : diffPolicies(base, draft).map(subject))
  const { number, author, at, message } = newest
  return {
    version: number,
    author,
    at,
    message,
    changes,
    clashes: changes.filter((change) => mine.has(subject(change))),
  }
}

const subject = ({ what, role, id }: Change): string => JSON.stringify([what, role, id])
