import type { Json } from '../types'

export type Parsed = { ok: true; value: Json } | { ok: false; problem: string }

const depthMax = 64

/**
 * Parses JSON (RFC 8259) and refuses what two readers could understand differently: duplicate keys, `__proto__`,
 * numbers that a double cannot hold exactly, and nesting deeper than 64.
 */
export function parseStrict(text: string): Parsed {
  let value: Json
  try {
    value = JSON.parse(text) as Json
  } catch {
    return { ok: false, problem: 'the body is not JSON' }
  }
  const problem = ambiguity(text)
  return problem === null ? { ok: true, value } : { ok: false, problem }
}

const quote = 0x22
const backslash = 0x5c
const comma = 0x2c
const [braceOpen, braceClose, bracketOpen, bracketClose] = [0x7b, 0x7d, 0x5b, 0x5d]

/** Walks text that JSON.parse has accepted; null when it has one meaning only. */
function ambiguity(text: string): string | null {
  const open: (Set<string> | null)[] = []
  let expectsKey = false
  for (let at = 0; at < text.length; ) {
    const code = text.charCodeAt(at)
    if (code === quote) {
      const end = stringEnd(text, at)
      const keys = open.at(-1)
      if (expectsKey && keys) {
        const problem = addKey(keys, text.slice(at, end))
        if (problem !== null) return problem
        expectsKey = false
      }
      at = end
    } else if (code === braceOpen || code === bracketOpen) {
      if (open.length === depthMax) return `the body is nested deeper than ${depthMax}`
      expectsKey = code === braceOpen
      open.push(expectsKey ? new Set() : null)
      at += 1
    } else if (code === braceClose || code === bracketClose) {
      open.pop()
      expectsKey = false
      at += 1
    } else if (code === comma) {
      expectsKey = open.at(-1) !== null && open.length > 0
      at += 1
    } else if (code === 0x2d || isDigit(code)) {
      const end = numberEnd(text, at)
      const literal = text.slice(at, end)
      if (!isExact(literal)) return `the number ${literal.slice(0, 40)} cannot be held exactly; send it as a string`
      at = end
    } else at += 1
  }
  return null
}

function addKey(keys: Set<string>, literal: string): string | null {
  const key = literal.includes('\\') ? (JSON.parse(literal) as string) : literal.slice(1, -1)
  if (key === '__proto__') return 'the key `__proto__` is refused'
  if (keys.has(key)) return `the key \`${key.slice(0, 60)}\` stands twice in one object`
  keys.add(key)
  return null
}

function stringEnd(text: string, start: number): number {
  for (let at = start + 1; ; at += 1) {
    const code = text.charCodeAt(at)
    if (code === backslash) at += 1
    else if (code === quote) return at + 1
  }
}

const zero = 0x30
const isDigit = (code: number) => code >= zero && code <= 0x39

function numberEnd(text: string, start: number): number {
  let at = start + 1
  // digits, '.', 'e', 'E', '+', '-'
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (!isDigit(code) && code !== 0x2e && code !== 0x65 && code !== 0x45 && code !== 0x2b && code !== 0x2d) break
  }
  return at
}

/** True when the double nearest to the literal prints as the same decimal value. */
export function isExact(literal: string): boolean {
  if (literal.length <= 15 && !literal.includes('e') && !literal.includes('E')) return true
  const value = Number(literal)
  return Number.isFinite(value) && decimal(literal) === decimal(String(value))
}

/** Sign-free `digits e exponent` with no leading or trailing zeros, so that equal values have equal text. */
function decimal(literal: string): string {
  const [mantissa = '', exponent = '0'] = literal.toLowerCase().replace(/^-/, '').split('e')
  const [whole = '', fraction = ''] = mantissa.split('.')
  const digits = whole + fraction
  // Not /0+$/: that takes the square of the length, so one long number would hold up everybody.
  let [start, end] = [0, digits.length]
  while (start < end && digits.charCodeAt(start) === zero) start += 1
  while (end > start && digits.charCodeAt(end - 1) === zero) end -= 1
  if (start === end) return '0'
  return `${digits.slice(start, end)}e${Number(exponent) - fraction.length + (digits.length - end)}`
}
