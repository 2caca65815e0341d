import { encodedRuns } from './encoded'
import { fold } from './fold'
import { detectorSpans, look, seen } from './look'
import type { Masker } from './masker'

// What is masked by more than what the text says.
const never = /"(?:blob|data|kty)"|notifications\/(?:progress|message)"/

/**
 * True when a scan of a message's JSON text proves that nothing in it can be masked, so that the original bytes may
 * pass. Linear, without parsing. With an escape other than `\n`, `\r`, `\t` and `\"` nothing is proved.
 */
export function clean(text: string, masker: Masker): boolean {
  if (text.length > masker.bytesMax || masker.options.sqlStateOnly) return false
  if (!masker.hasMasks) return masker.credentials === null || (!hasEscapes(text) && holdsNothing(text, masker))
  return !never.test(text) && !hasEscapes(text) && holdsNothing(text, masker)
}

function holdsNothing(text: string, masker: Masker): boolean {
  const signs = look(text)
  if (hasHit(text, signs, masker)) return false
  if (signs & seen.run && encodedRuns(text).length > 0) return false
  const view = signs & seen.fold ? fold(text) : null
  return view === null || !hasHit(view.text, look(view.text), masker)
}

function hasHit(text: string, signs: number, masker: Masker): boolean {
  const { detectors, credentials, fields } = masker
  if (fields.size > 0 && masker.mentions(text).length > 0) return true
  if (detectorSpans(text, signs, detectors).length > 0) return true
  return credentials !== null && credentials.find(text).length > 0
}

function hasEscapes(text: string): boolean {
  for (let at = text.indexOf('\\'); at !== -1; at = text.indexOf('\\', at + 2)) {
    const next = text[at + 1]
    if (next !== 'n' && next !== 'r' && next !== 't' && next !== '"') return true
  }
  return false
}
