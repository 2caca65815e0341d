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

/** Whether a text names a parent of a field; the text is normalised once, and only if somebody asks. */
function mentionedIn(text: string): (parent: string) => boolean {
  let plain: string | null = null
  return (parent) => {
    plain ??= normalise(text)
    return plain.includes(parent)
  }
}
