import type { Json } from '../types'
import { maskBlob } from './blob-text'
import type { Kind } from './carriers'
import { isCard } from './detectors/credit-card'
import { digitsOf } from './digits'
import { detect, look } from './look'
import { redactNumber } from './redact'
import type { Cover, Span } from './spans'
import { stricter } from './spans'
import { maskText } from './text'
import { conceal, note, pay, type Work } from './work'

/** A text that no key hides, as what stands there demands. */
export function maskString(text: string, kind: Kind, work: Work): Json {
  if (work.openKey > 0) return goOnWithKey(text, kind, work)
  switch (kind) {
    case 'verbatim':
      return text
    case 'state':
      return work.masker.options.stateIsSealed ? text : maskText(text, work, 'word')
    case 'envelope':
      return maskText(text, work, 'word')
    case 'plain':
    case 'schema':
      return maskText(text, work, 'plain')
    case 'uri':
      return maskText(text, work, 'uri')
    case 'blob':
      return maskBlob(text, work)
    case 'data':
      return emptied(text, maskText(text, work))
    default:
      return maskText(text, work)
  }
}

/** In data, a text of which nothing is left is null, as a masked field is. */
const emptied = (text: string, masked: string): Json => (masked === '' && text !== '' ? null : masked)

const keyBody = /^[A-Za-z0-9+/=:,\-\s\\]*$/
const keyBodyMin = 8

/** A private key that one text began can go on in the next: lines in an array, blocks of content. */
function goOnWithKey(text: string, kind: Kind, work: Work): Json {
  const goesOn = text.length >= keyBodyMin && keyBody.test(text) && kind !== 'envelope' && kind !== 'verbatim'
  const open = work.openKey - 1
  work.openKey = 0
  if (!goesOn) {
    const masked = maskString(text, kind, work)
    work.openKey = Math.max(work.openKey, open)
    return masked
  }
  const cover = work.masker.detectors.find((detector) => detector.name === 'private_key')!.cover
  work.openKey = /END [A-Z ]*PRIVATE KEY/.test(text) ? 0 : open
  return coverString(text, kind, cover, work)
}

/** A text under a masked field: hidden whole, in the strictest style of the field and of what detectors find in it. */
export function coverString(text: string, kind: Kind, cover: Cover, work: Work): Json {
  if (text.trim() === '' || isType(text, work)) return text
  const strictest = stricter(cover, work.masker.strictest) === cover ? cover : strictestIn(text, cover, work)
  const shown = conceal(work, text, strictest)
  return isNull(strictest, kind) ? null : shown
}

const types = new Set(['string', 'number', 'integer', 'boolean', 'object', 'array', 'null'])

/** `"ssn": {"type": "string"}`: JSON Schema says what a field is, not what it holds. */
const isType = (text: string, { path, depth }: Work): boolean => path[depth - 1] === 'type' && types.has(text)

function strictestIn(text: string, cover: Cover, work: Work): Cover {
  const found: Span[] = []
  detect(text, look(text), work.masker.detectors, found)
  return found.reduce<Cover>((so, span) => stricter(so, span.cover)!, cover)
}

export function coverBoolean(value: boolean, kind: Kind, cover: Cover, work: Work): Json {
  note(work, String(value), cover)
  return isNull(cover, kind) ? null : false
}

/** Only data may be null; where the protocol wants a text, an empty one stands. */
const isNull = (cover: Cover, kind: Kind): boolean => cover.style === 'null' && kind === 'data'

/** A number under a masked field, or one that a detector or another carrier hides; numbers stay numbers. */
export function maskNumber(value: Json, text: string, kind: Kind, cover: Cover | null, work: Work): Json {
  const hidden = cover !== null && kind !== 'schema' ? cover : kind === 'verbatim' ? null : numberCover(text, work)
  if (hidden === null) return value
  note(work, text, hidden)
  noteGrouped(work, text, hidden)
  return isNull(hidden, kind) ? null : redactNumber(text, hidden.style, work.masker.key)
}

/** People print 52000 as 52,000 or 52.000. Longer numbers are found with any separators anyway. */
function noteGrouped(work: Work, text: string, cover: Cover): void {
  if (work.needles !== null || text.length < groupedMin || digitsOf(text) !== null) return
  const [whole = '', fraction] = text.replace('-', '').split('.')
  if (whole.length < groupedMin || !/^\d+$/.test(whole)) return
  pay(work, groupedCost)
  for (const sign of [',', '.', ' ']) {
    const grouped = whole.replace(/\B(?=(?:\d{3})+$)/g, sign)
    work.hidden.set(fraction === undefined ? grouped : `${grouped}${sign === ',' ? '.' : ','}${fraction}`, cover)
  }
}

const groupedMin = 4
const groupedCost = 256

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
