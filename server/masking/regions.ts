import type { Embedded } from './embedded'
import { readJson } from './embedded'
import { jsonEnds } from './json-ends'

/** JSON inside other text, where it stands. */
export type Region = Embedded & { start: number; end: number }

const regionMin = 7

/**
 * Objects and arrays of JSON in a text: lines of JSON, fenced blocks, `Result: {...}`. What is not valid JSON is left to
 * labels. Linear in the length of the text.
 */
export function jsonRegions(text: string): Region[] {
  const regions: Region[] = []
  const endOf = jsonEnds(text)
  for (let at = nextOpen(text, 0); at !== -1; ) {
    const end = endOf(at)
    const json = end - at >= regionMin ? readJson(text.slice(at, end)) : null
    if (json !== null) regions.push({ start: at, end, ...json })
    at = nextOpen(text, json === null ? at + 1 : end)
  }
  return regions
}

const open = /[[{]\s{0,64}(?:["{[\]}\d-]|true|false|null)/g

function nextOpen(text: string, from: number): number {
  open.lastIndex = from
  return open.exec(text)?.index ?? -1
}
