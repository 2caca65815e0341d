import { z } from 'zod'
import type { AskedRule, Call, JsonObject, Resource, ReviewState } from '../types'

/** How long broken glass lets through at most, whatever the rules would let an approver give. */
export const glassMinutesMax = 15

// PostgreSQL keeps no NUL in a text.
const noNul = (text: string) => text.replaceAll('\0', '')

const Note = z.string().trim().max(1000).transform(noNul)
const Minutes = z.number().int().min(1, 'at least one minute').max(525_600, 'at most a year')

/** What an approval gives: this call a number of times or for a time; or its tool for a time, under a condition. */
export const Give = z.strictObject({
  scope: z.enum(['call', 'tool']),
  minutes: Minutes.optional(),
  times: z.number().int().min(1, 'at least once').max(1000, 'at most 1000 times').optional(),
  when: z.string().trim().min(1).max(2000).transform(noNul).optional(),
})
export type Give = z.infer<typeof Give>

export const Vote = z.strictObject({
  reviewId: z.uuid(),
  verdict: z.enum(['approve', 'deny']),
  note: Note.optional(),
  give: Give.optional(),
})
export type Vote = z.input<typeof Vote>

/** Access before it is needed. */
export const AskAccess = z.strictObject({
  connection: z.string().min(1).max(100),
  tools: z.array(z.string().min(1).max(200)).min(1, 'name at least one tool').max(50, 'at most 50 tools at once'),
  minutes: Minutes,
  reason: z.string().trim().min(1, 'say why you need it').max(1000).transform(noNul),
})
export type AskAccess = z.input<typeof AskAccess>

/** The caller's own words. */
export const Reason = z.strictObject({
  reason: z.string().trim().min(1, 'say why you need it').max(1000).transform(noNul),
})
export type Reason = z.input<typeof Reason>

export const Mute = z.strictObject({ reviewId: z.uuid(), minutes: Minutes.max(10_080, 'at most a week') })
export type Mute = z.input<typeof Mute>

/** Other arguments, which this person would approve. */
export const Counter = z.strictObject({
  reviewId: z.uuid(),
  arguments: z.record(z.string(), z.json()),
  note: Note.optional(),
})
export type Counter = z.input<typeof Counter>

/** An administrator's half of breaking the glass: once, or for some minutes. */
export const BreakGlass = z.strictObject({
  reviewId: z.uuid(),
  why: z.string().trim().min(1, 'say what the emergency is').max(1000).transform(noNul),
  minutes: z
    .number()
    .int()
    .min(1, 'at least one minute')
    .max(glassMinutesMax, `at most ${glassMinutesMax} minutes`)
    .optional(),
})
export type BreakGlass = z.input<typeof BreakGlass>

export const WriteFinding = z.strictObject({
  reviewId: z.uuid(),
  finding: z.string().trim().min(1, 'write what you found').max(4000).transform(noNul),
})
export type WriteFinding = z.input<typeof WriteFinding>

export const isReviewId = (text: string): boolean => z.uuid().safeParse(text).success

export const ReviewFilter = z.object({
  state: z.enum(['pending', 'settled']).default('pending'),
  /** Of the settled ones: how they ended. */
  outcome: z.enum(['approved', 'denied', 'expired', 'cancelled']).optional(),
  id: z.uuid().optional(),
  /** Only the viewer's own. */
  mine: z.stringbool().optional(),
  search: z.string().trim().max(200).transform(noNul).optional(),
  /** The id of the last one on the page before. */
  after: z.uuid().optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(200),
})
export type ReviewFilter = z.infer<typeof ReviewFilter>

export type VoteView = {
  name: string
  verdict: 'approve' | 'deny'
  note: string | null
  at: string
  /** What an approval gives, when it is not the plain one. */
  give: Give | null
  /** Not an approval of somebody who is no approver any more, while the question waits. */
  counts: boolean
}

/** A review as one viewer may see it. */
export type ReviewView = {
  id: string
  kind: 'call' | 'access'
  /** With `access`. */
  wanted: { tools: string[]; minutes: number } | null
  facts: Pick<Call, 'sql' | 'http' | 'tool'>
  /** The question that this one is the counter-offer to. */
  offerOf: string | null
  state: ReviewState
  caller: { name: string; email: string | null; groups: string[] }
  client: { name: string; version: string }
  connection: string
  action: string
  resource: Resource
  /** JSON text. Whole for eligible approvers of a pending review, masked for everybody else. A list has its beginning only. */
  arguments: string
  /** What `_meta` held for the target beside the protocol's own; JSON text, whole or masked as the arguments are. */
  meta: string | null
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

/** What became of a question. */
export type AnswersView = Pick<
  ReviewView,
  'id' | 'state' | 'reason' | 'note' | 'createdAt' | 'expiresAt' | 'settledAt' | 'votes'
>

/** Another question, in short. `arguments` are masked. */
export type EarlierReview = {
  id: string
  state: ReviewState
  wanted: ReviewView['wanted']
  caller: string
  connection: string
  resource: Resource
  arguments: string
  createdAt: string
  settledAt: string | null
}

/** Broken glass that waits for somebody's look. */
export type BreakView = {
  id: string
  caller: string
  tools: string[]
  connection: string
  by: string[]
  brokenAt: string
  dueAt: string
  /** Due, and nobody has looked. */
  late: boolean
}

/** Of a question whose rules let administrators break the glass: who wants to, who did, and what was found afterwards. */
export type GlassView = {
  /** `counts`: not of somebody who is no administrator any more, while the question waits. */
  wanted: { name: string; why: string; minutes: number | null; at: string; counts: boolean }[]
  /** For how long at most. */
  minutesMax: number
  /** Whether this viewer may do their half now, and whether they may write what they found. */
  mayBreak: boolean
  mayFind: boolean
  broken: {
    at: string
    dueAt: string
    late: boolean
    finding: string | null
    finder: string | null
    foundAt: string | null
  } | null
}

export type ReviewDetail = ReviewView & {
  /** null where the glass cannot be broken. */
  glass: GlassView | null
  /** The last settled questions about the same tool of the same connection, newest first. */
  before: EarlierReview[]
  /** The last other questions of the same caller, newest first. */
  recent: EarlierReview[]
  /** As they were before they were opened for this viewer: what earlier ones are compared with. */
  argumentsMasked: string
  /** Until when the caller is muted. */
  mutedUntil: string | null
  /** JSON Schema of the tool's arguments, when it is known. */
  inputSchema: JsonObject | null
}
