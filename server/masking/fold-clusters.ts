import type { Found } from './fold'

/** Marks that make one character with the one before (Unicode, NFC), and the vowels of Korean syllables. */
export const isComposing = (code: number): boolean =>
  (code >= 0x300 && code <= 0x36f) ||
  (code >= 0x1161 && code <= 0x1175) ||
  (code >= 0x653 && code <= 0x655) ||
  code === 0x3099 ||
  code === 0x309a

const isFinal = (code: number): boolean => code >= 0x11a8 && code <= 0x11c2
const isLowSurrogate = (code: number): boolean => code >= 0xdc00 && code <= 0xdfff
const marksMax = 16

/** A decomposed character whose second part stands at `at`, as one; null where nothing comes of it. No further back than `from`. */
export function clusterAt(text: string, at: number, from: number): Found | null {
  const start = at - (at >= 2 && isLowSurrogate(text.charCodeAt(at - 1)) ? 2 : 1)
  if (start < from || isComposing(text.charCodeAt(start))) return null
  let end = at + 1
  while (
    end < text.length &&
    end - at < marksMax &&
    (isComposing(text.charCodeAt(end)) || isFinal(text.charCodeAt(end)))
  )
    end += 1
  const apart = text.slice(start, end)
  const composed = apart.normalize('NFKC')
  return composed.length < apart.length ? { start, piece: { text: composed, width: end - start } } : null
}
