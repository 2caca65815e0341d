import { isSafeNumber, parse } from 'lossless-json'
import type { Json, JsonObject } from '../types'
import { isDigit } from './characters'

const mark = Symbol.for('sallyport.exact-number')

/** A number that a double cannot hold, kept as it was written. `printReply` prints it so; `JSON.stringify` rounds it. */
class ExactNumber {
  readonly [mark] = true
  constructor(readonly text: string) {}
  toJSON(): number {
    seen = true
    return Number(this.text)
  }
}

let seen = false

export const isExactNumber = (value: unknown): value is ExactNumber =>
  typeof value === 'object' && value !== null && (value as { [mark]?: true })[mark] === true

/** `JSON.parse`, but numbers that it would change are `ExactNumber`. The last of two equal keys counts. Throws SyntaxError. */
export function parseExact(text: string): Json {
  if (!hasInexact(text)) return JSON.parse(text) as Json
  return parse(text, undefined, { parseNumber, onDuplicateKey: ({ newValue }) => newValue }) as Json
}

const parseNumber = (text: string): unknown => (isSafeNumber(text) ? Number(text) : new ExactNumber(text))

/** A JSON-RPC message as it came, for `fulfil`; print it with `printReply`. Throws SyntaxError unless it is a JSON object. */
export function parseReply(text: string): JsonObject {
  const value = parseExact(text)
  if (typeof value !== 'object' || value === null || Array.isArray(value) || isExactNumber(value))
    throw new SyntaxError('a message must be a JSON object')
  return value
}

/** `JSON.stringify`, but numbers that `parseReply` kept exact are printed as they came. */
export function printReply(message: Json): string {
  seen = false
  const text = JSON.stringify(message)
  return seen ? print(message, compact) : text
}

/** How a JSON text is laid out: what stands after a comma and a colon, one level's indent, and if only ASCII stands there. */
export type Layout = { comma: string; colon: string; indent: string; ascii: boolean }

export const compact: Layout = { comma: ',', colon: ':', indent: '', ascii: false }

/** Prints in a layout; what `JSON.stringify` can print it prints. */
export function print(value: Json, layout: Layout): string {
  const { comma, colon, indent, ascii } = layout
  if (!ascii && comma === ',' && (indent === '' ? colon === ':' : colon === ': ')) {
    seen = false
    const text = JSON.stringify(value, null, indent)
    if (!seen) return text
  }
  return printValue(value, layout, '')
}

function printValue(value: Json, layout: Layout, margin: string): string {
  if (isExactNumber(value)) return value.text
  if (typeof value !== 'object' || value === null) return printLeaf(value, layout)
  const inner = margin + layout.indent
  const items = Array.isArray(value)
    ? value.map((item) => printValue(item, layout, inner))
    : Object.keys(value).map((key) => printLeaf(key, layout) + layout.colon + printValue(value[key]!, layout, inner))
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}']
  if (items.length === 0) return open + close
  if (layout.indent === '') return open + items.join(layout.comma) + close
  return `${open}\n${inner}${items.join(`,\n${inner}`)}\n${margin}${close}`
}

function printLeaf(value: Json, layout: Layout): string {
  const text = JSON.stringify(value)
  if (!layout.ascii) return text
  return text.replace(/[\u007f-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

const [quote, backslash, dot] = [0x22, 0x5c, 0x2e]

// What is neither long nor has an exponent a double holds; in most texts nothing is. Looked for apart: one expression for
// both costs the engine four times as much (measured).
const exponent = /\d[eE]/
const runMin = 16

/** Of sixteen characters in a row one is looked at first. */
function hasLongNumber(text: string): boolean {
  for (let i = runMin - 1; i < text.length; i += runMin) {
    if (!isMantissa(text.charCodeAt(i))) continue
    let start = i
    while (start > 0 && i - start < runMin && isMantissa(text.charCodeAt(start - 1))) start -= 1
    let end = i + 1
    while (end < text.length && end - start < runMin && isMantissa(text.charCodeAt(end))) end += 1
    if (end - start >= runMin) return true
  }
  return false
}

const isMantissa = (code: number): boolean => isDigit(code) || code === dot

/** True when some number in this JSON text is not what a double would print. Linear; strings are skipped. */
export function hasInexact(text: string): boolean {
  if (!exponent.test(text) && !hasLongNumber(text)) return false
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i)
    if (code === quote) i = stringEnd(text, i)
    else if (isDigit(code)) {
      let end = i + 1
      while (end < text.length && isNumeric(text.charCodeAt(end))) end += 1
      if (end - i > 15 || hasExponent(text, i, end)) if (!isSafeNumber(text.slice(i, end))) return true
      i = end - 1
    }
  }
  return false
}

function stringEnd(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let slashes = 0
    while (text.charCodeAt(end - 1 - slashes) === backslash) slashes += 1
    if (slashes % 2 === 0) return end
  }
  return text.length
}

const isNumeric = (code: number): boolean =>
  isDigit(code) || code === dot || code === 0x65 || code === 0x45 || code === 0x2b || code === 0x2d

function hasExponent(text: string, start: number, end: number): boolean {
  for (let i = start; i < end; i += 1) if ((text.charCodeAt(i) | 0x20) === 0x65) return true
  return false
}
