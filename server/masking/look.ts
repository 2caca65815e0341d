import type { DetectorName } from '../types'
import type { Detect } from './detectors'
import type { Cover, Span } from './spans'

/** Signs that a text may hold something, from one look at each character. */
export const seen = {
  /** `@` */
  at: 1,
  /** A digit; six, eight, thirteen of them. */
  digit: 2,
  digits6: 4,
  digits8: 8,
  digits13: 16,
  /** What `fold` may undo. */
  fold: 32,
  /** Sixteen characters that base64 knows. */
  run: 64,
  dash: 128,
  bracket: 256,
  /** What stands between a name and its value, or between cells. */
  label: 512,
} as const

const classes = new Uint8Array(128)
const mark = (chars: string, bits: number) => {
  for (const char of chars) classes[char.charCodeAt(0)]! |= bits
}
// The bits of a character: 1 digit, 2 what base64 knows, 4 `@`, 8 what `fold` may undo, 16 bracket, 32 label, 64 dash.
mark('0123456789', 1 | 2)
mark('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+/_-', 2)
mark('@', 4)
mark('\\%&', 8)
mark('{[', 16)
mark(':=|<>\t\n"\'', 32)
mark('-', 64)

const runMin = 16

const longMin = 512
const foldable = /[\\%&\x80-\uffff]/
const labelling = /[:=|<>\t\n"']/
const digit = /\d/

/** A long text is searched by the engine, which is faster than a loop; digits are then not counted. */
function lookFar(text: string): number {
  let signs = digit.test(text) ? digitSigns[2]! : 0
  if (text.includes('@')) signs |= seen.at
  if (foldable.test(text)) signs |= seen.fold
  if (text.includes('{') || text.includes('[')) signs |= seen.bracket
  if (labelling.test(text)) signs |= seen.label
  if (text.includes('-')) signs |= seen.dash
  return hasRun(text) ? signs | seen.run : signs
}

/** One pass, no allocation. */
export function look(text: string): number {
  if (text.length > longMin) return lookFar(text)
  const table = classes
  const { length } = text
  let all = 0
  let digits = 0
  let run = 0
  let runs = 0
  for (let i = 0; i < length; i += 1) {
    const code = text.charCodeAt(i)
    const bits = code < 128 ? table[code]! : 8
    all |= bits
    digits += bits & 1
    // Without a branch: every word's end would be guessed wrong.
    run = (run + 1) & -((bits >> 1) & 1)
    runs |= run
  }
  let signs =
    digits === 0
      ? 0
      : digits < 6
        ? seen.digit
        : digits < 8
          ? digitSigns[0]!
          : digits < 13
            ? digitSigns[1]!
            : digitSigns[2]!
  if (all & 4) signs |= seen.at
  if (all & 8) signs |= seen.fold
  if (all & 16) signs |= seen.bracket
  if (all & 32) signs |= seen.label
  if (all & 64) signs |= seen.dash
  return runs >= runMin ? signs | seen.run : signs
}

const six = seen.digit | seen.digits6
const digitSigns = [six, six | seen.digits8, six | seen.digits8 | seen.digits13]

/** Of sixteen characters in a row one is looked at first. */
function hasRun(text: string): boolean {
  for (let i = runMin - 1; i < text.length; i += runMin) {
    if (!isWordy(text, i)) continue
    let start = i
    while (start > 0 && i - start < runMin && isWordy(text, start - 1)) start -= 1
    let end = i + 1
    while (end < text.length && end - start < runMin && isWordy(text, end)) end += 1
    if (end - start >= runMin) return true
  }
  return false
}

const isWordy = (text: string, i: number): boolean => {
  const code = text.charCodeAt(i)
  return code < 128 && (classes[code]! & 2) !== 0
}

/** The sign without which a detector has nothing to look for. */
export const needs = {
  email: seen.at,
  credit_card: seen.digits13,
  iban: seen.digits6,
  jwt: seen.run,
  private_key: seen.dash | seen.run,
  aws_key: seen.run,
} satisfies Record<DetectorName, number>

export type Armed = { name: DetectorName; find: Detect; cover: Cover }

/** Adds what the detectors find in a text with these signs. */
export function detect(text: string, signs: number, detectors: readonly Armed[], spans: Span[]): void {
  for (const { name, find, cover } of detectors) if (signs & needs[name]) find(text, cover, spans)
}
