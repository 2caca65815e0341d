import { matchAt, type Range } from './sticky'
import { isWhole } from './value-lines'

// A seed phrase has 24 words; what is longer is a sentence.
const wordsMax = 24
const nextWord = / [^\s,;&)\]}<>"'|]+/y
// Another label, an option, or how SQL goes on.
const otherwise =
  / (?:["'`]?[\p{L}_][\p{L}\p{N}_.-]{0,40}["'`]? {0,2}(?:[:=]|[<>!]=?)|-{1,2}[a-z]|(?:and|or) +(?:not\b|exists\b|\(|["'`]?[\p{L}_][\p{L}\p{N}_."'`]{0,40} {0,2}(?:[=<>!]|(?:is|in|like|ilike|between|not)\b))|(?:where|returning|union|having)\b|(?:limit|offset) +\d|(?:order|group) +by\b|(?:(?:left|right|inner|full|cross) +)?join\b|on +conflict\b|for +update\b)/iuy
const sentenceEnd = /[\p{L}\p{N}]{3}[.!?]$/u

/** The words that follow the first of a value without quotes: to its line's end, the next label or the end of a sentence. */
export function phrase(text: string, value: Range): Range {
  let [, end] = value
  for (let words = 1; words < wordsMax; words += 1) {
    if (text[end] !== ' ' || isWhole(text, [value[0], end])) break
    if (sentenceEnd.test(text.slice(Math.max(value[0], end - 4), end)) && /\p{Lu}/u.test(text[end + 1] ?? '')) break
    if (matchAt(otherwise, text, end) !== null || matchAt(nextWord, text, end) === null) break
    end = nextWord.lastIndex
  }
  return [value[0], end]
}
