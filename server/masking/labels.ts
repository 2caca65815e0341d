import type { Fields } from './fields'
import { normalise } from './fields'
import type { Mention } from './mentions'
import type { Span } from './spans'
import { bareEnd, bracketEnd, quotedEnd } from './value-ends'

/**
 * Values that stand beside a masked field's name in free text: `ssn: 1`, `"ssn":"1"`, `ssn = '1'`, `ssn IN (1, 2)`,
 * `<ssn>1</ssn>`, `Key (ssn)=(1)`, `SSN 123-45-6789`, YAML blocks. Wherever the end is in doubt, more is hidden.
 */
export function labelSpans(text: string, mentions: Mention[], fields: Fields, spans: Span[]): void {
  const mentioned = mentionedIn(text)
  const listed = listsIn(text)
  const closed = tagsIn(text)
  let from = 0
  for (const mention of mentions) {
    if (mention.start < from) continue
    const cover = fields.named(mention.name, mentioned)
    const value = cover === null ? null : (listed(mention) ?? valueAfter(text, mention, closed))
    if (cover === null || value === null) continue
    const [start, end] = trimmed(text, value[0], value[1])
    if (end <= start || nothing.test(text.slice(start, Math.min(end, start + 10)))) continue
    spans.push({ start, end, cover })
    from = end
  }
}

const nothing = /^(?:null|none|nil|undefined)$/i

/** Whether a text names a parent of a field; the text is normalised once, and only if somebody asks. */
export function mentionedIn(text: string): (parent: string) => boolean {
  let plain: string | null = null
  return (parent) => {
    plain ??= normalise(text)
    return plain.includes(parent)
  }
}

type Range = [start: number, end: number]

function trimmed(text: string, start: number, end: number): Range {
  let [from, to] = [start, end]
  while (from < to && /\s/.test(text[from]!)) from += 1
  while (to > from && /\s/.test(text[to - 1]!)) to -= 1
  return [from, to]
}

const match = (pattern: RegExp, text: string, at: number): RegExpExecArray | null => {
  pattern.lastIndex = at
  return pattern.exec(text)
}

// All sticky, all bounded.
const closing = /[\\"'`*_\])\s]{0,8}(?:\([^()\n]{0,40}\)[ \t]{0,4})?/y
const operator = /:=|=>|->|[=!]==?|<>|[<>]=?|[:=~：＝]|(?:not[ \t]+)?(?:i?like|in|between)\b/iy
const opening = /[*_`]{0,3}[ \t]{0,16}/y
const weak = /[ \t#]{1,4}(?:(?:is|was|are|number|no\.?|nr\.?|of|value)[ \t:#]{1,4}){0,2}(?=[^\s,;]*\d)/iy
const tagged = /(?:\s[^<>]{0,200})?>/y
const andThen = /[ \t]{1,4}and[ \t]{1,4}/iy

function valueAfter(text: string, mention: Mention, closed: Closed): Range | null {
  const element = elementValue(text, mention, closed)
  if (element !== undefined) return element
  const after = mention.end + match(closing, text, mention.end)![0].length
  const sign = match(operator, text, after)
  if (sign !== null) return valueAt(text, after + sign[0].length, sign[0], mention)
  const soft = match(weak, text, mention.end)
  return soft === null ? null : numberAt(text, mention.end + soft[0].length)
}

const listMax = 4000
const listAfter = /[ \t]{0,4}(?:=|\s{0,8}values)\s{0,8}(?=\()/iy
const tupleNext = /\s{0,4},\s{0,4}(?=\()/y

/** What follows a list that has the name: `(id, ssn) values (1, '2'), (3, '4')`, `Key (id, ssn)=(1, 2)`. */
function listsIn(text: string): (mention: Mention) => Range | null {
  let close = -1
  let open = -1
  let values = -1
  return ({ start, end }) => {
    if (close < end && close !== text.length) {
      const next = text.indexOf(')', end)
      close = next === -1 ? text.length : next
      const sign = next === -1 ? null : match(listAfter, text, close + 1)
      values = sign === null ? -1 : close + 1 + sign[0].length
      const from = Math.max(0, close - listMax)
      open = sign === null ? -1 : from + text.slice(from, close).lastIndexOf('(')
    }
    return values !== -1 && start > open ? tuples(text, values) : null
  }
}

/** `(1, 'a'), (2, 'b')` */
function tuples(text: string, start: number): Range {
  let end = bracketEnd(text, start)
  for (let next = match(tupleNext, text, end); next !== null; next = match(tupleNext, text, end))
    end = bracketEnd(text, end + next[0].length)
  return [start, end]
}

type Closed = (start: number, name: string) => number

const triesMax = 64

/** Where an element's text ends: at its own closing tag, or, when that is not near, further than it needs to. */
function tagsIn(text: string): Closed {
  let last = -2
  return (start, name) => {
    if (last === -2) last = text.lastIndexOf('</')
    let at = start - 1
    for (let tries = 0; tries < triesMax && at < last; tries += 1) {
      at = text.indexOf('</', at + 1)
      if (text.slice(at, at + 48 + name.length).includes(name)) return at
    }
    if (at >= start) return at
    const next = text.indexOf('<', start)
    return next === -1 ? text.length : next
  }
}

/** Undefined when the name is no element's; null at its end. */
function elementValue(text: string, mention: Mention, closed: Closed): Range | null | undefined {
  const before = /<(\/?)(?:[\w.-]{1,40}:)?$/.exec(text.slice(Math.max(0, mention.start - 44), mention.start))
  if (before === null) return undefined
  if (before[1] !== '') return null
  const tag = match(tagged, text, mention.end)
  if (tag === null) return undefined
  if (tag[0].endsWith('/>')) return null
  const start = mention.end + tag[0].length
  return [start, closed(start, text.slice(mention.start, mention.end))]
}

function valueAt(text: string, from: number, sign: string, mention: Mention): Range | null {
  const start = from + match(opening, text, from)![0].length
  const quoted = quotedEnd(text, start)
  if (quoted !== null) return withSecond(text, quoted, sign)
  const first = text[start]
  if (first === '(' || first === '[' || first === '{') return [start, bracketEnd(text, start)]
  if (first === undefined) return null
  return withSecond(text, bareEnd(text, start, sign, mention.start), sign)
}

/** `between 1 and 2` */
function withSecond(text: string, value: Range, sign: string): Range {
  const and = /between/i.test(sign)
    ? match(andThen, text, value[1] + (/["']/.test(text[value[1]] ?? '') ? 1 : 0))
    : null
  if (and === null) return value
  const start = and.index + and[0].length
  return [value[0], (quotedEnd(text, start) ?? bareEnd(text, start, '=', start))[1]]
}

/** One token that has three digits or more, with the groups of digits after it. */
function numberAt(text: string, start: number): Range | null {
  const token = match(/[^\s,;]{1,256}(?:[ \t][\d-]{2,24}(?![^\s,;.]))*/y, text, start)?.[0] ?? ''
  return token.replace(/\D/g, '').length >= 3 ? [start, start + token.length] : null
}
