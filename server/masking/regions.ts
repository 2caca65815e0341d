import type { Embedded } from './embedded'
import { readJson } from './embedded'

/** JSON inside other text, where it stands. */
export type Region = Embedded & { start: number; end: number }

const regionMin = 7
const workFactor = 4

/**
 * Objects and arrays of JSON in a text: lines of JSON, fenced blocks, `Result: {...}`. What is not valid JSON is left to
 * labels; work is bounded by four times the length of the text.
 */
export function jsonRegions(text: string): Region[] {
  const regions: Region[] = []
  let left = workFactor * text.length
  for (let at = nextOpen(text, 0); at !== -1 && left > 0; ) {
    const end = balancedEnd(text, at)
    left -= (end === -1 ? text.length : end) - at
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

/** After the bracket that closes the one at `start`; brackets inside strings do not count. -1 when none does. */
function balancedEnd(text: string, start: number): number {
  let depth = 0
  for (let at = start; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === 0x22) {
      at = stringEnd(text, at)
      if (at === -1) return -1
    } else if (code === 0x7b || code === 0x5b) depth += 1
    else if (code === 0x7d || code === 0x5d) {
      depth -= 1
      if (depth === 0) return at + 1
    }
  }
  return -1
}

function stringEnd(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === 0x5c) at += 1
    else if (code === 0x22) return at
  }
  return -1
}
