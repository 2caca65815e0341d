import { RE2JS } from 're2js'
import type { Json, JsonObject } from '../types'
import { isExactNumber } from './exact'

const depthMax = 64

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !isExactNumber(value)

/**
 * Masked structured content that still satisfies the tool's output schema (JSON Schema 2020-12): where a replaced value
 * breaks the schema, another that says nothing takes its place. What was not masked is not touched.
 */
export function satisfy(masked: Json, original: Json, schema: JsonObject): Json {
  return fitted(masked, original, schema, schema, 0)
}

function fitted(masked: Json, original: Json, schema: Json | undefined, root: JsonObject, depth: number): Json {
  if (masked === original || depth > depthMax) return masked
  const options = alternatives(schema, root, 0)
  if (Array.isArray(masked) && Array.isArray(original))
    return masked.map((item, i) => fitted(item, original[i] ?? null, itemSchema(options, i), root, depth + 1))
  if (isObject(masked) && isObject(original)) {
    const entries = Object.entries(masked).map(([key, value]) => {
      const before = Object.hasOwn(original, key) ? original[key]! : null
      return [key, fitted(value, before, memberSchema(options, key), root, depth + 1)] as const
    })
    return Object.fromEntries(entries)
  }
  if (options.length === 0 || options.some((option) => allows(option, masked))) return masked
  for (const option of options) {
    const instead = substitutes(option, original).find((value) => allows(option, value))
    if (instead !== undefined) return instead
  }
  return emptyLike(original)
}

/** The schemas of which one must hold: references followed, `anyOf`, `oneOf` and `allOf` spread out. */
function alternatives(schema: Json | undefined, root: JsonObject, depth: number): JsonObject[] {
  if (!isObject(schema) || depth > 8) return []
  const { $ref, anyOf, oneOf, allOf, ...rest } = schema
  if (typeof $ref === 'string') return alternatives(pointed(root, $ref), root, depth + 1)
  const choices = [anyOf, oneOf].find(Array.isArray) as Json[] | undefined
  if (choices !== undefined)
    return choices.flatMap((choice) => alternatives(choice, root, depth + 1)).map((choice) => ({ ...rest, ...choice }))
  if (!Array.isArray(allOf)) return [rest]
  return [Object.assign({}, rest, ...allOf.flatMap((part) => alternatives(part, root, depth + 1))) as JsonObject]
}

/** A JSON Pointer (RFC 6901) within the schema; other documents are not fetched. */
function pointed(root: JsonObject, reference: string): Json | undefined {
  if (!reference.startsWith('#')) return undefined
  let at: Json | undefined = root
  for (const part of reference.slice(1).split('/').slice(1)) {
    const key = part.replace(/~1/g, '/').replace(/~0/g, '~')
    at = isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined
  }
  return at
}

function itemSchema(options: JsonObject[], index: number): Json | undefined {
  for (const { prefixItems, items } of options) {
    if (Array.isArray(prefixItems) && index < prefixItems.length) return prefixItems[index]
    if (isObject(items)) return items
  }
  return undefined
}

function memberSchema(options: JsonObject[], key: string): Json | undefined {
  for (const { properties, additionalProperties } of options) {
    if (isObject(properties) && Object.hasOwn(properties, key)) return properties[key]
    if (isObject(additionalProperties)) return additionalProperties
  }
  return undefined
}

/** Values that say nothing about the original but its type, most telling first. */
function substitutes(schema: JsonObject, original: Json): Json[] {
  const fixed = [
    ...(schema.const === undefined ? [] : [schema.const]),
    ...(Array.isArray(schema.enum) ? schema.enum : []),
  ]
  const limits = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'].flatMap((key) => {
    const limit = schema[key]
    return typeof limit === 'number' ? [...near(limit), ...near(limit, schema.multipleOf)] : []
  })
  const format = typeof schema.format === 'string' ? formats[schema.format] : undefined
  const lengths = [schema.minLength, schema.maxLength].filter((length) => typeof length === 'number')
  const texts = [
    ...(format === undefined ? [] : [format]),
    '',
    ...lengths.map((length) => '*'.repeat(Math.min(length, 4096))),
  ]
  const shape = typeof schema.pattern === 'string' && typeof original === 'string' ? [shapeOf(original)] : []
  return [...fixed, null, ...texts, ...shape, 0, ...limits, false, [], {}]
}

