import { newEntryId } from '../audit/entry-id'
import { isoNow } from '../audit/iso-now'
import type { EntryDraft } from '../types'

export type Head = { chain: string; seq: number; hash: string }

/**
 * The first entry of a chain: which process writes it, and the heads of the others at that moment. `abandons`: where this process
 * left a chain whose end is no longer what it wrote.
 */
export const chainOpened = (instanceId: string, heads: Head[], abandons: Head | null): EntryDraft => ({
  id: newEntryId(),
  kind: 'chain',
  at: isoNow(),
  sessionId: null,
  callId: null,
  principalId: '',
  principal: '',
  client: '',
  connectionId: null,
  connection: '',
  action: 'chain.open',
  resource: '',
  outcome: '',
  policyVersion: 0,
  masked: 0,
  body: JSON.stringify({ instanceId, heads, ...(abandons === null ? {} : { abandons }) }),
})
