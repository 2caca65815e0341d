import { look, seen } from './look'
import type { Masker } from './masker'

/**
 * True when a scan of the raw JSON text proves that nothing in it can be masked, so that the original bytes may pass.
 * Any escape but `\n`, `\r`, `\t`, `\"` and `\\`-free text counts as not clean.
 */
export function clean(text: string, masker: Masker): boolean {
  if (text.length > masker.bytesMax) return false
  if (!masker.hasMasks && masker.credentials === null) return true
  const signs = look(text)
  if (signs & (seen.fold | seen.at | seen.manyDigits | seen.run)) return false
  if (masker.fields.size > 0) return false
  return masker.credentials === null || masker.credentials.find(text).length === 0
}
