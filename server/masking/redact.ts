import { createHmac, type KeyObject } from 'node:crypto'
import type { MaskStyle } from '../types'
import { fold } from './fold'

// Shorter than any run that is tried as base64.
const hashLength = 12
const partialMin = 8
const shownMax = 4

/**
 * What stands in a text instead of `value`.
 * - `null`: nothing; `redact`: `[masked]`
 * - `hash`: HMAC-SHA-256 (RFC 2104) under the installation key, 72 bits, so that equal values stay equal
 * - `partial`: the last characters, at most a quarter and at most four; nothing of a value under 8 characters
 */
export function redact(value: string, style: MaskStyle, key: KeyObject): string {
  switch (style) {
    case 'null':
      return ''
    case 'redact':
      return '[masked]'
    case 'hash':
      return `hash:${digest(value, key, 'base64url').slice(0, hashLength)}`
    case 'partial':
      return keepEnd(value)
    default:
      return unknownStyle(style satisfies never)
  }
}

/** The same for a number: its hash is a whole number below 2^48, everything else is 0. */
export function redactNumber(value: string, style: MaskStyle, key: KeyObject): number {
  return style === 'hash' ? Number.parseInt(digest(value, key, 'hex').slice(0, 12), 16) : 0
}

const digest = (value: string, key: KeyObject, encoding: 'hex' | 'base64url'): string =>
  createHmac('sha256', key).update(canonical(value)).digest(encoding)

/** One text per value, however it is printed: folded, trimmed, digits without their separators. */
function canonical(value: string): string {
  const plain = visible(value)
  return /^\d[\d .-]*\d$/.test(plain) ? plain.replace(/[ .-]/g, '') : plain
}

/** What a person sees of it: escapes undone, nothing invisible, no space around it. */
const visible = (value: string): string => (fold(value)?.text ?? value).trim()

// Printable ASCII without what `fold` may undo.
const plainText = /^[ -$'-[\]-~]*$/

function keepEnd(value: string): string {
  const isPlain = plainText.test(value)
  const plain = isPlain ? value.trim() : visible(value)
  if (plain.length < partialMin) return '****'
  if (isPlain) return `****${plain.slice(plain.length - Math.min(shownMax, plain.length >> 2))}`
  const shown = [...plain]
  // One character can fold into several, so the shorter of both lengths counts.
  const length = Math.min(shown.length, [...value.trim()].length)
  return length < partialMin ? '****' : `****${shown.slice(-Math.min(shownMax, length >> 2)).join('')}`
}

function unknownStyle(style: string): never {
  throw new Error(`the mask style \`${style}\` is unknown: use null, redact, hash or partial`)
}
