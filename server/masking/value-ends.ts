import type { Range } from './sticky'

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
const block = /[|>]?[+-]?[ \t]{0,8}(?:\r?\n|$)/y
const nextLabel = /(?:[,;|]\s?|[ \t]{2,8})["']?[\p{L}_][\p{L}\p{N}_ .-]{0,40}["']?\s?[:=]/uy
const wordEnd = new Set([' ', '\t', '\n', '\r', ',', ';', '&', ')', ']', '}', '<', '>', '"', "'", '|'])

/** The end of a value without quotes: of the word after `=`, else of the line or where another label begins. */
export function bareEnd(text: string, start: number, sign: string, labelStart: number): Range {
  block.lastIndex = start
  const empty = block.exec(text)
  if (empty !== null && sign === ':') return blockEnd(text, start + empty[0].length, labelStart)
  return lineSigns.has(sign) ? lineEnd(text, start, labelStart) : word(text, start)
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

const headMax = 200

/** What stands before a label in its line, at most 200 characters of it. */
export function lineHead(text: string, labelStart: number): string {
  const before = text.slice(Math.max(0, labelStart - headMax), labelStart)
  return before.slice(before.lastIndexOf('\n') + 1)
}

/** YAML, or a label on a line of its own: the deeper lines that follow, at least one. */
function blockEnd(text: string, start: number, labelStart: number): Range {
  const margin = /^[ \t]*/.exec(lineHead(text, labelStart))![0].length
  let end = start
  for (let line = start; line < text.length; ) {
    const newline = text.indexOf('\n', line)
    const stop = newline === -1 ? text.length : newline
    const head = text.slice(line, Math.min(stop, line + 200))
    const deep = /^[ \t]*/.exec(head)![0].length > margin || /^[ \t]*- /.test(head)
    const first = line === start && head.trim() !== '' && !/^[^:]{1,40}:(\s|$)/.test(head)
    if (!deep && !first) break
    end = stop
    line = stop + 1
  }
  return [start, end]
}
