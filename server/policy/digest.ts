import { createHash, createHmac } from 'node:crypto'
import canonicalize from 'canonicalize'
import type { JsonObject, Resource, Rule } from '../types'

/** Everything that an approval is bound to; change any of them and it is another question. */
export type DigestParts = {
  principal: string
  connectionId: string
  targetHash: string
  action: string
  resource: Resource
  /** SHA-256 of the tool's definition, empty when it is not known. */
  toolHash: string
  /** `contentHash` of every review rule that matched, sorted. */
  rules: string[]
  args: JsonObject
}

/** HMAC-SHA-256 (hex) over the RFC 8785 form. Throws on text that is not valid Unicode. */
export const callDigest = (key: Uint8Array, parts: DigestParts): string =>
  createHmac('sha256', key).update(canonical(parts)).digest('hex')

/** SHA-256 (hex) of what a rule says, with the role it belongs to. */
export const ruleContentHash = (role: string, rule: Rule): string =>
  createHash('sha256').update(canonical({ role, rule })).digest('hex')

/** The RFC 8785 form of any JSON value. */
export function canonical(value: unknown): string {
  const text = canonicalize(value)
  if (text === undefined) throw new TypeError('there is no canonical form of undefined')
  return text
}
