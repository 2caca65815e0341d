import type { Cover, Span } from './spans'

type Cell = { start: number; end: number; heading: boolean }

const tag = /<(\/?)(table|tr|t[hd])\b[^<>]{0,500}>/gi
const anyTag = /<[^<>]{0,500}>/g
const nameMax = 200

/** Cells of HTML tables below a masked column's heading, and beside a heading in their row. */
export function htmlTableSpans(text: string, named: (name: string) => Cover | null, spans: Span[]): void {
  let columns = new Map<number, Cover>()
  let row: Cell[] = []
  let cell: Cell | null = null
  const closeCell = (end: number) => {
    if (cell !== null) row.push({ ...cell, end })
    cell = null
  }
  const closeRow = (end: number) => {
    closeCell(end)
    readRow(text, row, columns, named, spans)
    row = []
  }
  tag.lastIndex = 0
  for (let found = tag.exec(text); found !== null; found = tag.exec(text)) {
    const name = found[2]!.toLowerCase()
    if (name === 'tr' || name === 'table') closeRow(found.index)
    else closeCell(found.index)
    if (name === 'table') columns = new Map()
    if (found[1] === '' && (name === 'td' || name === 'th'))
      cell = { start: tag.lastIndex, end: -1, heading: name === 'th' }
  }
  closeRow(text.length)
}

function readRow(
  text: string,
  row: Cell[],
  columns: Map<number, Cover>,
  named: (name: string) => Cover | null,
  spans: Span[],
): void {
  const headed = row.every(({ heading }) => heading)
  for (let i = 0; i < row.length; i += 1) {
    const { start, end, heading } = row[i]!
    const known = headed ? undefined : columns.get(i)
    if (known !== undefined) add(spans, start, end, known)
    const cover = end - start > nameMax ? null : named(text.slice(start, end).replace(anyTag, ' ').trim())
    if (cover === null) continue
    const next = row[i + 1]
    if (next !== undefined && !next.heading && (heading || columns.size > 0 || row.length === 2))
      add(spans, next.start, next.end, cover)
    columns.set(i, cover)
  }
}

function add(spans: Span[], start: number, end: number, cover: Cover): void {
  if (end > start) spans.push({ start, end, cover })
}
