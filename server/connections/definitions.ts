import { storable } from '../db/storable'
import type { Json, JsonObject } from '../types'
import { Misfit } from './explain'

const bytesMax = 256 * 1024
const depthMax = 64
/** Each takes microseconds to hash, and 256 KB can be made of 87,000. */
const valuesMax = 20_000
/** MCP 2025-11-25 asks for 128 at most; an index of PostgreSQL cannot hold every longer one. */
const nameMax = 256
// JSON.stringify writes nothing else as an escape of four digits that PostgreSQL cannot keep.
const unstorable = /(?:^|[^\\])(?:\\\\)*\\u(?:0000|d[89a-f][0-9a-f]{2})/

/** Throws a Misfit that names the tool whose definition cannot be kept as it is. */
export function checkDefinitions(definitions: JsonObject[]): void {
  const seen = new Set<string>()
  for (const definition of definitions) {
    const name = String(definition.name)
    const shown = `\`${storable(name).slice(0, 100)}\``
    if (seen.has(name)) throw new Misfit(`the target lists the tool ${shown} twice`)
    seen.add(name)
    const problem = definitionProblem(definition)
    if (problem !== null) throw new Misfit(`the definition of ${shown} ${problem}`)
  }
}

/** Why a definition cannot be kept as it is, to stand behind its name; null when it can. */
export function definitionProblem(definition: JsonObject): string | null {
  const shape = shapeProblem(definition)
  if (shape !== null) return shape
  const text = JSON.stringify(definition)
  if (text.length > bytesMax) return `is larger than ${bytesMax} characters`
  if (String(definition.name).length > nameMax) return `has a name of more than ${nameMax} characters`
  return unstorable.test(text) ? 'holds characters that cannot be stored' : null
}

/** Whether a tool can be kept under its name, so that an administrator can decide on it. */
export const isKeepable = (name: string): boolean => name.length <= nameMax && storable(name) === name

/** The same of its shape alone, in time that does not grow with it. */
export function shapeProblem(definition: JsonObject): string | null {
  const left = { values: valuesMax }
  if (isDeeper(definition, depthMax, left)) return 'is nested too deeply'
  return left.values < 0 ? `holds more than ${valuesMax} values` : null
}

function isDeeper(value: Json, levels: number, left: { values: number }): boolean {
  left.values -= 1
  if (typeof value !== 'object' || value === null) return false
  if (levels === 0) return true
  const inner = Array.isArray(value) ? value : Object.values(value)
  // By hand: it stops in the middle of what is huge.
  for (let n = 0; n < inner.length && left.values >= 0; n += 1)
    if (isDeeper(inner[n] as Json, levels - 1, left)) return true
  return false
}
