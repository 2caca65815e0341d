import { z } from 'zod'
import type { AskedRule, Resource, ReviewState } from '../types'

export const Vote = z.strictObject({
  reviewId: z.uuid(),
  verdict: z.enum(['approve', 'deny']),
  note: z.string().trim().max(1000).optional(),
})
export type Vote = z.infer<typeof Vote>

export const ReviewFilter = z.object({
  state: z.enum(['pending', 'settled']).default('pending'),
  search: z.string().trim().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(200),
})
export type ReviewFilter = z.infer<typeof ReviewFilter>

export type VoteView = { name: string; verdict: 'approve' | 'deny'; note: string | null; at: string }

/** A review as one viewer may see it. */
export type ReviewView = {
  id: string
  state: ReviewState
  caller: { name: string; email: string | null; groups: string[] }
  client: { name: string; version: string }
  connection: string
  action: string
  resource: Resource
  /** JSON text. Whole for eligible approvers of a pending review, masked for everybody else. */
  arguments: string
  whole: boolean
  asked: AskedRule[]
  policyVersion: number
  reason: string | null
  note: string | null
  createdAt: string
  expiresAt: string
  settledAt: string | null
  sessionId: string | null
  votes: VoteView[]
  /** Whether this viewer asked it, and whether they may vote on it now. */
  mine: boolean
  mayVote: boolean
}

export type ReviewDetail = ReviewView & {
  /** The last settled questions about the same tool of the same connection, newest first. */
  before: { id: string; state: ReviewState; caller: string; arguments: string; settledAt: string | null }[]
}
