import type { DetectorName } from '../types'
import type { Detect } from './detectors'
import type { Cover, Span } from './spans'

/** Signs that a text may hold something, from one look at each character. */
export const seen = {
  at: 1,
  digits: 2,
  fold: 4,
  run: 8,
  dashes: 16,
  bracket: 32,
  label: 64,
  manyDigits: 128,
  digit: 256,
}

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
const ibanDigits = 6
const cardDigits = 13

/** One pass, no allocation. */
export function look(text: string): number {
  let all = 0
  let digits = 0
  let run = 0
  let longest = 0
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i)
    const bits = code < 128 ? classes[code]! : folding
    all |= bits
    if (bits & wordy) {
      run += 1
      if (run > longest) longest = run
      digits += bits & digit
    } else run = 0
  }
  return (
    (all & at ? seen.at : 0) |
    (digits >= ibanDigits ? seen.digits : 0) |
    (digits > 0 ? seen.digit : 0) |
    (digits >= cardDigits ? seen.manyDigits : 0) |
    (all & folding ? seen.fold : 0) |
    (longest >= runMin ? seen.run : 0) |
    (all & dash ? seen.dashes : 0) |
    (all & bracket ? seen.bracket : 0) |
    (all & label ? seen.label : 0)
  )
}

/** The signs without which a detector has nothing to look for. */
const needs = {
  email: seen.at,
  credit_card: seen.manyDigits,
  iban: seen.digits,
  jwt: seen.run,
  private_key: seen.dashes,
  aws_key: seen.run,
} satisfies Record<DetectorName, number>

export function detectorSpans(
  text: string,
  signs: number,
  detectors: { name: DetectorName; find: Detect; cover: Cover }[],
): Span[] {
  const spans: Span[] = []
  for (const { name, find, cover } of detectors)
    if (signs & needs[name]) find(text, (start, end) => spans.push({ start, end, cover }))
  return spans
}
