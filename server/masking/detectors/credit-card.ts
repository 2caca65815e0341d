import { isLetter } from '../characters'
import type { Detect } from '../detectors'
import type { Cover, Span } from '../spans'

const [digit, separator] = [1, 2]
const classes = new Uint8Array(128)
for (const char of '0123456789') classes[char.charCodeAt(0)] = digit
for (const char of ' -._/+') classes[char.charCodeAt(0)] = separator
const classOf = (code: number): number => (code < 128 ? classes[code]! : 0)
const isDigit = (code: number): boolean => classOf(code) === digit
const isSeparator = (code: number): boolean => classOf(code) === separator
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
    let end = start
    let digits = 0
    for (; end < text.length && isPart(text.charCodeAt(end)); end += 1) digits += classOf(text.charCodeAt(end)) & digit
    if (digits >= digitsMin && (digits <= digitsMax || hasPrinted(text, start, end)))
      within(text, start, end, cover, spans)
    if (end > i) i = end - 1
  }
}

const isPart = (code: number): boolean => classOf(code) !== 0

/** Whether some group in a long row of numbers is as long as one of a card's can be. */
function hasPrinted(text: string, from: number, to: number): boolean {
  let size = 0
  for (let i = from; i <= to; i += 1) {
    if (i < to && isDigit(text.charCodeAt(i))) size += 1
    else {
      if (firstSizes.has(size) || (size >= digitsMin && size <= digitsMax)) return true
      size = 0
    }
  }
  return false
}

function within(text: string, from: number, to: number, cover: Cover, spans: Span[]): void {
  for (let i = from; i < to; ) {
    if (!isDigit(text.charCodeAt(i))) {
      i += 1
      continue
    }
    const groups = groupsAt(text, i)
    cards(text, groups, (start, end) => {
      spans.push({ start, end, cover })
    })
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

type Hit = (start: number, end: number) => void

const groupsMax = 5

/** All the groups if they are one number; else one of them, or some that are grouped as cards are printed. */
function cards(text: string, groups: Group[], hit: Hit): void {
  if (isOneNumber(groups) && tryCard(text, groups, 0, groups.length - 1, hit)) return
  for (let first = 0; first < groups.length; first += 1) {
    if (tryCard(text, groups, first, first, hit) || !startsPrinted(groups[first]!)) continue
    let printed = sizeOf(groups[first]!)
    for (let last = first + 1; last < groups.length && last < first + groupsMax; last += 1) {
      printed = printed * sizeBase + sizeOf(groups[last]!)
      if (!sizes.has(printed) || !tryCard(text, groups, first, last, hit)) continue
      first = last
      break
    }
  }
}

/**
 * Groups alike but for the last, fours of which some have run together, or three and more long ones: other numbers that happen to
 * stand in a row are not (`3 1395066363000`, an address and a port).
 */
function isOneNumber(groups: Group[]): boolean {
  if (groups.length > digitsMax) return false
  const size = sizeOf(groups[0]!)
  const rest = groups.slice(0, -1)
  const areAlike = sizeOf(groups.at(-1)!) <= size && rest.every((group) => sizeOf(group) === size)
  const areLong = groups.length > 2 && groups.every((group) => sizeOf(group) >= 4)
  return areAlike || areLong || rest.every((group) => sizeOf(group) % 4 === 0)
}

function tryCard(text: string, groups: Group[], first: number, last: number, hit: Hit): boolean {
  const { start } = groups[first]!
  const { end } = groups[last]!
  if (end - start < digitsMin) return false
  let digits = first === last ? text.slice(start, end) : ''
  for (let i = first; first !== last && i <= last; i += 1) digits += text.slice(groups[i]!.start, groups[i]!.end)
  if (!isCard(digits) || isOther(text, groups, first, last)) return false
  hit(start, end)
  return true
}

/** How issuers print the digits in groups. */
const printedSizes =
  '4,4,4,4 4,6,5 4,6,4 4,4,4,4,3 4,4,4,1 4,4,5 4,4,4,4,2 4,4,4,4,1 6,13 8,8 6,10 4,12 12,4 4,4,8 8,4,4 4,8,4'
// Sizes in a row as one number, a digit each; what is longer than any is no group of a card.
const sizeBase = 32
const sizes = new Set(
  printedSizes.split(' ').map((row) => row.split(',').reduce((so, size) => so * sizeBase + Number(size), 0)),
)
const firstSizes = new Set([4, 6, 8, 12])

const sizeOf = ({ start, end }: Group): number => Math.min(end - start, sizeBase - 1)
const startsPrinted = (group: Group): boolean => firstSizes.has(sizeOf(group))

const hexDigest = /^[0-9a-f]{24,}$/i
const around = 64

/** Part of a decimal fraction, or of a digest in hexadecimal. */
function isOther(text: string, groups: Group[], first: number, last: number): boolean {
  const { start } = groups[first]!
  const { end } = groups[last]!
  if (last - first < 2 && text[groups[last]!.start - 1] === '.' && isDigit(text.charCodeAt(groups[last]!.start - 2)))
    return true
  if (first !== last || !(isLetter(text.charCodeAt(start - 1)) || isLetter(text.charCodeAt(end)))) return false
  const before = /[0-9a-z]*$/i.exec(text.slice(Math.max(0, start - around), start))![0]
  const after = /^[0-9a-z]*/i.exec(text.slice(end, end + around))![0]
  return before + after !== '' && hexDigest.test(before + text.slice(start, end) + after)
}

/** True for digits only, 13 to 19 of them, with an issuer's beginning and Luhn's check digit. */
export function isCard(digits: string): boolean {
  return digits.length >= digitsMin && digits.length <= digitsMax && issued(digits) && luhn(digits)
}

/** Issuers' beginnings where they number as long: most cards have 16 digits or more, so what is shorter is told apart. */
function issued(digits: string): boolean {
  const { length } = digits
  switch (digits[0]) {
    case '3':
      return /^3[47]/.test(digits)
        ? length === 15
        : length > 15
          ? !/^3[123]/.test(digits)
          : length === 14 && diners.test(digits)
    case '4':
      return length === 13 || length > 15
    case '5':
    case '6':
      return length > 15 || maestro.test(digits)
    case '2': {
      const four = Number(digits.slice(0, 4))
      return length > 15 && ((four >= 2200 && four <= 2204) || (four >= 2221 && four <= 2720))
    }
    case '8':
      return length > 15 && (digits[1] === '1' || digits[1] === '2')
    default:
      return length > 15 && digits.startsWith('9792')
  }
}

const diners = /^3(?:0[0-59]|[689])/
const maestro = /^(?:50(?:18|20|38)|5[678]|6304|6390|67)/

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
