import type { JsonObject } from '../types'
import type { Masker } from './masker'
import { compileNeedles } from './needles'
import { walk } from './walk'
import { begin } from './work'

/** A call's own arguments as the record may keep them. What cannot be masked is not kept. */
export function maskArguments(args: JsonObject, masker: Masker): JsonObject {
  const work = begin(masker)
  try {
    const first = walk(args, 'data', null, work) as JsonObject
    work.needles = compileNeedles(work.hidden, work.budget)
    work.keys.clear()
    return work.needles === null ? first : (walk(first, 'data', null, work) as JsonObject)
  } catch {
    return { withheld: 'the arguments could not be masked' }
  }
}
