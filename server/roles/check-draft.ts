import { type Context, requireAdmin } from '../context'
import { checkDocument } from '../policy/document'
import { findProblems } from '../policy/problems'
import { diffPolicies } from '../policy/words'
import { conflictWith } from './conflict'
import { draftProblems } from './draft-problems'
import { getPolicy } from './get-policy'
import { Draft, type DraftCheck } from './schemas'
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
