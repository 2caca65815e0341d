import { storable } from '../db/storable'
import type { Json, JsonObject } from '../types'
import { Misfit } from './explain'

const bytesMax = 256 * 1024
const depthMax = 64
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
    if (isDeeper(definition, depthMax)) throw new Misfit(`the definition of ${shown} is nested too deeply`)
    const text = JSON.stringify(definition)
    if (text.length > bytesMax) throw new Misfit(`the definition of ${shown} is larger than ${bytesMax} characters`)
    if (unstorable.test(text)) throw new Misfit(`the definition of ${shown} holds characters that cannot be stored`)
  }
}

const isDeeper = (value: Json, levels: number): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1)))
