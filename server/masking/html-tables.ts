import { type AboutFields, aboutFields } from './rows'
import { type Cover, type Span, stricter } from './spans'

/** `column`: the first of the `width` columns that it stands in. */
type Cell = { start: number; end: number; heading: boolean; column: number; width: number }

const tag = /<(\/?)(table|tr|t[hd])\b[^<>]{0,500}>/gi
const anyTag = /<[^<>]{0,500}>/g
const nameMax = 200
const widthMax = 64
const columnsMax = 4096
const wide = /\bcolspan\s*=\s*["']?(\d{1,4})/i
const tall = /\browspan\b/i
const widthOf = (opening: string): number => Math.min(widthMax, Math.max(1, Number(wide.exec(opening)?.[1] ?? 1)))

/** Cells of HTML tables below a masked column's heading, and beside a heading in their row. */
export function htmlTableSpans(text: string, named: (name: string) => Cover | null, spans: Span[]): void {
  let table = nothingRead()
  let row: Cell[] = []
  let cell: Cell | null = null
  let column = 0
  const closeCell = (end: number) => {
    if (cell !== null) row.push({ ...cell, end })
    cell = null
  }
  const closeRow = (end: number) => {
    closeCell(end)
    readRow(text, row, table, named, spans)
    row = []
    column = 0
  }
  tag.lastIndex = 0
  for (let found = tag.exec(text); found !== null; found = tag.exec(text)) {
    const name = found[2]!.toLowerCase()
    if (name === 'tr' || name === 'table') closeRow(found.index)
    else closeCell(found.index)
    if (name === 'table') table = nothingRead()
    if (found[1] !== '' || (name !== 'td' && name !== 'th')) continue
    const width = widthOf(found[0])
    cell = { start: tag.lastIndex, end: -1, heading: name === 'th', column, width }
    column += width
    table.isTall ||= tall.test(found[0])
  }
  closeRow(text.length)
}

/** `isTall`: some cell reaches into the rows below it. */
type Reading = { columns: Map<number, Cover>; about: AboutFields | null; width: number; isTall: boolean }

const nothingRead = (): Reading => ({ columns: new Map(), about: null, width: 0, isTall: false })

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
  const { about } = table
  table.about ??= aboutFields(words)
  const width = row.at(-1)!.column + row.at(-1)!.width
  table.width = Math.max(table.width, width)
  const missing = table.isTall ? Math.min(widthMax, table.width - width) : 0
  let said: Cover | null = null
  for (let i = 0; i < row.length; i += 1) {
    const { start, end, heading } = row[i]!
    const known = headed ? null : coverOf(row[i]!, missing, table)
    if (known !== null) add(spans, start, end, known)
    const cover = words[i] === '' ? null : named(words[i]!)
    if (cover === null) continue
    if (about?.names.has(i)) {
      said = stricter(said, cover)
      continue
    }
    const next = row[i + 1]
    if (next !== undefined && !next.heading && (heading || row.length === 2)) add(spans, next.start, next.end, cover)
    const { column, width: cells } = row[i]!
    for (let at = column; at < column + cells && at < columnsMax; at += 1) table.columns.set(at, cover)
  }
  if (said === null || about === null) return
  for (const n of about.values) if (n < row.length) add(spans, row[n]!.start, row[n]!.end, said)
}

/** Where cells above take the place of some of a row's, each could stand as far to the right as there are missing. */
function coverOf({ column, width }: Cell, missing: number, { columns }: Reading): Cover | null {
  let cover: Cover | null = null
  for (let at = column; at < column + width + missing && columns.size > 0; at += 1)
    cover = stricter(cover, columns.get(at) ?? null)
  return cover
}

function add(spans: Span[], start: number, end: number, cover: Cover): void {
  if (end > start) spans.push({ start, end, cover })
}
