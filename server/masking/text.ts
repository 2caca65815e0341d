import { printLike, readJson } from './embedded'
import { encodedRuns } from './encoded'
import { fold, type View } from './fold'
import { detectorSpans, look, seen } from './look'
import { TooMuch } from './needles'
import { redact } from './redact'
import { merge, type Span } from './spans'
import { walk } from './walk'
import { note, type Work } from './work'

const depthMax = 6

/** How deep a text may be looked into: `full` reads JSON, tables and labels, `plain` only what detectors find. */
export type Reading = 'full' | 'plain'

/** A text with everything hidden that must be; the same text when there is nothing. */
export function maskText(text: string, work: Work, reading: Reading = 'full', depth = 0): string {
  if (text.length < 2) return text
  spend(work, text)
  const signs = look(text)
  if (depth > depthMax) throw new TooMuch()
  if (reading === 'full' && signs & seen.bracket) {
    const json = maskJson(text, work)
    if (json !== null) return json
  }
  const spans = merge(find(text, signs, work, reading, depth))
  return spans.length === 0 ? text : hide(text, spans, work)
}

/** What must be hidden in a text that is not JSON as a whole: as it stands, folded, and in what is encoded in it. */
export function find(text: string, signs: number, work: Work, reading: Reading, depth: number): Span[] {
  const spans = direct(text, signs, work, reading)
  const view = signs & seen.fold ? fold(text) : null
  if (view !== null) spans.push(...direct(view.text, look(view.text), work, reading).map((span) => unfold(span, view)))
  if (signs & seen.run) spans.push(...encoded(text, work, reading, depth))
  return spans
}

function direct(text: string, signs: number, work: Work, _reading: Reading): Span[] {
  if (work.needles !== null) return work.needles.find(text)
  const spans = detectorSpans(text, signs, work.masker.detectors)
  const { credentials } = work.masker
  if (credentials !== null && text.length >= credentials.shortest) spans.push(...credentials.find(text))
  return spans
}

const unfold = (span: Span, view: View): Span => ({
  ...span,
  start: view.at[span.start]!,
  end: view.at[span.end]!,
  value: view.text.slice(span.start, span.end),
})

function encoded(text: string, work: Work, reading: Reading, depth: number): Span[] {
  const spans: Span[] = []
  for (const run of encodedRuns(text)) {
    const masked = maskText(run.text, work, reading, depth + 1)
    if (masked !== run.text)
      spans.push({ start: run.start, end: run.end, cover: { style: 'partial', mask: '' }, insert: run.encode(masked) })
  }
  return spans
}

function maskJson(text: string, work: Work): string | null {
  const json = readJson(text)
  if (json === null) return null
  const masked = walk(json.value, 'data', null, work)
  if (masked !== json.value) return printLike(masked, json.layout, text)
  // Equal keys: a reader takes the last, but all of them would be sent.
  const again = printLike(json.value, json.layout, text)
  return again.length === text.length ? text : again
}

/** Replaces spans, which must be merged. */
export function hide(text: string, spans: Span[], work: Work): string {
  let out = ''
  let from = 0
  for (const span of spans) {
    out += text.slice(from, span.start) + (span.insert ?? conceal(text, span, work))
    from = span.end
  }
  return out + text.slice(from)
}

function conceal(text: string, span: Span, work: Work): string {
  const value = span.value ?? text.slice(span.start, span.end)
  note(work, value, span.cover)
  return redact(value, span.cover.style, work.masker.key)
}

function spend(work: Work, text: string): void {
  work.budget.left -= text.length
  if (work.budget.left < 0) throw new TooMuch()
}
