import type { Context } from '../../context'
import { Refusal } from '../../errors'
import type { CompiledPolicy } from '../../policy/compile'
import { decideRecorded } from '../../policy/recorded'
import type { PolicyDocument } from '../../types'
import { getVersion } from '../get-version'
import { type RecordedCall, recordedEntry } from '../recorded-calls'
import { decisionAnswer } from './rule-answers'
import type { WhyAnswer } from './schemas'

const empty: PolicyDocument = { roles: [], masks: [] }

/** Why a recorded call was decided as it was, and what the policy in force says of it. Somebody else's is not there for whoever may not audit. */
export async function whyDecided(ctx: Context, id: string, inForce: CompiledPolicy): Promise<WhyAnswer> {
  const { admin, auditor, id: self } = ctx.viewer
  const call = await recordedEntry(ctx.db, id)
  if (call === null || (!admin && !auditor && call.person.id !== self))
    throw new Refusal('not-found', 'there is no such decided call', 'entry')
  if ('why' in call.kept) throw new Refusal('unavailable', `it cannot be told: ${call.kept.why}`, 'entry')
  const { recorded, rules, masks, reason } = call.kept
  const document = call.version === 0 ? empty : (await getVersion(ctx, call.version)).document
  // What was decided first: a grant that let it through is not part of the policy.
  const decided = {
    effect: call.kept.effect,
    reason,
    rules,
    errors: call.kept.errors,
    version: call.version,
    grantId: call.kept.grantId,
  }
  const again = decideRecorded(inForce, recorded)
  return {
    ask: 'why',
    entry: about(call),
    decided: decisionAnswer(decided, masks, document),
    now:
      'cannotTell' in again
        ? null
        : decisionAnswer(
            again.decision,
            again.decision.masks.map((mask) => mask.id),
            inForce.document,
          ),
    cannotTell: 'cannotTell' in again ? again.cannotTell : null,
  }
}

const about = ({ entry, session, at, person, connection, action, resource }: RecordedCall): WhyAnswer['entry'] => ({
  ...{ id: entry, session, at: at.toISOString(), person: person.name, connection, action, resource },
})
