import type { Cover, Span } from './spans'

const anywhereMin = 8
const prefix = 4

/** Values by their first four characters, with a filter in front that most places of a text do not pass. */
export type Index = {
  covers: Map<string, Cover>
  filter: Uint8Array
  /** For each beginning the lengths of the values that begin so, longest first. */
  lengths: Map<number, number[]>
  hasShort: boolean
  spend(work: number): void
}

export function indexed(covers: Map<string, Cover>, spend: (work: number) => void): Index {
  const sets = new Map<number, Set<number>>()
  let hasShort = false
  for (const value of covers.keys()) {
    if (value.length < prefix) hasShort = true
    else {
      const hash = hashAt(value, 0)
      const lengths = sets.get(hash)
      if (lengths === undefined) sets.set(hash, new Set([value.length]))
      else lengths.add(value.length)
    }
  }
  const filter = new Uint8Array(sets.size < 64 ? 1 << 12 : sets.size < 4096 ? 1 << 16 : 1 << 20)
  const lengths = new Map<number, number[]>()
  for (const [hash, set] of sets) {
    filter[spread(hash) & (filter.length - 1)] = 1
    lengths.set(
      hash,
      [...set].sort((a, b) => b - a),
    )
  }
  return { covers, filter, lengths, hasShort, spend }
}

const spread = (hash: number): number => Math.imul(hash, 0x9e3779b1) >>> 9

const hashAt = (text: string, i: number): number =>
  (((((text.charCodeAt(i) << 8) ^ text.charCodeAt(i + 1)) << 8) ^ text.charCodeAt(i + 2)) << 8) ^ text.charCodeAt(i + 3)

/** Adds every place of a value in lower-case text, the longest where several begin. */
export function search(text: string, index: Index, longOnly: boolean, spans: Span[]): void {
  const { filter, lengths, covers } = index
  const mask = filter.length - 1
  let hash = 0
  for (let i = 0, ahead = 0; ahead < text.length; ahead += 1) {
    hash = (hash << 8) ^ text.charCodeAt(ahead)
    i = ahead - prefix + 1
    if (i < 0 || filter[spread(hash) & mask] === 0) continue
    const candidates = lengths.get(hash)
    if (candidates === undefined) continue
    const end = endOf(text, i, candidates, index, longOnly)
    if (end !== -1) spans.push({ start: i, end, cover: covers.get(text.slice(i, end))! })
  }
}

function endOf(text: string, i: number, lengths: number[], index: Index, longOnly: boolean): number {
  for (const length of lengths) {
    if (longOnly && length < anywhereMin) return -1
    index.spend(4 + (length >> 3))
    if (i + length > text.length || !index.covers.has(text.slice(i, i + length))) continue
    if (length >= anywhereMin || alone(text, i, i + length)) return i + length
  }
  return -1
}

const isWord = (code: number): boolean =>
  (code >= 0x30 && code <= 0x39) || (code >= 0x61 && code <= 0x7a) || code === 0x5f || code >= 0xc0

const alone = (text: string, start: number, end: number): boolean =>
  (start === 0 || !isWord(text.charCodeAt(start - 1))) && (end === text.length || !isWord(text.charCodeAt(end)))

/** Adds values of two or three characters, where they are a word of their own. */
export function words(text: string, covers: Map<string, Cover>, spans: Span[]): void {
  for (let start = 0; start < text.length; ) {
    let end = start
    while (end < text.length && isWord(text.charCodeAt(end))) end += 1
    if (end - start >= 2 && end - start < prefix) {
      const cover = covers.get(text.slice(start, end))
      if (cover !== undefined) spans.push({ start, end, cover })
    }
    start = end + 1
  }
}
