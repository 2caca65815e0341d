import type { Json, JsonObject } from '../types'
import { namedValues } from './named-values'
import { merge, type Span } from './spans'
import { hide } from './text'
import { pay, type Work } from './work'

const lineMax = 10_000
const lineCost = 128
const headed = /[,;|\t:=]/
const isJson = /^\s*[[{].*[\]}]\s*$/

/**
 * The lines of one text that stand as texts or text blocks of their own: a heading (`id,ssn`) or a label (`SSN:`) in one
 * names what the next hold. The same items where there is nothing to hide. Linear in their length.
 */
export function acrossLines(items: Json[], isBlocks: boolean, work: Work): Json[] {
  const lines = linesOf(items, isBlocks)
  if (lines === null) return items
  const { fields, mentions } = work.masker
  const text = lines.join('\n')
  const named = mentions(text)
  if (named.length === 0) return items
  pay(work, 8 * text.length + lineCost * lines.length)
  const names = lines.map((line) => mentions(line).length > 0)
  // A list of bare names is no heading.
  if (lines.some((line, i) => names[i] && !headed.test(line))) return items
  const spans: Span[] = []
  namedValues(text, named, fields, spans)
  const found = merge(spans)
  let [from, next] = [0, 0]
  let out: Json[] | null = null
  for (let i = 0; i < lines.length; i += 1) {
    const line = lines[i]!
    const to = from + line.length
    while (next < found.length && found[next]!.end <= from) next += 1
    const inside: Span[] = []
    for (let at = next; at < found.length && found[at]!.start < to; at += 1) inside.push(clipped(found[at]!, from, to))
    // A line that names a field is masked as it stands.
    if (inside.length > 0 && !names[i]) {
      out ??= [...items]
      out[i] = withLine(items[i]!, hide(line, inside, work, 'full'))
    }
    from = to + 1
  }
  return out ?? items
}

const clipped = (span: Span, from: number, to: number): Span => ({
  ...span,
  start: Math.max(span.start, from) - from,
  end: Math.min(span.end, to) - from,
})

/** Two lines or more, each in an item; null where some item is none, or is JSON, which names its own fields. */
function linesOf(items: Json[], isBlocks: boolean): string[] | null {
  if (items.length < 2) return null
  const lines: string[] = []
  for (const item of items) {
    const text = isBlocks ? (item as JsonObject | null)?.text : item
    if (typeof text !== 'string' || text.length > lineMax) return null
    const line = text.trimEnd()
    if (line.includes('\n') || isJson.test(line)) return null
    lines.push(line)
  }
  return lines
}

const withLine = (item: Json, line: string): Json =>
  typeof item === 'string' ? line : { ...(item as JsonObject), text: line }
