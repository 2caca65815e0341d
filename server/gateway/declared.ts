import { metaKeys } from '../mcp/revisions'
import type { JsonObject } from '../types'
import type { Incoming } from './parse'

/** What the client said it can do, as far as waiting for a person is concerned. Never trusted to widen access. */
export type Declared = {
  /** It opens an address for its person (MCP 2025-11-25 and later, URL mode elicitation). */
  url: boolean
  /** It asks its person to fill in a form. */
  form: boolean
  /** It takes a task for an answer (extension, 2026-07-28). */
  tasks: boolean
  progressToken: string | number | null
}

export function declaredBy({ era, message, conversation }: Incoming): Declared {
  const meta = message.params._meta as JsonObject | undefined
  const capabilities = (era === 'modern' ? meta?.[metaKeys.clientCapabilities] : conversation.capabilities) as
    | JsonObject
    | undefined
  const elicitation = objectAt(capabilities, 'elicitation')
  const token = meta?.progressToken
  const extensions = era === 'modern' ? objectAt(capabilities, 'extensions') : null
  return {
    url: objectAt(elicitation, 'url') !== null,
    // An empty declaration means forms (MCP 2025-11-25, elicitation, capabilities).
    form: elicitation !== null && (objectAt(elicitation, 'form') !== null || objectAt(elicitation, 'url') === null),
    tasks: objectAt(extensions, 'io.modelcontextprotocol/tasks') !== null,
    progressToken: typeof token === 'string' || typeof token === 'number' ? token : null,
  }
}

function objectAt(object: JsonObject | null | undefined, name: string): JsonObject | null {
  const value = object?.[name]
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null
}

const reasonKey = 'io.sallyport/reason'
const reasonCharsMax = 1000

/** Why the caller wants it, in its own words: with the call, or in the form it was asked to fill in. */
export function reasonOf({ message, round }: Incoming): string | null {
  const given = (message.params._meta as JsonObject | undefined)?.[reasonKey]
  const answer = objectAt(round?.answers, 'reason')
  const filled = answer?.action === 'accept' ? objectAt(answer, 'content')?.reason : undefined
  const reason = typeof given === 'string' ? given : filled
  return typeof reason === 'string' && reason.trim() !== '' ? reason.trim().slice(0, reasonCharsMax) : null
}
