import { createHash, createHmac } from 'node:crypto'
import canonicalize from 'canonicalize'
import type { Json, JsonObject, Resource, Rule } from '../types'

/** Everything that an approval is bound to; change any of them and it is another question. */
export type DigestParts = {
  principal: string
  connectionId: string
  targetHash: string
  action: string
  resource: Resource
  /** SHA-256 of the tool's definition, empty when it is not known. */
  toolHash: string
  /** `contentHash` of every review rule that matched; their order means nothing. */
  rules: string[]
  args: JsonObject
  /** Of `_meta`, what the target reads beside the protocol's own. */
  meta?: JsonObject | undefined
}

/** HMAC-SHA-256 (hex) over the canonical form (RFC 8785) of a call and the questions it raises. */
export function callDigest(key: Uint8Array, parts: DigestParts): string {
  const { principal, connectionId, targetHash, action, resource, toolHash, rules, args, meta } = parts
  const { type, id } = resource
  const bound = {
    principal,
    connectionId,
    targetHash,
    action,
    resource: { type, id },
    toolHash,
    rules: [...rules].sort(),
    // Only where there is some: what was approved before this was bound is approved still.
    ...(meta === undefined ? {} : { meta }),
  }
  return createHmac('sha256', key)
    .update(canonical({ ...bound, args }))
    .digest('hex')
}

/** SHA-256 (hex) of what a rule says, with the role it belongs to. An edit elsewhere in the policy changes nothing here. */
export const ruleContentHash = (role: string, rule: Rule): string =>
  createHash('sha256').update(canonical({ role, rule })).digest('hex')

/**
 * The canonical form of a JSON value (RFC 8785). JSON can carry half a surrogate pair and RFC 8785 cannot, so a value with
 * one is written with every text escaped, behind a mark that no canonical form begins with: no two values share a form.
 */
export function canonical(value: unknown): string {
  const whole = formOf(value)
  return whole ?? `!${formOf(escaped(value as Json))}`
}

function formOf(value: unknown): string | null {
  try {
    const text = canonicalize(value)
    if (text === undefined) throw new TypeError('there is no canonical form of undefined')
    return text
  } catch (error) {
    if ((error as Error).message.startsWith('Lone surrogate')) return null
    throw error
  }
}

function escaped(value: Json): Json {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(escaped)
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [JSON.stringify(key), escaped(inner)]))
}
