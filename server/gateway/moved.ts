import type { LiveConnection } from '../connections/current'
import { runtime } from '../runtime'
import type { Incoming } from './parse'

/**
 * What is not as it was when a call began to wait, in words for its caller: whether its token is good, where its connection leads,
 * or how its tool is described. Null: nothing, and the call goes on with the connection of this moment, its credential included.
 */
export function movedMeanwhile(incoming: Incoming): string | null {
  const { call, connection } = incoming
  const { exp } = call.principal.claims
  if (typeof exp === 'number' && exp * 1000 <= Date.now())
    return 'your token has expired meanwhile; call again with a new one'
  const now = runtime().connections.get(connection.name)
  if (now === null || now.id !== connection.id) return 'the connection was removed meanwhile'
  if (now.targetHash !== call.connection.targetHash) return 'the connection leads elsewhere by now; ask again'
  const { type, id } = call.resource
  if (type === 'tool' && (now.tools.get(id)?.hash ?? '') !== (call.toolHash ?? ''))
    return 'the tool is described otherwise by now; ask again'
  if (readingOf(now) !== readingOf(connection)) return 'the connection reads arguments otherwise by now; ask again'
  incoming.connection = now
  return null
}

/** What facts of a call are made by. */
const readingOf = ({ sql, http, schema }: LiveConnection): string => JSON.stringify([sql, http, schema])
