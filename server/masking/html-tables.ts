import { holdsValue, isAboutFields } from './rows'
import type { Cover, Span } from './spans'

type Cell = { start: number; end: number; heading: boolean }

const tag = /<(\/?)(table|tr|t[hd])\b[^<>]{0,500}>/gi
const anyTag = /<[^<>]{0,500}>/g
const nameMax = 200

/** Cells of HTML tables below a masked column's heading, and beside a heading in their row. */
export function htmlTableSpans(text: string, named: (name: string) => Cover | null, spans: Span[]): void {
  let table: Reading = { columns: new Map(), headings: null }
  let row: Cell[] = []
  let cell: Cell | null = null
  const closeCell = (end: number) => {
    if (cell !== null) row.push({ ...cell, end })
    cell = null
  }
  const closeRow = (end: number) => {
    closeCell(end)
    readRow(text, row, table, named, spans)
    row = []
  }
  tag.lastIndex = 0
  for (let found = tag.exec(text); found !== null; found = tag.exec(text)) {
    const name = found[2]!.toLowerCase()
    if (name === 'tr' || name === 'table') closeRow(found.index)
    else closeCell(found.index)
    if (name === 'table') table = { columns: new Map(), headings: null }
    if (found[1] === '' && (name === 'td' || name === 'th'))
      cell = { start: tag.lastIndex, end: -1, heading: name === 'th' }
  }
  closeRow(text.length)
}

type Reading = { columns: Map<number, Cover>; headings: string[] | null }

function readRow(
  text: string,
  row: Cell[],
  table: Reading,
  named: (name: string) => Cover | null,
  spans: Span[],
): void {
  if (row.length === 0) return
  const headed = row.every(({ heading }) => heading)
  const words = row.map(({ start, end }) =>
    end - start > nameMax ? '' : text.slice(start, end).replace(anyTag, ' ').trim(),
  )
  const headings = table.headings
  table.headings ??= words
  for (let i = 0; i < row.length; i += 1) {
    const { start, end, heading } = row[i]!
    const known = headed ? undefined : table.columns.get(i)
    if (known !== undefined) add(spans, start, end, known)
    const cover = words[i] === '' ? null : named(words[i]!)
    if (cover === null) continue
    if (headings !== null && isAboutFields(headings, i)) {
      for (let n = 0; n < row.length; n += 1)
        if (holdsValue(headings[n] ?? '')) add(spans, row[n]!.start, row[n]!.end, cover)
      continue
    }
    const next = row[i + 1]
    if (next !== undefined && !next.heading && (heading || row.length === 2)) add(spans, next.start, next.end, cover)
    table.columns.set(i, cover)
  }
}

function add(spans: Span[], start: number, end: number, cover: Cover): void {
  if (end > start) spans.push({ start, end, cover })
}
