import { isDigit } from './characters'
import { digitClusters, digitsOf } from './digits'
import { seen } from './look'
import { type Index, indexed, lower, searchLong, searchShort } from './needle-index'
import type { Cover, Span } from './spans'
import { stricter } from './spans'
import { TooMuch } from './too-much'

/** Values to be found again wherever they stand. */
export type Needles = {
  /** Adds spans of `text` that are one of the values. Values under 8 characters must stand alone, or do not count at all. */
  find(text: string, signs: number, spans: Span[], longOnly: boolean): void
  /** What hides exactly this text, or null. */
  exact(text: string): Cover | null
  /** The shortest length that is looked for. */
  shortest: number
}

/** Work that is left for one message; when it is used up, finding throws `TooMuch`. */
export type Budget = { left: number }

const valueMin = 2

/**
 * Compiles values of two characters or more; shorter ones would hide the language itself. They are found in any case of
 * their letters, and numbers like those of cards and phones with any separators. Null when there is no value.
 */
export function compileNeedles(values: Iterable<[string, Cover]>, budget: Budget): Needles | null {
  const covers = new Map<string, Cover>()
  const numbers = new Map<string, Cover>()
  let shortest = Number.POSITIVE_INFINITY
  for (const [value, cover] of values) {
    const low = lower(value)
    if (low.length < valueMin) continue
    shortest = Math.min(shortest, low.length)
    add(covers, low, cover)
    const digits = digitsOf(low)
    if (digits === null) continue
    shortest = Math.min(shortest, digits.length)
    add(numbers, digits, cover)
  }
  if (covers.size === 0) return null
  const spend = (work: number) => {
    budget.left -= work
    if (budget.left < 0) throw new TooMuch()
  }
  const index = indexed(covers, spend)
  const numberIndex = numbers.size === 0 ? null : indexed(numbers, spend)
  return {
    shortest,
    exact: (text) => covers.get(lower(text)) ?? numbers.get(text) ?? null,
    find: (text, signs, spans, longOnly) => {
      if (text.length < shortest) return
      const plain = signs & seen.fold ? lower(text) : text
      searchLong(plain, index, spans)
      if (!longOnly) searchShort(plain, index, spans)
      if (numberIndex !== null && signs & seen.digits8) searchNumbers(plain, numberIndex, spans)
    },
  }
}

function add(covers: Map<string, Cover>, value: string, cover: Cover): void {
  const known = covers.get(value)
  covers.set(value, known === undefined ? cover : stricter(known, cover)!)
}

/** The same digits with other separators, or with none; not as part of a longer number. */
function searchNumbers(text: string, index: Index, spans: Span[]): void {
  for (const { digits, at } of digitClusters(text)) {
    const found: Span[] = []
    searchLong(digits, index, found)
    for (const { start, end, cover } of found) {
      const [from, to] = [at[start]!, at[end - 1]! + 1]
      if (!isDigit(text.charCodeAt(from - 1)) && !isDigit(text.charCodeAt(to)))
        spans.push({ start: from, end: to, cover })
    }
  }
}
