import { randomUUID } from 'node:crypto'
import type { EntryDraft } from '../types'

/** The first entry of a chain: which process writes it, and the heads of the others at that moment. */
export const chainOpened = (instanceId: string, heads: object[]): EntryDraft => ({
  id: randomUUID(),
  kind: 'chain',
  at: new Date(),
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
  body: JSON.stringify({ instanceId, heads }),
})
