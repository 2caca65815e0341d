import { encodedRuns } from './encoded'
import { fold } from './fold'
import { detect, look, seen } from './look'
import type { Masker } from './masker'
import type { Span } from './spans'

// What is masked by more than what the text says.
const never = /"(?:blob|data|kty)"|notifications\/(?:progress|message)"/

const probeLength = 16_384

/**
 * True when a scan of a message's JSON text proves that nothing in it can be masked, so that the original bytes may
 * pass. Linear, without parsing. With an escape other than `\n`, `\r`, `\t` and `\"` nothing is proved.
 */
export function clean(text: string, masker: Masker): boolean {
  if (text.length > masker.bytesMax || masker.options.sqlStateOnly) return false
  if (!masker.hasMasks && masker.credentials === null) return true
  if (masker.hasMasks && never.test(text)) return false
  // Where the beginning has something to hide, the rest need not be proved to have nothing.
  const start = text.slice(0, probeLength)
  if (text.length > probeLength && hasHit(start, look(start), masker)) return false
  const plain = withoutEscapes(text)
  if (plain === null) return false
  const signs = look(plain)
  if (hasHit(plain, signs, masker)) return false
  if (signs & seen.run && encodedRuns(plain).length > 0) return false
  return !(signs & seen.fold) || !foldedHasHit(plain, masker)
}

/** What grows too much when it is folded proves nothing. */
function foldedHasHit(plain: string, masker: Masker): boolean {
  try {
    const view = fold(plain)
    return view !== null && hasHit(view.text, look(view.text), masker)
  } catch (error) {
    if ((error as { code?: unknown }).code === 'too-much') return true
    throw error
  }
}

function hasHit(text: string, signs: number, masker: Masker): boolean {
  const { detectors, credentials, fields } = masker
  if (fields.size > 0 && masker.mentions(text).length > 0) return true
  const spans: Span[] = []
  detect(text, signs, detectors, spans)
  credentials?.find(text, signs, spans, false)
  return spans.length > 0
}

const simpleEscape = /\\[nrt"]/g

/** With spaces in place of simple escapes; null when there are others. */
function withoutEscapes(text: string): string | null {
  if (!text.includes('\\')) return text
  const plain = text.replace(simpleEscape, '  ')
  return plain.includes('\\') ? null : plain
}
