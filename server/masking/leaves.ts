import type { Json } from '../types'
import type { Kind } from './carriers'
import { isCard } from './detectors/credit-card'
import { detectorSpans, look } from './look'
import { redact, redactNumber } from './redact'
import type { Cover } from './spans'
import { stricter } from './spans'
import { maskText } from './text'
import { note, type Work } from './work'

/** A text under a masked field: hidden whole, in the strictest style of the field and of what detectors find in it. */
export function coverString(text: string, cover: Cover, work: Work): Json {
  if (text.trim() === '') return text
  const found = detectorSpans(text, look(text), work.masker.detectors)
  const strictest = found.reduce<Cover>((so, span) => stricter(so, span.cover)!, cover)
  note(work, text, strictest)
  return strictest.style === 'null' ? null : redact(text, strictest.style, work.masker.key)
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

const sharedMin = 6
const cardMin = 13

function numberCover(text: string, work: Work): Cover | null {
  if (text.length < sharedMin) return null
  if (work.needles !== null) return work.needles.exact(text)
  const credential = work.masker.credentials?.exact(text) ?? null
  if (text.length < cardMin || !isCard(text)) return credential
  return stricter(credential, work.masker.detectors.find((detector) => detector.name === 'credit_card')?.cover ?? null)
}

const plainKey = /^[\p{L}_$@][\p{L}\p{N}_$.:@-]{0,63}$/u

/** A key can be a value too: of a detector, of another carrier, or below a masked field when it is no plain name. */
export function coverKey(key: string, cover: Cover | null, work: Work): string {
  if (cover !== null && !plainKey.test(key) && key !== '') {
    note(work, key, cover)
    return redact(key, cover.style, work.masker.key) || '[masked]'
  }
  const masked = maskText(key, work, plainKey.test(key) ? 'word' : 'plain')
  return masked === '' && key !== '' ? '[masked]' : masked
}
