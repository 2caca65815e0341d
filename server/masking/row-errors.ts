import type { Cover, Span } from './spans'
import { bracketEnd } from './value-ends'

const inBrackets = /\b(?:failing row contains|duplicate key value is) \(/gi
const inQuotes =
  /\b(?:duplicate entry|incorrect [a-z]{1,20} value:|truncated value:) '((?:[^'\\]|\\.|'(?! for (?:key|column)|\.?$)){0,1000})'/gim
const copied = /\bCOPY [^\n"]{1,200}, line \d{1,12}: "([^\n]{0,4000})"/g

const shortest = 22
// A text without any of these is none of them, which one look tells.
const anyOf = /failing row contains|duplicate |incorrect |truncated value|, line \d/i

/** Errors of PostgreSQL, MySQL and SQL Server that quote a row or value without its column's name: any may be masked. */
export function rowErrorSpans(text: string, cover: Cover, spans: Span[]): void {
  if (text.length < shortest || !anyOf.test(text)) return
  inBrackets.lastIndex = 0
  for (let found = inBrackets.exec(text); found !== null; found = inBrackets.exec(text)) {
    const end = bracketEnd(text, inBrackets.lastIndex - 1)
    spans.push({ start: inBrackets.lastIndex, end: Math.max(inBrackets.lastIndex, end - 1), cover })
    inBrackets.lastIndex = end
  }
  for (const quoted of [inQuotes, copied])
    for (const found of text.matchAll(quoted)) {
      const end = found.index + found[0].length - 1
      spans.push({ start: end - found[1]!.length, end, cover })
    }
}
