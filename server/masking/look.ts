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

const [digit, wordy, at, folding, bracket, label, dash] = [1, 2, 4, 8, 16, 32, 64]
const classes = new Uint8Array(128)
const mark = (chars: string, bits: number) => {
  for (const char of chars) classes[char.charCodeAt(0)]! |= bits
}
mark('0123456789', digit | wordy)
mark('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+/_-', wordy)
mark('@', at)
mark('\\%&', folding)
mark('{[', bracket)
mark(':=|<>\t\n', label)
mark('-', dash)

const runMin = 16

/** One pass, no allocation. */
export function look(text: string): number {
  let all = 0
  let digits = 0
  let runStart = 0
  let longest = 0
  const { length } = text
  for (let i = 0; i < length; i += 1) {
    const code = text.charCodeAt(i)
    const bits = code < 128 ? classes[code]! : folding
    all |= bits
    digits += bits & digit
    if ((bits & wordy) === 0) {
      if (i - runStart > longest) longest = i - runStart
      runStart = i + 1
    }
  }
  if (length - runStart > longest) longest = length - runStart
  let signs = longest >= runMin ? seen.run : 0
  if (digits > 0) signs |= seen.digit
  if (digits >= 6)
    signs |=
      digits >= 13
        ? seen.digits6 | seen.digits8 | seen.digits13
        : digits >= 8
          ? seen.digits6 | seen.digits8
          : seen.digits6
  if (all & at) signs |= seen.at
  if (all & folding) signs |= seen.fold
  if (all & dash) signs |= seen.dash
  if (all & bracket) signs |= seen.bracket
  if (all & label) signs |= seen.label
  return signs
}

/** The sign without which a detector has nothing to look for. */
export const needs = {
  email: seen.at,
  credit_card: seen.digits13,
  iban: seen.digits6,
  jwt: seen.run,
  private_key: seen.dash,
  aws_key: seen.run,
} satisfies Record<DetectorName, number>

export type Armed = { name: DetectorName; find: Detect; cover: Cover }

/** Adds what the detectors find in a text with these signs. */
export function detect(text: string, signs: number, detectors: readonly Armed[], spans: Span[]): void {
  for (const { name, find, cover } of detectors) if (signs & needs[name]) find(text, cover, spans)
}
