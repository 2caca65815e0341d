import { isReadableMeta } from '../mcp/meta'
import { unmirrored } from '../mcp/param-headers'
import type { Incoming } from './parse'

/** What an approver is shown of a call, by method. Of a method of an extension all parameters are its arguments. */
const shown: Record<string, string[]> = {
  'tools/call': ['name', 'arguments', 'task'],
  'prompts/get': ['name', 'arguments'],
  'resources/read': ['uri'],
  'resources/subscribe': ['uri'],
  'resources/unsubscribe': ['uri'],
  'completion/complete': ['ref'],
}
/** What is shown key by key, or stays behind (mcp/meta.ts), and the state that a target gave and we sealed. */
const harmless = ['_meta', 'requestState']

/**
 * The parameter or header that goes to the target and that nobody who approves a call would see; null when there is none. What answers a
 * question of the target belongs to the execution that was approved, and is none without one.
 */
export function unshown({ message, begun, continued, call, connection, headers }: Incoming): string | null {
  const known = shown[message.method]
  if (known === undefined || begun) return null
  if (!isReadableMeta(message.params)) return '_meta'
  const answers = continued?.granted === true ? ['inputResponses'] : []
  const seen = [...known, ...harmless, ...answers]
  const hidden = Object.keys(message.params).find((key) => !seen.includes(key))
  return hidden ?? unmirrored(headers, connection.tools.get(call.resource.id)?.inputSchema ?? null)
}
