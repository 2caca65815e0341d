import type { Resource } from '../types'

export type GrantView = {
  id: string
  reviewId: string
  principal: string
  connection: string
  action: string
  resource: Resource
  /** Exactly one call, or any call of the resource. */
  exact: boolean
  condition: string | null
  maxUses: number | null
  used: number
  createdAt: string
  endsAt: string
  revokedAt: string | null
  revokedBy: string | null
  live: boolean
  mayRevoke: boolean
  /** Whether it is the viewer's own. */
  mine: boolean
  /** Who approved it. */
  approvers: string[]
}
