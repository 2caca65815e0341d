import { createHash } from 'node:crypto'
import { isExactNumber } from '../masking/exact'
import { canonical } from '../policy/digest'
import type { Json, JsonObject } from '../types'

/**
 * SHA-256 (hex) over the whole definition (RFC 8785): an approval is for the tool as it was described. A number that no double
 * holds counts with each of its digits, behind a mark that no canonical form begins with: RFC 8785 would round it.
 */
export const toolHash = (definition: JsonObject): string =>
  sha256(holdsExact(definition) ? `#${canonical(digits(definition, JSON.stringify))}` : canonical(definition))

/** As it is kept and shown: a number that JSON would round on its way is a text of its digits. */
export const keptDefinition = (definition: JsonObject): JsonObject =>
  holdsExact(definition) ? (digits(definition, (text) => text) as JsonObject) : definition

const holdsExact = (value: Json): boolean =>
  typeof value === 'object' && value !== null && (isExactNumber(value) || Object.values(value).some(holdsExact))

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** `texts`: how other texts are written, so that none looks like a number. */
function digits(value: Json, texts: (text: string) => string): Json {
  if (typeof value === 'string') return texts(value)
  if (typeof value !== 'object' || value === null) return value
  if (isExactNumber(value)) return value.text
  if (Array.isArray(value)) return value.map((one) => digits(one, texts))
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, digits(inner, texts)]))
}
