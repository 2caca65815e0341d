import type { Json, JsonObject } from '../types'
import type { Message } from './messages'
import { methods } from './methods'

/** What the gateway decides by, cuts, seals or takes out of the parameters of methods that MCP has. */
const read = {
  params: index(
    ...['name', 'arguments', 'uri', 'ref', 'argument', 'context', 'task', 'taskId', 'notifications', 'cursor', '_meta'],
    ...['requestState', 'inputResponses', 'requestId', 'level', 'capabilities', 'clientInfo', 'protocolVersion'],
  ),
  ref: index('type', 'name', 'uri'),
  notifications: index('resourceSubscriptions', 'taskIds'),
}

/**
 * Why another reader could find something else in a message than what is decided on: some (Go's `encoding/json`, .NET's web
 * defaults) take a key in any case for the one they look for, some also with underscores, and often the last of several. Null when
 * none could. `args`: the arguments; two that differ in case only pass where `declared` (the properties of the tool) names both.
 * Below the arguments keys are data, and are left alone.
 */
export function misreadKey({ method, params }: Message, args: JsonObject, declared: JsonObject | null): string | null {
  if (!Object.hasOwn(methods, method)) return misreadArgument(params, null)
  return (
    misreadIn(params, read.params) ??
    misreadIn(params.ref, read.ref) ??
    misreadIn(params.notifications, read.notifications) ??
    misreadArgument(args, declared)
  )
}

/** The same of a tool's name that the target was never seen to list, beside one that it does. */
export function misreadName(name: string, known: Pick<Map<string, unknown>, 'has' | 'keys'>): string | null {
  if (known.has(name)) return null
  const folded = fold(name.trim())
  for (const other of known.keys()) if (fold(other) === folded) return problem(name, other)
  return null
}

function misreadIn(value: Json | undefined, known: Map<string, string>): string | null {
  if (typeof value !== 'object' || value === null) return null
  for (const key of Object.keys(value)) {
    const meant = known.get(loosely(key))
    if (meant !== undefined && meant !== key) return problem(key, meant)
  }
  return null
}

function misreadArgument(args: JsonObject, declared: JsonObject | null): string | null {
  const seen = new Map<string, string>()
  for (const key of Object.keys(args)) {
    if (declared !== null && Object.hasOwn(declared, key)) continue
    const folded = fold(key)
    const other = seen.get(folded) ?? Object.keys(declared ?? {}).find((name) => fold(name) === folded)
    if (other !== undefined) return problem(key, other)
    seen.set(folded, key)
  }
  return null
}

const problem = (key: string, meant: string): string =>
  `\`${key.slice(0, 60)}\` could be read as \`${meant.slice(0, 60)}\`; write it so, or leave it out`

/** Letters that are one in any case; with both ways some (the Kelvin sign, the long s) are only found so. */
function fold(key: string): string {
  return /^[a-z0-9_]*$/.test(key) ? key : key.toUpperCase().toLowerCase()
}

function loosely(key: string): string {
  return fold(key).replaceAll(/[_-]/g, '')
}

function index(...names: string[]): Map<string, string> {
  return new Map(names.map((name) => [loosely(name), name]))
}
