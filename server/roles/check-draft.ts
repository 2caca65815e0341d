import { type Context, requireAdmin } from '../context'
import { checkDocument } from '../policy/document'
import { findProblems } from '../policy/problems'
import { type Change, diffPolicies } from '../policy/words'
import type { PolicyDocument } from '../types'
import { draftProblems } from './draft-problems'
import { getPolicy } from './get-policy'
import { getVersion } from './get-version'
import { listVersions } from './list-versions'
import { type Conflict, Draft, type DraftCheck } from './schemas'
import { readWorld } from './world'

/** What a draft changes in the policy in force, what is wrong with it, and what others published meanwhile. */
export async function checkDraft(ctx: Context, input: Draft): Promise<DraftCheck> {
  requireAdmin(ctx)
  const { document, basedOn } = Draft.parse(input)
  const live = await getPolicy(ctx)
  const read = checkDocument(document)
  const problems = read.ok ? findProblems(read.document, await readWorld(ctx.db)) : read.problems
  return {
    current: live.number,
    document: read.ok ? read.document : null,
    changes: read.ok ? diffPolicies(live.document, read.document) : [],
    problems: draftProblems(document, problems),
    conflict: await conflictWith(ctx, read.ok ? read.document : null, basedOn),
  }
}

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
