import { newEntryId } from '../audit/entry-id'
import { isoNow } from '../audit/iso-now'
import type { EntryDraft, Outcome } from '../types'

export type OpenCall = Pick<
  EntryDraft,
  | 'id'
  | 'sessionId'
  | 'principalId'
  | 'principal'
  | 'client'
  | 'connectionId'
  | 'connection'
  | 'action'
  | 'resource'
  | 'policyVersion'
>

/** The reply entry of a call that never got its own; `problem` says why. */
export const closing = (call: OpenCall, outcome: Outcome, problem: string): EntryDraft => ({
  id: newEntryId(),
  kind: 'reply',
  at: isoNow(),
  sessionId: call.sessionId,
  callId: call.id,
  principalId: call.principalId,
  principal: call.principal,
  client: call.client,
  connectionId: call.connectionId,
  connection: call.connection,
  action: call.action,
  resource: call.resource,
  outcome,
  policyVersion: call.policyVersion,
  masked: 0,
  body: JSON.stringify({ problem }),
})

export const isAnswer = ({ kind, callId }: EntryDraft): boolean => kind === 'reply' && callId !== null

/** Whether an answer's entry is to follow. */
export const isOpening = ({ outcome, callId }: EntryDraft): boolean => outcome === '' && callId === null

/**
 * What the record owes once it can be written again: a call entry that is there although its caller was refused, and an answer
 * that was withheld because its entry is not there.
 */
export function owed(draft: EntryDraft, committed: boolean): EntryDraft | null {
  if (isAnswer(draft))
    return committed
      ? null
      : closing({ ...draft, id: draft.callId ?? '' }, 'withheld', 'the answer could not be recorded and was withheld')
  return committed && isOpening(draft)
    ? closing(draft, 'refused', 'the record was lost while this was written; the call was refused and did not run')
    : null
}
