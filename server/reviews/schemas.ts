import { z } from 'zod'
import type { AskedRule, Resource, ReviewState } from '../types'

// PostgreSQL keeps no NUL in a text.
const noNul = (text: string) => text.replaceAll('\0', '')

export const Vote = z.strictObject({
  reviewId: z.uuid(),
  verdict: z.enum(['approve', 'deny']),
  note: z.string().trim().max(1000).transform(noNul).optional(),
})
export type Vote = z.infer<typeof Vote>

export const isReviewId = (text: string): boolean => z.uuid().safeParse(text).success

export const ReviewFilter = z.object({
  state: z.enum(['pending', 'settled']).default('pending'),
  /** Of the settled ones: how they ended. */
  outcome: z.enum(['approved', 'denied', 'expired', 'cancelled']).optional(),
  search: z.string().trim().max(200).transform(noNul).optional(),
  /** The id of the last one on the page before. */
  after: z.uuid().optional(),
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

/** Another question, in short. `arguments` are masked. */
export type EarlierReview = {
  id: string
  state: ReviewState
  caller: string
  connection: string
  resource: Resource
  arguments: string
  createdAt: string
  settledAt: string | null
}

export type ReviewDetail = ReviewView & {
  /** The last settled questions about the same tool of the same connection, newest first. */
  before: EarlierReview[]
  /** The last other questions of the same caller, newest first. */
  recent: EarlierReview[]
}
