import { z } from 'zod'
import type { HttpFacts, Outcome, RuleRef } from '../types'

const text = z.string().trim().max(200).optional()

/** The filter of the Sessions page, as it stands in the URL. */
export const SessionFilter = z.object({
  person: text,
  client: text,
  connection: text,
  tool: text,
  outcome: text,
  version: z.coerce.number().int().min(0).optional().catch(undefined),
  from: z.iso.datetime({ offset: true }).optional().catch(undefined),
  to: z.iso.datetime({ offset: true }).optional().catch(undefined),
  text,
  /** `lastAt|id` of the last one shown. */
  cursor: text,
  limit: z.coerce.number().int().min(1).max(500).default(100),
})
export type SessionFilter = z.infer<typeof SessionFilter>

export type OutcomeCounts = Partial<Record<Outcome, number>>

export type SessionRow = {
  id: string
  era: 'legacy' | 'modern'
  principal: string
  client: string
  connection: string
  startedAt: string
  lastAt: string
  calls: number
  outcomes: OutcomeCounts
  masked: number
}

export type SessionList = { sessions: SessionRow[]; next: string | null }
export type HourBucket = { at: string; outcomes: OutcomeCounts }

/** A request that was refused before it belonged to a session: it was no call yet, or for no connection of the caller's. */
export type RefusalRow = {
  id: string
  at: string
  principal: string
  connection: string
  action: string
  problem: string
}

export type StepDecision = {
  effect: string
  reason: string
  rules: RuleRef[]
  masks: string[]
  errors: string[]
  version: number
}

/** How many steps the session's page reads in one go. */
export const stepsAtOnce = 100

/** Which steps of a session: a part of them in their order, all or only those that ended in one way, or in which a text stands. */
export const StepFilter = z.object({
  only: text,
  text,
  offset: z.coerce.number().int().min(0).max(10_000_000).default(0),
  limit: z.coerce.number().int().min(1).max(500).default(stepsAtOnce),
})
export type StepFilter = z.infer<typeof StepFilter>

/** What the address of a session's page says: which steps, or the one to go to. */
export const StepLink = z.object({
  only: text.catch(undefined).transform((only) => only || undefined),
  text: text.catch(undefined).transform((words) => words || undefined),
  at: z.uuid().optional().catch(undefined),
})

/** One step of a session in a line: what was asked, and how it ended. */
export type StepRow = {
  id: string
  at: string
  action: string
  resource: string
  outcome: Outcome | ''
  masked: number
  ms: number | null
}
export type StepList = { total: number; steps: StepRow[] }

/** What passed while a call ran: said by the target, asked by it, or answered by its client. JSON text, masked. */
export type Meanwhile = { at: string; kind: 'said' | 'asked' | 'answered'; text: string }

/** One step of a session: what was asked, what was decided, what came back. */
export type Step = StepRow & {
  kind: string
  policyVersion: number
  decision: StepDecision | null
  /** The question that it waited for, or whose approval let it through. */
  reviewId: string | null
  /** What the caller was told beside the reason why not. */
  told: string | null
  /** JSON text, masked; only the start of it when it was `tooLong`. */
  request: string
  /** What `_meta` held for the target beside the protocol's own; JSON text, masked. */
  meta: string | null
  /** What the client answered to an earlier round; JSON text, masked. */
  answers: string | null
  /** Of arguments that were too long for the record: the length and SHA-256 (hex) of what there was. */
  tooLong: { bytes: number; sha256: string } | null
  /** What it did in HTTP terms, where its connection says so; null else, and where that was too long for the record. */
  http: HttpFacts | null
  meanwhile: Meanwhile[]
  /** JSON text, masked; null while there is no answer, and where nothing was answered. */
  reply: string | null
  /** The earlier call whose answer this one was told: its place among the steps of its session, from 1. */
  earlier: { sessionId: string; step: number } | null
  chain: string
  seq: number
  hash: string
}

export type SessionDetail = Omit<SessionRow, 'calls' | 'masked'> & { endedAt: string | null; protocolVersion: string }
