import { z } from 'zod'
import type { Change } from '../policy/words'
import type { Effect, PolicyDocument, RuleRef } from '../types'

export type { Change } from '../policy/words'

/** PostgreSQL stores neither NUL nor half a surrogate pair, so a hash over either would not be that of what is stored. */
export function isStorable(text: string): boolean {
  return !/[\0\p{Cs}]/u.test(text)
}

const storableMessage = 'the message holds characters that cannot be stored'
const BasedOn = z.number().int().min(0).nullable()

export const Publish = z.strictObject({
  document: z.unknown(),
  message: z
    .string()
    .trim()
    .min(1, 'say in a few words what changes and why')
    .max(500)
    .refine(isStorable, storableMessage),
  /** The version the author started from; null publishes whatever came meanwhile. */
  basedOn: BasedOn,
})
export type Publish = z.infer<typeof Publish>

export const Restore = z.strictObject({
  message: z.string().trim().max(500).refine(isStorable, storableMessage).default(''),
  /** The newest version that was seen; null takes back whatever came meanwhile. */
  basedOn: BasedOn.default(null),
})
export type Restore = z.input<typeof Restore>

export type VersionView = {
  number: number
  author: string
  at: string
  message: string
  hash: string
  previousHash: string
  current: boolean
}

/** A draft as a form has it: a document that need not be right yet. */
export const Draft = z.strictObject({ document: z.unknown(), basedOn: BasedOn.default(null) })
export type Draft = z.infer<typeof Draft>

/** Something to look at before publishing; errors must be mended first. */
export type DraftProblem = {
  severity: 'error' | 'warning'
  message: string
  /** `roles.0.rules.2.when`; empty for the document as a whole. */
  path: string
  /** The same in words: "role `support`, rule `big-refund`, when". */
  place: string
  role: string | null
  rule: string | null
  mask: string | null
  /** Characters into the text at `path`, for a cursor. */
  offset: number | null
}

/** What somebody published since a draft was begun. */
export type Conflict = {
  version: number
  author: string
  at: string
  message: string
  /** What all versions since the draft's base say differently from it. */
  changes: Change[]
  /** Those of `changes` that are about something this draft changes too. */
  clashes: Change[]
}

export type DraftCheck = {
  /** The version in force, which `changes` compares with. */
  current: number
  /** With its defaults filled in; null while it has errors of form. */
  document: PolicyDocument | null
  changes: Change[]
  problems: DraftProblem[]
  conflict: Conflict | null
}

export const Preview = z.strictObject({ document: z.unknown(), days: z.number().int().min(1).max(90).default(30) })
export type Preview = z.input<typeof Preview>

/** How recorded calls would fare under a draft: denied and so on, or as before with less hidden in the reply. */
export type PreviewKind = 'denied' | 'reviewed' | 'allowed' | 'unmasked' | 'masked'

/** Recorded calls of one person to one tool that would go differently in one way. */
export type PreviewGroup = {
  kind: PreviewKind
  person: { id: string; name: string }
  connection: string
  action: string
  resource: string
  calls: number
  /** As it was decided then. */
  before: Effect
  /** As the version in force decides it; null where that cannot be told. */
  inForce: Effect | null
  after: Effect
  /** Publishing would change this; else it is so already under the version in force, and only was otherwise then. */
  isNew: boolean
  /** What decides under the draft. */
  rules: RuleRef[]
  /** With `unmasked` and `masked`: fields and detectors. */
  hidden: string[]
  /** The newest few. */
  examples: { entry: string; session: string | null; at: string }[]
}

export type PreviewResult = {
  from: string
  to: string
  /** The version in force that `isNew` is about. */
  inForce: number
  calls: number
  /** As they went, and as the version in force decides them. */
  same: number
  /** What is new first, the largest of it first. */
  groups: PreviewGroup[]
  /** Groups that are not listed, because there are too many. */
  more: number
  /** Calls of which the record no longer holds what a decision needs, by why. */
  cannotTell: { why: string; calls: number }[]
  tookMs: number
}

/** Lines of `POST /api/policy/preview` (NDJSON), the last of them the result. Ending the request ends the work. */
export type PreviewEvent =
  | { type: 'progress'; done: number; total: number }
  | ({ type: 'result' } & PreviewResult)
  | { type: 'error'; message: string }

export const UnusedQuery = z.object({ days: z.coerce.number().int().min(1).max(365).default(30) })
export type UnusedQuery = z.input<typeof UnusedQuery>

export type UnusedRole = {
  role: string
  /** People seen who have it; `idle` never used it. */
  people: number
  idle: { id: string; name: string }[]
  /** Allowed, in the catalog, and used by nobody. */
  tools: { connection: string; tool: string; rules: string[] }[]
  /** Allow and review rules that no call met. */
  rules: string[]
  /** Review rules that people always answer the same way. */
  always: { rule: string; verdict: 'approved' | 'denied'; times: number }[]
}
export type Unused = {
  days: number
  since: string
  calls: number
  roles: UnusedRole[]
  /** The policy in force without what nobody used, to open as a draft; null when nothing is unused. */
  draft: PolicyDocument | null
  basedOn: number
  changes: Change[]
}

/** What real tokens carried: claims to offer for members. Values of personal claims (`sub`, `email`, ...) are not offered. */
export type SeenClaim = { claim: string; values: { value: string; people: number }[] }
export type SeenPerson = { id: string; name: string; groups: string[] }
/** A field name seen in replies of these tools; never a value. */
export type SeenField = { field: string; tools: string[]; replies: number }
