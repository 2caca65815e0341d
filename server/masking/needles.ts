import type { Cover, Span } from './spans'
import { stricter } from './spans'

const anywhereMin = 8
const prefix = 4

/** Values to be found again wherever they stand, in any case of their letters. */
export type Needles = {
  /** Spans of `text` that are one of the values. Values under 8 characters must stand alone. */
  find(text: string, longOnly?: boolean): Span[]
  /** What hides exactly this text, or null. */
  exact(text: string): Cover | null
  /** The shortest length that is looked for. */
  shortest: number
}

/** Work that is left for one message; when it is used up, finding throws `TooMuch`. */
export type Budget = { left: number }

export class TooMuch extends Error {
  readonly code = 'too-much'
}

/** Compiles values of two characters or more; shorter ones would hide the language itself. */
export function compileNeedles(values: Iterable<[string, Cover]>, budget: Budget): Needles | null {
  const covers = new Map<string, Cover>()
  for (const [value, cover] of values) {
    const low = lower(value)
    if (low.length >= 2) covers.set(low, stricter(covers.get(low) ?? null, cover)!)
  }
  if (covers.size === 0) return null
  const index = indexed(covers.keys())
  return {
    shortest: [...covers.keys()].reduce((min, value) => Math.min(min, value.length), Number.POSITIVE_INFINITY),
    exact: (text) => covers.get(lower(text)) ?? null,
    find: (text, longOnly = false) => search(lower(text), { covers, budget, ...index }, longOnly),
  }
}

type Index = {
  covers: Map<string, Cover>
  budget: Budget
  filter: Uint8Array
  mask: number
  lengths: Map<number, number[]>
  short: boolean
}

/** For each first four characters the lengths of the values that begin so, longest first. */
function indexed(values: Iterable<string>): Omit<Index, 'covers' | 'budget'> {
  const sets = new Map<number, Set<number>>()
  let short = false
  for (const value of values) {
    if (value.length < prefix) short = true
    else {
      const hash = hashAt(value, 0)
      sets.set(hash, (sets.get(hash) ?? new Set()).add(value.length))
    }
  }
  const size = sets.size < 64 ? 1 << 12 : sets.size < 4096 ? 1 << 16 : 1 << 20
  const filter = new Uint8Array(size)
  const lengths = new Map<number, number[]>()
  for (const [hash, set] of sets) {
    filter[spread(hash) & (size - 1)] = 1
    lengths.set(
      hash,
      [...set].sort((a, b) => b - a),
    )
  }
  return { filter, mask: size - 1, lengths, short }
}

const spread = (hash: number): number => Math.imul(hash, 0x9e3779b1) >>> 9

const hashAt = (text: string, i: number): number =>
  (text.charCodeAt(i) << 24) ^ (text.charCodeAt(i + 1) << 16) ^ (text.charCodeAt(i + 2) << 8) ^ text.charCodeAt(i + 3)

/** Lower case with the same length, so that places stay. */
function lower(text: string): string {
  const low = text.toLowerCase()
  return low.length === text.length ? low : text.replace(/[A-Z]+/g, (part) => part.toLowerCase())
}

function search(text: string, index: Index, longOnly: boolean): Span[] {
  const spans: Span[] = []
  const last = text.length - prefix
  for (let i = 0; i <= last; i += 1) {
    const hash = hashAt(text, i)
    if (index.filter[spread(hash) & index.mask] === 0) continue
    const lengths = index.lengths.get(hash)
    if (lengths === undefined) continue
    const end = endOf(text, i, lengths, index, longOnly)
    if (end === -1) continue
    spans.push({ start: i, end, cover: index.covers.get(text.slice(i, end))! })
    i = end - 1
  }
  if (index.short && !longOnly) words(text, index.covers, spans)
  return spans
}

function endOf(text: string, i: number, lengths: number[], index: Index, longOnly: boolean): number {
  const { covers, budget } = index
  for (const length of lengths) {
    budget.left -= 4 + (length >> 3)
    if (budget.left < 0) throw new TooMuch()
    if (longOnly && length < anywhereMin) return -1
    if (i + length > text.length || !covers.has(text.slice(i, i + length))) continue
    if (length >= anywhereMin || alone(text, i, i + length)) return i + length
  }
  return -1
}

const isWord = (code: number): boolean =>
  (code >= 0x30 && code <= 0x39) || (code >= 0x61 && code <= 0x7a) || code === 0x5f || code >= 0xc0

const alone = (text: string, start: number, end: number): boolean =>
  (start === 0 || !isWord(text.charCodeAt(start - 1))) && (end === text.length || !isWord(text.charCodeAt(end)))

/** Values of two or three characters, where they are a word. */
function words(text: string, covers: Map<string, Cover>, spans: Span[]): void {
  for (let start = 0; start < text.length; ) {
    let end = start
    while (end < text.length && isWord(text.charCodeAt(end))) end += 1
    if (end - start > 1 && end - start < prefix) {
      const cover = covers.get(text.slice(start, end))
      if (cover !== undefined) spans.push({ start, end, cover })
    }
    start = end + 1
  }
}
