import { isDigit, isLetter } from '../characters'
import type { Detect } from '../detectors'
import type { Cover, Span } from '../spans'

// SWIFT IBAN registry, release 99: country and total length; then the partial registry's.
const registry =
  'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 ' +
  'FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 ' +
  'LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 ' +
  'RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30 ' +
  'AO25 BF28 BJ28 CF27 CG27 CI28 CM27 CV25 DZ26 GA27 GQ27 GW25 IR26 KM27 MA28 MG27 ML28 MZ25 NE28 SN28 TD27 TG28'

const lengths = new Map(registry.split(' ').map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]))

const isAlnum = (code: number): boolean => isDigit(code) || isLetter(code)
const isSeparator = (code: number): boolean => code === 0x20 || code === 0x2d || code === 0x2e || code === 0x5f

/** International bank account numbers (ISO 13616): country, its length, and the check digits (ISO 7064, mod 97-10). */
export const iban: Detect = (text, cover, spans) => {
  // One of the two check digits stands at an even place.
  for (let i = 2; i < text.length; i += 2) {
    if (!isDigit(text.charCodeAt(i))) continue
    const end = ibanAt(text, i - 2, cover, spans) ?? ibanAt(text, i - 3, cover, spans)
    if (end !== null) i = end & ~1
  }
}

function ibanAt(text: string, start: number, cover: Cover, spans: Span[]): number | null {
  if (start < 0 || !isLetter(text.charCodeAt(start)) || !isLetter(text.charCodeAt(start + 1))) return null
  if (!isDigit(text.charCodeAt(start + 2)) || !isDigit(text.charCodeAt(start + 3)) || !startsHere(text, start))
    return null
  const length = lengths.get(text.slice(start, start + 2).toUpperCase())
  const end = length === undefined ? -1 : ibanEnd(text, start, length)
  if (end === -1) return null
  spans.push({ start, end, cover })
  return end
}

const startsHere = (text: string, start: number): boolean =>
  start === 0 ||
  !isAlnum(text.charCodeAt(start - 1)) ||
  text.slice(Math.max(0, start - 4), start).toLowerCase() === 'iban'

/**
 * Where `length` letters and digits with single separators end, when they are an IBAN that ends there; else -1. ISO 7064
 * counts country and check digits, which come first, as the last of its digits.
 */
function ibanEnd(text: string, start: number, length: number): number {
  let [count, rest, gap, at] = [0, 0, 0, start]
  for (; count < length; at += 1) {
    if (at >= text.length) return -1
    const code = text.charCodeAt(at)
    if (isAlnum(code)) {
      if (count >= leadLength) rest = next(rest, code)
      count += 1
      gap = 0
    } else if (isSeparator(code) && gap < 2) gap += 1
    else return -1
  }
  if (at < text.length && isAlnum(text.charCodeAt(at))) return -1
  for (let from = start, lead = 0; lead < leadLength; from += 1) {
    const code = text.charCodeAt(from)
    if (!isAlnum(code)) continue
    rest = next(rest, code)
    lead += 1
  }
  return rest === 1 ? at : -1
}

const leadLength = 4

/** A digit counts as itself, a letter as two: A is 10, Z is 35. */
const next = (rest: number, code: number): number =>
  isDigit(code) ? (rest * 10 + code - 0x30) % 97 : (rest * 100 + (code | 0x20) - 0x57) % 97
