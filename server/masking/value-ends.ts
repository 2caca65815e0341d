import type { Range } from './sticky'
import { belowLabel, blockBelow, continued, lineHead } from './value-lines'
import { phrase } from './value-phrases'

const quotes = new Set(['"', "'", '`'])

/** The inside of what is quoted at `start`, also with the quotes themselves escaped (`\"`); null without a quote there. */
export function quotedEnd(text: string, start: number): Range | null {
  let open = start
  while (text[open] === '\\') open += 1
  const quote = text[open]
  if (quote === undefined || !quotes.has(quote)) return null
  const escapes = text.slice(start, open)
  if (escapes === '' && text.startsWith(quote.repeat(3), open)) return until(text, open + 3, quote.repeat(3))
  if (escapes !== '') return until(text, open + 1, escapes + quote)
  for (let at = open + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1
    else if (text[at] === quote) {
      // SQL doubles a quote inside.
      if (text[at + 1] !== quote) return [open + 1, at]
      at += 1
    }
  }
  return [open + 1, text.length]
}

function until(text: string, start: number, stop: string): Range {
  const end = text.indexOf(stop, start)
  return [start, end === -1 ? text.length : end]
}

/** After the bracket that closes the one at `start`; the end of the text when none does. */
export function bracketEnd(text: string, start: number): number {
  let depth = 0
  for (let at = start; at < text.length; at += 1) {
    const char = text[at]!
    if (char === '"' || char === "'") {
      const quoted = quotedEnd(text, at)!
      at = quoted[1]
    } else if (char === '(' || char === '[' || char === '{') depth += 1
    else if (char === ')' || char === ']' || char === '}') {
      depth -= 1
      if (depth === 0) return at + 1
    }
  }
  return text.length
}

const lineSigns = new Set([':', '：', '->', '=>', '→', '⇒', '⟶', '➜'])
const assigns = new Set(['=', ':=', '\uff1d'])
const nextLabel = /(?:[,;|]\s?|[ \t]{2,8})["']?[\p{L}_][\p{L}\p{N}_ .-]{0,40}["']?\s?[:=]/uy
const wordEnd = new Set([' ', '\t', '\n', '\r', ',', ';', '&', ')', ']', '}', '<', '>', '"', "'", '|'])

/** The end of a value without quotes: of the words after `=`, else of the line or where another label begins, or the lines below. */
export function bareEnd(text: string, start: number, sign: string, labelStart: number): Range {
  const below = sign === ':' ? belowLabel(text, start) : -1
  if (below !== -1) return blockBelow(text, below, labelStart)
  if (sign === ':') return continued(text, lineEnd(text, start, labelStart), labelStart)
  if (lineSigns.has(sign)) return lineEnd(text, start, labelStart)
  const first = word(text, start)
  const inAddress = text[labelStart - 1] === '?' || text[labelStart - 1] === '&'
  return assigns.has(sign) && !inAddress ? withArguments(text, phrase(text, first)) : first
}

const argumentsMax = 400
const opened = /[\w.$]\(/

/** `password = decode("x")`: what a function is given belongs to the value, at most to the end of the line. */
function withArguments(text: string, value: Range): Range {
  const [start, end] = value
  const at = end - start > argumentsMax ? -1 : text.slice(start, end).search(opened)
  if (at === -1) return value
  const rest = text.slice(start + at + 1, start + at + 1 + argumentsMax)
  const closed = bracketEnd(rest, 0)
  const newline = rest.indexOf('\n')
  const length = closed < rest.length || rest.endsWith(')') ? closed : newline === -1 ? rest.length : newline
  return [start, Math.max(end, start + at + 1 + length)]
}

function word(text: string, start: number): Range {
  let end = start
  while (end < text.length && !wordEnd.has(text[end]!)) end += 1
  // Groups of digits belong together.
  while (text[end] === ' ' && /\d/.test(text[end - 1] ?? '') && /\d/.test(text[end + 1] ?? '')) {
    end += 1
    while (end < text.length && !wordEnd.has(text[end]!)) end += 1
  }
  return [start, end]
}

function lineEnd(text: string, start: number, labelStart: number): Range {
  const inBraces = lineHead(text, labelStart).includes('{')
  for (let at = start; at < text.length; at += 1) {
    const char = text[at]!
    if (char === '\n' || (char === '}' && inBraces)) return [start, at]
    const spaced = (char === ' ' || char === '\t') && /[ \t]/.test(text[at + 1] ?? '')
    if (char === ',' || char === ';' || char === '|' || spaced) {
      nextLabel.lastIndex = at
      if (nextLabel.test(text)) return [start, at]
    }
  }
  return [start, text.length]
}
