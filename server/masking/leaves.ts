import type { Json } from '../types'
import type { Kind } from './carriers'
import { isCard } from './detectors/credit-card'
import { detect, look } from './look'
import { redactNumber } from './redact'
import type { Cover, Span } from './spans'
import { stricter } from './spans'
import { maskText } from './text'
import { conceal, note, type Work } from './work'

/** A text under a masked field: hidden whole, in the strictest style of the field and of what detectors find in it. */
export function coverString(text: string, cover: Cover, work: Work): Json {
  if (text.trim() === '') return text
  const strictest = stricter(cover, work.masker.strictest) === cover ? cover : strictestIn(text, cover, work)
  const shown = conceal(work, text, strictest)
  return strictest.style === 'null' ? null : shown
}

function strictestIn(text: string, cover: Cover, work: Work): Cover {
  const found: Span[] = []
  detect(text, look(text), work.masker.detectors, found)
  return found.reduce<Cover>((so, span) => stricter(so, span.cover)!, cover)
}

export function coverBoolean(value: boolean, cover: Cover, work: Work): Json {
  note(work, String(value), cover)
  return cover.style === 'null' ? null : false
}

/** A number under a masked field, or one that a detector or another carrier hides; numbers stay numbers. */
export function maskNumber(value: Json, text: string, kind: Kind, cover: Cover | null, work: Work): Json {
  const hidden = cover !== null && kind !== 'schema' ? cover : kind === 'verbatim' ? null : numberCover(text, work)
  if (hidden === null) return value
  note(work, text, hidden)
  return hidden.style === 'null' ? null : redactNumber(text, hidden.style, work.masker.key)
}

/** Below this a number alone is neither a card nor sure to be what another carrier hides. */
export const numberMin = 10_000
const wholeNumber = /^\d{13,}$/

function numberCover(text: string, work: Work): Cover | null {
  if (work.needles !== null) return work.needles.exact(text)
  const credential = work.masker.credentials?.exact(text) ?? null
  if (!wholeNumber.test(text) || !isCard(text)) return credential
  return stricter(credential, work.masker.detectors.find((detector) => detector.name === 'credit_card')?.cover ?? null)
}

const plainKey = /^[\p{L}_$@][\p{L}\p{N}_$.@-]{0,63}$/u
const keysMax = 4096

/** A key can be a value too: of a detector, of another carrier, or below a masked field when it is no plain name. */
export function coverKey(key: string, cover: Cover | null, work: Work): string {
  if (cover !== null && key !== '' && !plainKey.test(key)) return conceal(work, key, cover) || '[masked]'
  const known = work.keys.get(key)
  if (known !== undefined) return known
  const masked = maskText(key, work, plainKey.test(key) ? 'name' : 'full')
  const name = masked === '' && key !== '' ? '[masked]' : masked
  if (work.keys.size < keysMax && name === key) work.keys.set(key, name)
  return name
}
