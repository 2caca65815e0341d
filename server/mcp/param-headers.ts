import type { Json, JsonObject } from '../types'
import { codes, type Malformed } from './errors'
import { decodeHeader, type RequestHeaders } from './headers'

type Mirrored = { header: string; path: string[] }

/**
 * Checks `Mcp-Param-*` against the arguments that a tool's input schema mirrors with `x-mcp-header` (MCP 2026-07-28, transports,
 * custom headers): who processes the body must reject a mismatch with 400 and -32020. Headers that no property mirrors are not
 * looked at. `isWhole`: the schema is surely the one the client knows, so that a header that is missing is one too.
 */
export function paramMismatch(
  headers: RequestHeaders,
  inputSchema: JsonObject | null,
  args: JsonObject,
  isWhole: boolean,
): Malformed | null {
  for (const { header, path } of mirroredBy(inputSchema)) {
    const given = headers.get(header)
    const argument = at(args, path)
    const refuse = (how: string): Malformed => ({
      status: 400,
      code: codes.headerMismatch,
      message: `the header \`${header}\` ${how}`,
    })
    if (given !== null && !says(decodeHeader(given), argument)) return refuse('is not what the body says')
    if (given === null && isWhole && isPlain(argument)) return refuse('is missing')
  }
  return null
}

/** A header of this kind that no property mirrors, so that it says what no argument does; null when there is none. */
export function unmirrored(headers: Record<string, string>, inputSchema: JsonObject | null): string | null {
  const mirrored = new Set(mirroredBy(inputSchema).map(({ header }) => header))
  return Object.keys(headers).find((name) => name.startsWith(prefix) && !mirrored.has(name)) ?? null
}

const known = new WeakMap<JsonObject, Mirrored[]>()
const prefix = 'mcp-param-'
const depthMax = 16

/** Only what `properties` lead to counts, and only under a name that a header can have (RFC 9110, section 5.1). */
function mirroredBy(inputSchema: JsonObject | null): Mirrored[] {
  if (inputSchema === null) return []
  const found = known.get(inputSchema) ?? inside(inputSchema, [])
  known.set(inputSchema, found)
  return found
}

function inside({ properties }: JsonObject, path: string[]): Mirrored[] {
  if (!isObject(properties) || path.length >= depthMax) return []
  return Object.entries(properties).flatMap(([key, schema]) => {
    if (!isObject(schema)) return []
    const name = schema['x-mcp-header']
    const here = [...path, key]
    const isName = typeof name === 'string' && /^[!#$%&'*+.^_`|~\w-]{1,100}$/.test(name)
    return [...(isName ? [{ header: prefix + name.toLowerCase(), path: here }] : []), ...inside(schema, here)]
  })
}

const at = (args: JsonObject, path: string[]): Json | undefined =>
  path.reduce<Json | undefined>((so, key) => (isObject(so) && Object.hasOwn(so, key) ? so[key] : undefined), args)

const isPlain = (value: Json | undefined): boolean => ['string', 'number', 'boolean'].includes(typeof value)

/** A number is compared as one: 42.0 and 42 agree. */
function says(header: string | null, argument: Json | undefined): boolean {
  if (header === null || !isPlain(argument)) return false
  if (typeof argument === 'number' && /^-?\d{1,30}(\.\d{1,30})?$/.test(header)) return Number(header) === argument
  return header === String(argument)
}

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
