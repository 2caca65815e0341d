import { randomUUID } from 'node:crypto'
import type { TestDatabase } from '../db/testing'
import { deriveKeys } from '../keys'
import type { AskedRule, Call, JsonObject, Principal, ReviewSettings, Viewer } from '../types'
import { viewerOf } from '../viewer.testing'
import { openReview } from './open-review'

export const keys = deriveKeys('a key of thirty-two bytes or more')

/** Of the people here. */
export const isAdmin = (groups: string[]): boolean => groups.includes('admins')

export const viewer = (name: string, groups: string[], more: Partial<Viewer> = {}): Viewer =>
  viewerOf(name, { groups, ...more })

export const asks = (approvals = 1, group = 'leads', more: Partial<ReviewSettings> = {}): AskedRule => ({
  role: 'support',
  rule: `big-${group}`,
  effect: 'review',
  contentHash: `hash-${group}`,
  review: {
    approvers: [{ claim: 'groups', value: group }],
    approvals,
    scope: 'call',
    maxMinutes: 60,
    expiresMinutes: 60,
    reason: 'optional',
    ...more,
  },
})

export const connection = { id: randomUUID(), name: 'shop', targetHash: 'target' }

export const callOf = (person: string, args: JsonObject): Call => ({
  principal: viewer(person, ['support', 'leads']),
  client: { id: '', name: 'test', version: '1' },
  connection,
  action: 'tools/call',
  resource: { type: 'tool', id: 'refund_order' },
  args,
  tool: null,
  sql: null,
  http: null,
})

type Asking = {
  asked?: AskedRule[] | undefined
  digest?: string | undefined
  person?: string | undefined
  principal?: Principal
  args?: JsonObject
  meta?: JsonObject
  more?: Partial<Call>
}

/** Opens a question as the gateway does; its id. */
export async function openOne(
  { db }: TestDatabase,
  {
    asked = [asks()],
    digest = randomUUID(),
    person = 'alice',
    principal,
    args = { amount: 90, secret: 'whole' },
    meta,
    more = {},
  }: Asking = {},
): Promise<string> {
  const ticket = await openReview(db, keys, {
    digest,
    call: {
      ...callOf(person, args),
      ...(principal === undefined ? {} : { principal }),
      ...(meta ? { meta } : {}),
      ...more,
    },
    sessionId: null,
    asked,
    argumentsMasked: { amount: 90, secret: '[masked]' },
    reason: null,
    policyVersion: 1,
  })
  if (typeof ticket === 'string') throw new Error(ticket)
  return ticket.id
}
