import { randomUUID } from 'node:crypto'
import type { EntryDraft } from '../types'

/** The entry of a call that alice made of the shop, on version 1 of the policy. */
export const draft = (more: Partial<EntryDraft> = {}): EntryDraft => ({
  id: randomUUID(),
  kind: 'call',
  at: new Date().toISOString(),
  sessionId: null,
  callId: null,
  principalId: 'issuer#alice',
  principal: 'alice',
  client: 'test 1',
  connectionId: null,
  connection: 'shop',
  action: 'tools/call',
  resource: 'query',
  outcome: '',
  policyVersion: 1,
  masked: 0,
  body: '{}',
  ...more,
})
