import type { Fields } from './fields'
import { attributeBeside } from './label-attributes'
import { elementsIn } from './label-elements'
import { listsIn } from './label-lists'
import { valueBeside } from './label-words'
import type { Mention } from './mentions'
import type { Span } from './spans'
import { matchAt, type Range } from './sticky'
import { bareEnd, bracketEnd, quotedEnd } from './value-ends'
import { belowHeading, lineHead } from './value-lines'

/**
 * Values that stand beside a masked field's name in free text: `ssn: 1`, `"ssn":"1"`, `ssn = '1'`, `ssn IN (1, 2)`,
 * `<ssn>1</ssn>`, `<input name="ssn" value="1">`, `Key (ssn)=(1)`, `SSN 123-45-6789`, YAML blocks. Wherever the end is in doubt, more is hidden.
 */
export function labelSpans(
  text: string,
  mentions: Mention[],
  fields: Fields,
  mentioned: (parent: string) => boolean,
  spans: Span[],
): void {
  const listed = listsIn(text)
  const element = elementsIn(text)
  let from = 0
  for (const mention of mentions) {
    if (mention.start < from) continue
    const cover = fields.named(mention.name, mentioned)
    if (cover === null) continue
    const inElement = element(mention)
    const value =
      inElement !== undefined
        ? inElement
        : (attributeBeside(text, mention) ?? listed(mention) ?? valueAfter(text, mention))
    if (value === null) continue
    const [start, end] = trimmed(text, value)
    if (end <= start || (end - start <= nothingMax && nothing.test(text.slice(start, end)))) continue
    spans.push({ start, end, cover })
    from = end
  }
}

// No value, a reference to one, what says that it is hidden, or a type: a description of the field.
const types =
  '(?:str|string|text|(?:var)?char|bool|boolean|int|integer|bigint|smallint|number|numeric|decimal|float|double|date|' +
  'datetime|timestamp|timestamptz|uuid|jsonb?|any|object|array)(?:\\(\\d{1,4}\\))?'
const none = '(?:null|none|nil|undefined)'
const references = '\\$\\{[a-z_]\\w{0,60}\\}|\\$?\\{\\{[\\w. -]{1,80}\\}\\}'
const unsaid =
  "\\((?:known after apply|sensitive(?: value)?)\\)|<set to the key '[\\w.-]{1,60}' in secret '[\\w.-]{1,60}'>"
const nothing = new RegExp(
  `^(?:${none}|required|optional|\\[masked\\]|${references}|${unsaid}|` +
    `(?:${types}|(?:Option(?:al)?|List|Array|Vec)[<[]${types}[>\\]])(?:\\[\\])?[!?]?(?: ?\\| ?${none})?(?: ?= ?${none})?)\\)?[;,]?$`,
  'i',
)
const nothingMax = 160

function trimmed(text: string, [start, end]: Range): Range {
  let [from, to] = [start, end]
  while (from < to && /\s/.test(text[from]!)) from += 1
  while (to > from && /\s/.test(text[to - 1]!)) to -= 1
  return [from, to]
}

// All sticky, all bounded.
const closing =
  /[\\"'`*_\])\s.#\u201c-\u201f\u2018-\u201b\u00bb\u00ab]{0,40}(?:(?:number|no|nr|value)[\\"'`*_.\s]{0,8}(?=[:=]))?(?:\([^()\n]{0,40}\)[ \t*_]{0,4})?/y
const operator =
  /:=|=>|->|[=!]==?|<>|[→⇒⟶➜]|;s:\d{1,9}:(?=")|;[idb]:(?=[\d-])|[<>]=|[<>](?![/a-z])|[:=~：＝]|(?:is|was)[ \t]*:|is[ \t]+(?=['"])|(?:not[ \t]+)?(?:i?like[ \t]*(?=['"(:$@])|in[ \t]*(?=\()|between[ \t]+(?=['":$@\d-]))/iy
/** It is all there is: what follows a reference can be the rest of a value. */
const reference = new RegExp(`["']?(?:${references})["'\`]?[ \\t]*(?=[,;)\\]}\\r\\n]|$)`, 'iy')
const opening = /[*_`]{0,3}[ \t]{0,16}/y
const dash = /[ \t]{0,4}(?:[\u2013\u2014]|(?<=[ \t])-(?=[ \t]))[ \t]{0,4}/y
const weak =
  /[ \t#/.\u2013\u2014-]{1,12}(?:(?:is|was|are|number|no\.?|nr\.?|of|value)[ \t:#]{1,4}){0,2}(?=[^\s,;]*\d)/iy
const andThen = /[ \t]{1,4}and[ \t]{1,4}/iy
const lineStart = /^[\s>*_#+-]*$/

function valueAfter(text: string, mention: Mention): Range | null {
  const after = mention.end + matchAt(closing, text, mention.end)![0].length
  const sign = matchAt(operator, text, after)
  if (sign !== null) return valueAt(text, after + sign[0].length, sign[0], mention)
  const between = matchAt(dash, text, mention.end)
  // `- SSN - 123`: a dash says as much as a colon when nothing stands before the name.
  if (between !== null && lineStart.test(lineHead(text, mention.start)))
    return valueAt(text, mention.end + between[0].length, ':', mention)
  const beside = valueBeside(text, mention)
  if (beside !== null) return beside
  const soft = matchAt(weak, text, mention.end)
  return soft === null ? belowHeading(text, mention.start, mention.end) : numberAt(text, mention.end + soft[0].length)
}

function valueAt(text: string, from: number, sign: string, mention: Mention): Range | null {
  const start = from + matchAt(opening, text, from)![0].length
  if (matchAt(reference, text, start) !== null || isPrompt(text, mention, start)) return null
  const quoted = quotedEnd(text, start)
  if (quoted !== null) return withSecond(text, quoted, sign)
  const first = text[start]
  if (first === '(' || first === '[' || first === '{') return [start, bracketEnd(text, start)]
  if (first === undefined) return null
  return withSecond(text, bareEnd(text, start, sign, mention.start), sign)
}

/** `'Password: '` in code: the quote after the label ends what began before it. */
function isPrompt(text: string, mention: Mention, start: number): boolean {
  const quote = text[start]
  if ((quote !== '"' && quote !== "'") || text.slice(mention.end, start).includes(quote)) return false
  return promptEnd.test(text.slice(start + 1, start + 2)) && lineHead(text, mention.start).split(quote).length % 2 === 0
}

const promptEnd = /^(?:[,;)\]}]|$)/

/** `between 1 and 2` */
function withSecond(text: string, value: Range, sign: string): Range {
  if (!/between/i.test(sign)) return value
  const and = matchAt(andThen, text, value[1] + (/["']/.test(text[value[1]] ?? '') ? 1 : 0))
  if (and === null) return value
  const start = and.index + and[0].length
  return [value[0], (quotedEnd(text, start) ?? bareEnd(text, start, sign, start))[1]]
}

/** One token that has three digits or more, with the groups of digits after it. */
function numberAt(text: string, start: number): Range | null {
  const token = matchAt(/[^\s,;]{1,256}(?:[ \t][\d-]{2,24}(?![^\s,;.]))*/y, text, start)?.[0] ?? ''
  const digits = token.replace(/\D/g, '').length
  // More digits than anything else: not `varchar(255)`.
  return digits >= 3 && digits * 2 >= token.replace(/\W/g, '').length ? [start, start + token.length] : null
}
