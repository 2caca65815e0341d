import { z } from 'zod'

export const EventFilter = z.object({
  search: z.string().trim().max(200).optional(),
  before: z.coerce.number().int().optional().catch(undefined),
  limit: z.coerce.number().int().min(1).max(500).default(100),
})
export type EventFilter = z.infer<typeof EventFilter>

export type AuditView = {
  seq: number
  at: string
  kind: string
  actor: string
  action: string
  connection: string
  resource: string
  /** JSON text. */
  body: string
  hash: string
}

export type RecordStatus = {
  entries: number
  chains: number
  /** The last time that all heads were signed together; null before the first. */
  signedAt: string | null
  publicKey: string | null
  /** The last check that somebody made; null before the first. */
  verified: { at: string; by: string; holds: boolean; upTo: string | null } | null
}

export type Finding = { where: string; problem: string }

/** What a verification of the record found; no findings: it holds. */
export type Report = {
  findings: Finding[]
  entries: number
  chains: number
  versions: number
  heads: number
  lastSignedAt: string | null
  /** Whose signatures counted: SPKI in base64. */
  keys: string[]
}
