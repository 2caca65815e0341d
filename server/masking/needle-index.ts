import type { Cover, Span } from './spans'

const longMin = 8
const gram = 4
const gramsMax = 1 << 13
const strideMax = 64

/**
 * Long values by every four characters near their beginning, so that a text need be looked at only every `stride`
 * characters; short ones by their first four, tried where a word begins.
 */
export type Index = {
  covers: Map<string, Cover>
  long: Grams
  stride: number
  /** Values of four to seven characters. */
  short: Grams
  hasWords: boolean
  spend(work: number): void
}

/** Where a gram can stand in a value and how long that value is: `offset * 65536 + length`. */
type Grams = { filter: Uint8Array; places: Map<number, number[]> }

export function indexed(covers: Map<string, Cover>, spend: (work: number) => void): Index {
  const long: string[] = []
  const short: string[] = []
  let shortest = strideMax + gram - 1
  let hasWords = false
  for (const value of covers.keys()) {
    if (value.length < gram) hasWords = true
    else if (value.length < longMin) short.push(value)
    else {
      long.push(value)
      shortest = Math.min(shortest, value.length)
    }
  }
  const stride = Math.max(1, Math.min(shortest - gram + 1, Math.floor(gramsMax / Math.max(1, long.length))))
  return { covers, long: grams(long, stride), stride, short: grams(short, 1), hasWords, spend }
}

const noGrams: Grams = { filter: new Uint8Array(1), places: new Map() }

function grams(values: string[], stride: number): Grams {
  if (values.length === 0) return noGrams
  const places = new Map<number, number[]>()
  for (const value of values)
    for (let offset = 0; offset < stride; offset += 1) {
      const hash = hashAt(value, offset)
      const place = offset * 65536 + value.length
      const known = places.get(hash)
      if (known === undefined) places.set(hash, [place])
      else if (!known.includes(place)) known.push(place)
    }
  const filter = new Uint8Array(filterSize(places.size))
  for (const hash of places.keys()) filter[spread(hash) & (filter.length - 1)] = 1
  return { filter, places }
}

/** Sixteen times the places and more, but small enough for the processor to keep at hand. */
const filterSize = (places: number): number => (places < 32 ? 1 << 9 : places < 512 ? 1 << 13 : 1 << 17)

const spread = (hash: number): number => Math.imul(hash, 0x9e3779b1) >>> 9

/** Four characters with the case of ASCII letters taken off. */
const hashAt = (text: string, i: number): number =>
  ((text.charCodeAt(i) | 0x20) << 24) ^
  ((text.charCodeAt(i + 1) | 0x20) << 16) ^
  ((text.charCodeAt(i + 2) | 0x20) << 8) ^
  (text.charCodeAt(i + 3) | 0x20)

/** Adds every place of a value of eight characters or more. */
export function searchLong(text: string, index: Index, spans: Span[]): void {
  const { filter, places } = index.long
  if (places.size === 0) return
  if (index.stride < gram) {
    searchEvery(text, index, spans)
    return
  }
  const mask = filter.length - 1
  for (let i = 0; i <= text.length - gram; i += index.stride) {
    const hash = hashAt(text, i)
    if (filter[spread(hash) & mask] === 0) continue
    const candidates = places.get(hash)
    if (candidates !== undefined) confirm(text, i, candidates, index, spans)
  }
}

/** The same where strides are short: each character is read once, because its hash goes over into the next. */
function searchEvery(text: string, index: Index, spans: Span[]): void {
  const { filter, places } = index.long
  const mask = filter.length - 1
  const { length } = text
  let hash = 0
  let next = gram - 1
  for (let i = 0; i < length; i += 1) {
    hash = (hash << 8) ^ (text.charCodeAt(i) | 0x20)
    if (i < next) continue
    next += index.stride
    if (filter[spread(hash) & mask] === 0) continue
    const candidates = places.get(hash)
    if (candidates !== undefined) confirm(text, i - gram + 1, candidates, index, spans)
  }
}

function confirm(text: string, i: number, candidates: number[], index: Index, spans: Span[]): void {
  for (const place of candidates) {
    const length = place & 65535
    const start = i - (place - length) / 65536
    index.spend(64 + length)
    if (start < 0 || start + length > text.length) continue
    const cover = index.covers.get(lower(text.slice(start, start + length)))
    if (cover !== undefined) spans.push({ start, end: start + length, cover })
  }
}

/** Lower case with the same length, so that places stay. */
export function lower(text: string): string {
  const low = text.toLowerCase()
  return low.length === text.length ? low : text.replace(/[A-Z]+/g, (part) => part.toLowerCase())
}

const wordy = new Uint8Array(128)
for (const char of 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_') wordy[char.charCodeAt(0)] = 1
const isWord = (code: number): boolean => (code < 128 ? wordy[code] === 1 : code >= 0xc0)

/** Adds values of two to seven characters where they stand alone. */
export function searchShort(text: string, index: Index, spans: Span[]): void {
  if (index.short.places.size === 0 && !index.hasWords) return
  for (let start = 0; start < text.length; ) {
    if (!isWord(text.charCodeAt(start))) {
      start += 1
      continue
    }
    let end = start + 1
    while (end < text.length && isWord(text.charCodeAt(end))) end += 1
    const word = index.hasWords && end - start >= 2 && end - start < gram ? lower(text.slice(start, end)) : ''
    const cover = word === '' ? undefined : index.covers.get(word)
    if (cover !== undefined) spans.push({ start, end, cover })
    confirmShort(text, start, index, spans)
    start = end
  }
}

function confirmShort(text: string, start: number, index: Index, spans: Span[]): void {
  const { filter, places } = index.short
  if (start + gram > text.length) return
  const hash = hashAt(text, start)
  if (filter[spread(hash) & (filter.length - 1)] === 0) return
  for (const length of places.get(hash) ?? []) {
    index.spend(32)
    const end = start + length
    if (end > text.length || (end < text.length && isWord(text.charCodeAt(end)))) continue
    const cover = index.covers.get(lower(text.slice(start, end)))
    if (cover !== undefined) spans.push({ start, end, cover })
  }
}
