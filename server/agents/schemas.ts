import { z } from 'zod'

const AgentName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'lower-case letters, digits and hyphens, beginning with a letter or digit')

export const AgentId = z.uuid('there is no such agent')

export const CreateAgent = z.strictObject({ name: AgentName })
export type CreateAgent = z.infer<typeof CreateAgent>

/** What the agent program sends when it exchanges its one-time token. */
export const EnrolAgent = z.strictObject({
  token: z.string().regex(/^spa_[\w-]{43}$/, 'this is not a one-time token'),
  /** Ed25519, SPKI in base64. */
  publicKey: z.base64().max(200),
})
export type EnrolAgent = z.infer<typeof EnrolAgent>

/** Shown once; only its hash is kept. */
export type OneTimeToken = { id: string; name: string; token: string; expiresAt: string }

/**
 * - `waiting`: never enrolled; its token is good until `tokenEndsAt`, or needs to be renewed when that is null
 * - `enrolled`: has a key
 * - `revoked`: its key is worth nothing
 */
export type AgentState = 'waiting' | 'enrolled' | 'revoked'

export type AgentView = {
  id: string
  name: string
  state: AgentState
  online: boolean
  /** How many of the gateway's instances it is connected to. */
  instances: { connected: number; all: number }
  version: string | null
  /** What its own config offers; it serves those that a connection names. */
  targets: string[]
  /** The connections that stop working when it is revoked. */
  connections: { name: string; target: string }[]
  inFlight: number
  lastSeenAt: string | null
  tokenEndsAt: string | null
  createdAt: string
}
