import type { JsonObject } from '../types'
import type { Masker } from './masker'
import { compileNeedles } from './needles'
import { walk } from './walk'
import { begin } from './work'

/** A call's own arguments as the record may keep them. What cannot be masked is not kept. */
export const maskArguments = (args: JsonObject, masker: Masker): JsonObject =>
  maskTogether([args], masker)[0] as JsonObject

/** The same of several parts of one message: what is hidden in one of them is hidden in all. */
export function maskTogether(parts: JsonObject[], masker: Masker): JsonObject[] {
  const work = begin(masker)
  try {
    const first = parts.map((part) => walk(part, 'data', null, work) as JsonObject)
    work.needles = compileNeedles(work.hidden, work.budget)
    work.keys.clear()
    return work.needles === null ? first : first.map((part) => walk(part, 'data', null, work) as JsonObject)
  } catch {
    return parts.map(() => ({ withheld: 'the arguments could not be masked' }))
  }
}
