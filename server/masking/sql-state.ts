import type { Json, JsonObject } from '../types'

// PostgreSQL, appendix A: the classes of SQLSTATE.
const classes =
  '00 01 02 03 08 09 0A 0B 0F 0L 0P 0Z 10 20 21 22 23 24 25 26 27 28 2B 2D 2F 34 38 39 3B 3D 3F 40 42 44 53 54 55 57 58 72 F0 HV HY P0 XX'
const known = new Set(classes.split(' '))
const labelled = /(?:sqlstate|code|error)["']?[\s:=([]{0,4}["']?([0-9A-Z]{5})(?![0-9A-Za-z])/gi

/** An error that says no more than its SQLSTATE (ISO/IEC 9075): its text may quote values of a masked column. */
export function sqlStateOnly(message: JsonObject): JsonObject {
  const { error, result } = message
  if (isObject(error)) return { ...message, error: { code: error.code ?? -32000, message: failure(error) } }
  if (!isObject(result) || result.isError !== true) return message
  const { resultType } = result
  const content = [{ type: 'text', text: failure(result) }]
  return { ...message, result: { ...(resultType === undefined ? {} : { resultType }), content, isError: true } }
}

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function failure(said: JsonObject): string {
  for (const [, state] of JSON.stringify(said).replace(/\\+"/g, '"').matchAll(labelled))
    if (known.has(state!.slice(0, 2).toUpperCase())) return `the statement failed with SQLSTATE ${state!.toUpperCase()}`
  return 'the statement failed'
}
