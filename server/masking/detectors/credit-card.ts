import type { Detect } from '../detectors'
import type { Cover, Span } from '../spans'

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39
const separators = new Set([...' -._/+'].map((char) => char.charCodeAt(0)))
const isSeparator = (code: number): boolean => separators.has(code)
const separatorMax = 3

/** Digits that stand together, where each group of them begins and ends in the text, and what stands between. */
type Group = { start: number; end: number }

const digitsMin = 13
const digitsMax = 19

/** Payment card numbers (ISO/IEC 7812): 13 to 19 digits that begin as issued ones do and satisfy Luhn's check. */
export const creditCard: Detect = (text, cover, spans) => {
  // Of thirteen characters in a row one is looked at: a number with its separators is no shorter.
  for (let i = digitsMin - 1; i < text.length; i += digitsMin) {
    if (!isPart(text.charCodeAt(i))) continue
    let start = i
    while (start > 0 && isPart(text.charCodeAt(start - 1))) start -= 1
    let end = i + 1
    while (end < text.length && isPart(text.charCodeAt(end))) end += 1
    if (end - start >= digitsMin) within(text, start, end, cover, spans)
    if (end > i) i = end - 1
  }
}

const isPart = (code: number): boolean => isDigit(code) || isSeparator(code)

function within(text: string, from: number, to: number, cover: Cover, spans: Span[]): void {
  for (let i = from; i < to; ) {
    if (!isDigit(text.charCodeAt(i))) {
      i += 1
      continue
    }
    const groups = groupsAt(text, i)
    cards(text, groups, (start, end) => spans.push({ start, end, cover }))
    i = groups.at(-1)!.end
  }
}

function groupsAt(text: string, from: number): Group[] {
  const groups: Group[] = []
  for (let start = from; ; ) {
    let end = start
    while (end < text.length && isDigit(text.charCodeAt(end))) end += 1
    groups.push({ start, end })
    let next = end
    while (next < text.length && next - end < separatorMax && isSeparator(text.charCodeAt(next))) next += 1
    if (next === end || next === text.length || !isDigit(text.charCodeAt(next))) return groups
    start = next
  }
}

/** Windows of whole groups; inside a longer row of numbers only groups as cards are printed, or a whole number. */
function cards(text: string, groups: Group[], hit: (start: number, end: number) => void): void {
  for (let first = 0; first < groups.length; first += 1) {
    let digits = ''
    for (let last = first; last < groups.length; last += 1) {
      const group = groups[last]!
      if (digits.length + group.end - group.start > digitsMax) break
      digits += text.slice(group.start, group.end)
      const whole = first === 0 && last === groups.length - 1
      if (!isCard(digits) || !(whole || printed(groups, first, last)) || isOther(text, groups, first, last)) continue
      hit(groups[first]!.start, group.end)
      first = last
      break
    }
  }
}

const hexDigest = /^[0-9a-f]{24,}$/i
const around = 64

/** Part of a decimal fraction, or of a digest in hexadecimal. */
function isOther(text: string, groups: Group[], first: number, last: number): boolean {
  const { start } = groups[first]!
  const { end } = groups[last]!
  if (last - first < 2 && text[groups[last]!.start - 1] === '.' && isDigit(text.charCodeAt(groups[last]!.start - 2)))
    return true
  if (first !== last) return false
  const before = /[0-9a-z]*$/i.exec(text.slice(Math.max(0, start - around), start))![0]
  const after = /^[0-9a-z]*/i.exec(text.slice(end, end + around))![0]
  return before + after !== '' && hexDigest.test(before + text.slice(start, end) + after)
}

const sizes = new Set([
  '4,4,4,4',
  '4,6,5',
  '4,6,4',
  '4,4,4,4,3',
  '4,4,4,1',
  '4,4,5',
  '4,4,4,4,2',
  '4,4,4,4,1',
  '6,13',
  '8,8',
  '6,10',
  '4,12',
  '12,4',
])

function printed(groups: Group[], first: number, last: number): boolean {
  if (first === last) return true
  const lengths = groups.slice(first, last + 1).map((group) => group.end - group.start)
  return sizes.has(lengths.join(','))
}

/** True for digits only, 13 to 19 of them, with an issuer's beginning and Luhn's check digit. */
export function isCard(digits: string): boolean {
  return digits.length >= digitsMin && digits.length <= digitsMax && issued(digits) && luhn(digits)
}

function issued(digits: string): boolean {
  const four = Number(digits.slice(0, 4))
  switch (digits[0]) {
    case '3':
    case '4':
    case '5':
    case '6':
      return true
    case '2':
      return (four >= 2200 && four <= 2204) || (four >= 2221 && four <= 2720)
    case '8':
      return digits[1] === '1' || digits[1] === '2'
    default:
      return four === 9792
  }
}

/** ISO/IEC 7812-1, annex B. */
function luhn(digits: string): boolean {
  let sum = 0
  for (let i = 0; i < digits.length; i += 1) {
    const digit = digits.charCodeAt(digits.length - 1 - i) - 0x30
    const doubled = i % 2 === 1 ? digit * 2 : digit
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  return sum % 10 === 0
}
