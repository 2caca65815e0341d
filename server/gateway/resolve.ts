import type { LiveConnection } from '../connections/current'
import { visible } from '../policy/decide'
import { runtime } from '../runtime'
import type { Principal } from '../types'

/** The connection behind a slug; null when there is none, or none that this caller may know of. */
export function resolve(slug: string, principal: Principal): LiveConnection | null {
  const { connections, policy } = runtime()
  const connection = connections.get(slug)
  if (connection === null || !visible(policy.current(), principal, connection.name)) return null
  return connection
}