/** Numbers at a limit, or the multiples of a step around it. */
function near(limit: number, step: Json | undefined = 1): number[] {
  if (typeof step !== 'number' || step <= 0) return []
  const [up, down] = [Math.ceil(limit / step) * step, Math.floor(limit / step) * step]
  return [...(step === 1 ? [limit, limit + 1, limit - 1] : []), up, down, up + step, down - step]
}

/** What a pattern fixes anyway: digits become 0, letters x. */
const shapeOf = (text: string): string =>
  text
    .replace(/\p{Lu}/gu, 'X')
    .replace(/\p{Ll}/gu, 'x')
    .replace(/\p{Nd}/gu, '0')

const formats: Record<string, string> = {
  email: 'masked@masked.invalid',
  'idn-email': 'masked@masked.invalid',
  date: '1970-01-01',
  'date-time': '1970-01-01T00:00:00Z',
  time: '00:00:00Z',
  duration: 'PT0S',
  uuid: '00000000-0000-0000-0000-000000000000',
  uri: 'masked:nothing',
  'uri-reference': 'masked',
  iri: 'masked:nothing',
  'iri-reference': 'masked',
  'uri-template': 'masked',
  'idn-hostname': 'masked.invalid',
  'json-pointer': '',
  'relative-json-pointer': '0',
  regex: 'masked',
  hostname: 'masked.invalid',
  ipv4: '0.0.0.0',
  ipv6: '::',
}

function emptyLike(original: Json): Json {
  if (typeof original === 'string') return ''
  if (typeof original === 'number' || isExactNumber(original)) return 0
  return typeof original === 'boolean' ? false : null
}

/** The keywords that a single value can break. A pattern that RE2 cannot read counts as broken. */
function allows(schema: JsonObject, value: Json): boolean {
  if (!isType(schema.type, value)) return false
  if (schema.const !== undefined && schema.const !== value) return false
  if (Array.isArray(schema.enum) && !schema.enum.includes(value)) return false
  if (typeof value === 'string') return allowsText(schema, value)
  return typeof value !== 'number' || allowsNumber(schema, value)
}

function isType(type: Json | undefined, value: Json): boolean {
  if (Array.isArray(type)) return type.some((one) => isType(one, value))
  switch (type) {
    case 'null':
      return value === null
    case 'integer':
      return Number.isInteger(value)
    case 'array':
      return Array.isArray(value)
    case 'object':
      return isObject(value)
    case 'string':
    case 'number':
    case 'boolean':
      return typeof value === type
    default:
      return true
  }
}

function allowsText(schema: JsonObject, value: string): boolean {
  const length = [...value].length
  if (typeof schema.minLength === 'number' && length < schema.minLength) return false
  if (typeof schema.maxLength === 'number' && length > schema.maxLength) return false
  if (typeof schema.format === 'string' && formats[schema.format] !== undefined && formats[schema.format] !== value)
    return false
  return typeof schema.pattern !== 'string' || matches(schema.pattern, value)
}

function matches(pattern: string, value: string): boolean {
  try {
    return RE2JS.compile(pattern).matcher(value).find()
  } catch {
    return false
  }
}

function allowsNumber(schema: JsonObject, value: number): boolean {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema
  if (typeof minimum === 'number' && value < minimum) return false
  if (typeof maximum === 'number' && value > maximum) return false
  if (typeof exclusiveMinimum === 'number' && value <= exclusiveMinimum) return false
  if (typeof exclusiveMaximum === 'number' && value >= exclusiveMaximum) return false
  return typeof multipleOf !== 'number' || multipleOf === 0 || Number.isInteger(value / multipleOf)
}
