import type { Cover, Span } from './spans'
import { bracketEnd } from './value-ends'

const failingRow = /\bfailing row contains \(/gi
const duplicateEntry = /\bduplicate entry '((?:[^'\\]|\\.|'(?! for key)){0,4000})' for key/gi

const shortest = 22

/** Errors of PostgreSQL and MySQL that quote a row without its columns' names: any of them may be masked. */
export function rowErrorSpans(text: string, cover: Cover, spans: Span[]): void {
  if (text.length < shortest) return
  failingRow.lastIndex = 0
  for (let found = failingRow.exec(text); found !== null; found = failingRow.exec(text)) {
    const end = bracketEnd(text, failingRow.lastIndex - 1)
    spans.push({ start: failingRow.lastIndex, end: Math.max(failingRow.lastIndex, end - 1), cover })
    failingRow.lastIndex = end
  }
  duplicateEntry.lastIndex = 0
  for (let found = duplicateEntry.exec(text); found !== null; found = duplicateEntry.exec(text)) {
    const start = found.index + found[0].indexOf("'") + 1
    spans.push({ start, end: start + found[1]!.length, cover })
  }
}
