import type { Lapse } from '../policy/grants'
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
  /** Of exactly one call: the beginning of its arguments, masked. */
  arguments: string | null
  condition: string | null
  maxUses: number | null
  used: number
  createdAt: string
  endsAt: string
  revokedAt: string | null
  revokedBy: string | null
  /** Whether it may cover a call now. */
  live: boolean
  /** With time and uses left: why it covers nothing all the same. */
  lapse: Lapse | null
  mayRevoke: boolean
  /** Whether it is the viewer's own. */
  mine: boolean
  /** Who approved it. */
  approvers: string[]
}
