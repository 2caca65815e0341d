import { type Embedded, hasEqualKeys, printLike, readJson } from './embedded'
import { encodedRuns } from './encoded'
import { fold, type View } from './fold'
import { detect, look, seen } from './look'
import { namedValues, parameterValues } from './named-values'
import { columnsNear } from './places'
import { jsonRegions } from './regions'
import type { Columns } from './rows'
import { merge, type Span } from './spans'
import { walk } from './walk'
import { conceal, looksForFields, pay, type Work } from './work'

/**
 * How far a text is looked into:
 * - `full`: as JSON, for tables and labels, for what is encoded in it, and by detectors
 * - `plain`: for what is encoded in it, and by detectors
 * - `uri`: the same, and what replaces is percent-encoded
 * - `name`: the same, but short values that other carriers hide do not count
 * - `word`: as a name, and not for what is encoded in it
 * - `bytes`: as it stands
 */
export type Reading = 'full' | 'plain' | 'uri' | 'name' | 'word' | 'bytes'

/** A text with everything hidden that must be; the same text when there is nothing. */
export function maskText(text: string, work: Work, reading: Reading = 'full'): string {
  const { masker, needles } = work
  const values = needles ?? masker.credentials
  // Nothing that the second pass looks for fits into a shorter text, however it is written.
  if (text.length < 2 || (needles !== null && text.length < needles.shortest)) return text
  pay(work, text.length)
  const signs = look(text)
  if (needles === null && (signs & masker.interest) === 0 && (values === null || text.length < values.shortest))
    return text
  // The second pass looks for what the first hid; most texts do not have it any more.
  if (needles !== null && find(text, signs, work, reading === 'full' ? 'plain' : reading).length === 0) return text
  if (reading === 'full' && signs & seen.bracket) {
    const json = readJson(text)
    if (json !== null) return maskJson(text, json, work)
  }
  const spans = merge(find(text, signs, work, reading))
  return spans.length === 0 ? text : hide(text, spans, work, reading)
}

const namedSigns = seen.label | seen.digit | seen.dash

// What of a text costs more than to read it, in units of the budget.
const growthCost = 24
const pieceCost = 16
const spanCost = 32
const mentionCost = 160
const regionCost = 256

/** What must be hidden in a text that is not JSON as a whole: as it stands, folded, and in what is encoded in it. */
export function find(text: string, signs: number, work: Work, reading: Reading): Span[] {
  const spans: Span[] = []
  direct(text, signs, work, reading, spans)
  pay(work, spanCost * spans.length)
  if (reading === 'bytes') return spans
  const view = signs & seen.fold ? fold(text) : null
  if (view !== null) {
    const growth = Math.max(0, view.text.length - text.length)
    pay(work, text.length + view.text.length + growthCost * growth + pieceCost * view.pieces)
    const folded: Span[] = []
    const plainer = look(view.text)
    direct(view.text, plainer, work, reading, folded)
    if (reading !== 'word' && plainer & seen.run) encoded(view.text, work, reading, folded)
    pay(work, spanCost * folded.length)
    for (const span of folded) spans.push(unfold(span, view))
  }
  if (reading === 'word') return spans
  if (signs & seen.run) encoded(text, work, reading, spans)
  return reading === 'full' && signs & seen.bracket ? withJson(text, spans, work) : spans
}

const longOnly: ReadonlySet<Reading> = new Set(['name', 'word', 'bytes'])

function direct(text: string, signs: number, work: Work, reading: Reading, spans: Span[]): void {
  const { masker, needles } = work
  if (needles !== null) {
    needles.find(text, signs, spans, longOnly.has(reading))
    return
  }
  detect(text, signs, masker.detectors, spans)
  masker.credentials?.find(text, signs, spans, false)
  if (masker.fields.size === 0 || !(signs & namedSigns)) return
  if (reading === 'full') {
    const mentions = masker.mentions(text)
    pay(work, mentionCost * mentions.length)
    namedValues(text, mentions, masker.fields, spans)
  }
  if (reading === 'uri') parameterValues(text, masker.fields, spans)
}

const unfold = (span: Span, view: View): Span => ({
  ...span,
  start: view.at[span.start]!,
  end: view.at[span.end]!,
  value: view.text.slice(span.start, span.end),
})

function encoded(text: string, work: Work, reading: Reading, spans: Span[]): void {
  for (const { start, end, text: inner, encode } of encodedRuns(text)) {
    const masked = maskText(inner, work, reading)
    if (masked !== inner) spans.push({ start, end, cover: replaced, insert: encode(masked) })
  }
}

/** For a span that is not hidden itself: what stands in it has been masked. */
const replaced = { style: 'partial', mask: '' } as const

/** JSON in the text is masked as JSON; what was found inside it as text does not count. */
function withJson(text: string, spans: Span[], work: Work): Span[] {
  const regions = jsonRegions(text)
  if (regions.length === 0) return spans
  pay(work, regionCost * regions.length)
  const inserts: Span[] = []
  const { columns: outer } = work
  let columns: Columns | null = null
  for (const region of regions) {
    const original = text.slice(region.start, region.end)
    work.columns = columns ?? outer
    const masked = maskJson(original, region, work)
    // Lines of JSON, the first of which names the columns: `["id","ssn"]`.
    if (!Array.isArray(region.value)) columns = null
    else if (looksForFields(work)) columns ??= columnsNear([region.value], work)
    if (masked !== original) inserts.push({ start: region.start, end: region.end, cover: replaced, insert: masked })
  }
  work.columns = outer
  return [...inserts, ...spans.filter((span) => !inside(span, regions))]
}

/** Regions are in order and apart, so the one that could hold a span is found by halving. */
function inside(span: Span, regions: { start: number; end: number }[]): boolean {
  let [low, high] = [0, regions.length - 1]
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (regions[middle]!.start <= span.start) low = middle
    else high = middle - 1
  }
  return regions[low]!.start <= span.start && span.end <= regions[low]!.end
}

function maskJson(text: string, json: Embedded, work: Work): string {
  work.nested += 1
  const masked = walk(json.value, 'data', null, work)
  work.nested -= 1
  const printed = printLike(masked, json.layout, text)
  if (masked !== json.value) return printed
  // Of equal keys a reader takes the last, but all of them would be sent.
  return printed === text || !hasEqualKeys(text) ? text : printed
}

/** Replaces spans, which must be merged. */
export function hide(text: string, spans: Span[], work: Work, reading: Reading): string {
  const instead = (span: Span) => inUri(span.insert ?? shown(text, span, work), reading)
  if (spans.length === 1) return text.slice(0, spans[0]!.start) + instead(spans[0]!) + text.slice(spans[0]!.end)
  const parts: string[] = []
  let from = 0
  for (const span of spans) {
    parts.push(text.slice(from, span.start), instead(span))
    from = span.end
  }
  parts.push(text.slice(from))
  return parts.join('')
}

const openKeyTexts = 200

function shown(text: string, span: Span, work: Work): string {
  if (span.open === true) work.openKey = openKeyTexts
  return conceal(work, span.value ?? text.slice(span.start, span.end), span.cover, span.sure === true)
}

/** What stands in a URI is percent-encoded, without the halves of characters that cannot be. */
const inUri = (instead: string, reading: Reading): string =>
  reading === 'uri' ? encodeURIComponent(Buffer.from(instead).toString()) : instead
