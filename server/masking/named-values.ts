import { type Fields, normalise } from './fields'
import { htmlTableSpans } from './html-tables'
import { labelSpans } from './labels'
import type { Mention } from './mentions'
import { rowErrorSpans } from './row-errors'
import type { Span } from './spans'
import { tableSpans } from './tables'

/** Adds the values of masked fields in free text: beside their name, below it, and where a database quotes a whole row. */
export function namedValues(text: string, mentions: Mention[], fields: Fields, spans: Span[]): void {
  if (fields.strictest !== null) rowErrorSpans(text, fields.strictest, spans)
  if (mentions.length === 0) return
  const mentioned = mentionedIn(text)
  labelSpans(text, mentions, fields, mentioned, spans)
  const named = (name: string) => fields.named(name, mentioned)
  if (text.includes('\n')) tableSpans(text, mentions, named, spans)
  if (/<t[hd]\b/i.test(text)) htmlTableSpans(text, named, spans)
}

const parameter = /[?&;#]([^=&;#]{1,128})=([^&;#]+)/g

/** Adds the values of masked fields in the query of a URI: `?ssn=1`. */
export function parameterValues(uri: string, fields: Fields, spans: Span[]): void {
  for (const found of uri.matchAll(parameter)) {
    const cover = fields.named(found[1]!, () => true)
    const end = found.index + found[0].length
    if (cover !== null) spans.push({ start: end - found[2]!.length, end, cover })
  }
}

/** Whether a text names a parent of a field; the text is normalised once, and only if somebody asks. */
function mentionedIn(text: string): (parent: string) => boolean {
  let plain: string | null = null
  const known = new Map<string, boolean>()
  return (parent) => {
    let isThere = known.get(parent)
    if (isThere === undefined) {
      plain ??= normalise(text)
      isThere = plain.includes(parent)
      known.set(parent, isThere)
    }
    return isThere
  }
}
