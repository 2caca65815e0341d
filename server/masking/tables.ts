import type { Mention } from './mentions'
import type { Cover, Span } from './spans'

type Cell = { start: number; end: number }
type Line = { start: number; end: number }
type Column = { index: number; cover: Cover }
type Split = (text: string, line: Line) => Cell[]
type Named = (name: string) => Cover | null

/**
 * Cells below a masked column's heading: CSV (RFC 4180) with comma, semicolon or tab, Markdown and psql tables, columns
 * aligned with spaces, a single column. A row with too many cells hides every cell that could be meant.
 */
export function tableSpans(text: string, mentions: Mention[], named: Named, spans: Span[]): void {
  let next = 0
  for (let line = lineAt(text, 0); line !== null; line = following(text, line)) {
    while (next < mentions.length && mentions[next]!.start < line.start) next += 1
    if (next === mentions.length) break
    if (mentions[next]!.start >= line.end) continue
    const table = headingOf(text, line, named, spans)
    if (table !== null) line = rows(text, line, table, spans)
  }
}

function lineAt(text: string, start: number): Line | null {
  if (start >= text.length) return null
  const newline = text.indexOf('\n', start)
  return { start, end: newline === -1 ? text.length : newline }
}

const following = (text: string, line: Line): Line | null => lineAt(text, line.end + 1)

type Table = { columns: Column[]; width: number; split: Split; piped: boolean }

const headingMax = 100_000
const nameMax = 80

function headingOf(text: string, line: Line, named: Named, spans: Span[]): Table | null {
  if (line.end - line.start > headingMax) return null
  const head = text.slice(line.start, line.end)
  const toon = toonHeading.exec(head)
  if (toon !== null) return toonTable(toon[1]!, named)
  // A label on a line of its own.
  if (/:\s*$/.test(head.slice(-64))) return null
  const split = splitterOf(head)
  const cells = split(text, { ...line })
  const names = cells.map((cell) => text.slice(cell.start, cell.end))
  const columns = columnsIn(names, named)
  if (columns.length === 0) return null
  if (names.length === 1 && !alone.test(head)) return null
  const beside = names.length === 2 && columns[0]!.index === 0 && besides(names[1]!, head)
  if (beside) spans.push({ ...cells[1]!, cover: columns[0]!.cover })
  if (names.length > 1 && !beside && !names.every(isName)) return null
  return { columns, width: cells.length, split, piped: isPiped.test(head) }
}

// TOON: `customers[2]{id,ssn}:` and a line for each row.
const toonHeading = /^\s*[^\s[\]{}]{0,64}\[[^[\]{}]{0,16}\]\{([^{}]*)\}:\s*$/

function toonTable(heading: string, named: Named): Table | null {
  const sign = [...'\t|,'].find((each) => heading.includes(each)) ?? ','
  const names = heading.split(sign)
  const columns = columnsIn(names, named)
  return columns.length === 0 ? null : { columns, width: names.length, split: separated(sign), piped: false }
}

const columnsIn = (names: string[], named: Named): Column[] =>
  names.flatMap((name, index) => {
    const cover = named(name)
    return cover === null ? [] : [{ index, cover }]
  })

/** A name on a line of its own, as a heading may be marked. */
const alone = /^[\s#*_`"'|\ufeff]*[\p{L}\p{N}][\p{L}\p{N} _.-]*[\s*_`"'|]*$/u
const isPiped = /[|│┃]/
const isName = (cell: string): boolean =>
  cell.length <= nameMax && cell.trim().split(/\s+/).length <= 6 && !/^[\d.,-]+$/.test(cell)

/** A line of two cells can be a name and its value, as psql prints a record; with commas only if it looks like a value. */
const besides = (value: string, head: string): boolean =>
  value !== '' && (/\d/.test(value) || ((isPiped.test(head) || head.includes('\t')) && !rule.test(value)))

function splitterOf(head: string): Split {
  if (isPiped.test(head)) return piped
  for (const sign of ['\t', ',', ';']) if (head.includes(sign)) return separated(sign)
  return /\S {2,}\S/.test(head) ? aligned(head) : separated('\t')
}

const trim = (text: string, start: number, end: number): Cell => {
  let [from, to] = [start, end]
  while (from < to && /\s/.test(text[from]!)) from += 1
  while (to > from && /\s/.test(text[to - 1]!)) to -= 1
  return { start: from, end: to }
}

const piped: Split = (text, line) => {
  const cells: Cell[] = []
  let from = line.start
  for (let at = line.start; at <= line.end; at += 1) {
    const char = at < line.end ? text[at]! : '|'
    if (char === '\\') at += 1
    else if (char === '|' || char === '│' || char === '┃') {
      // Nothing before the first sign, or after the last, is no cell.
      const cell = trim(text, from, at)
      if (cell.end > cell.start || (from > line.start && at < line.end)) cells.push(cell)
      from = at + 1
    }
  }
  return cells
}

/** Cells inside their quotes; a quoted cell may hold the separator, doubled quotes, newlines. */
function separated(sign: string): Split {
  return (text, line) => {
    const cells: Cell[] = []
    for (let at = line.start; at <= line.end; ) {
      const open = trim(text, at, line.end).start
      const close = text[open] === '"' ? closingQuote(text, open + 1, sign) : -1
      if (close !== -1) {
        cells.push({ start: open + 1, end: close })
        if (close > line.end) line.end = endOfLine(text, close)
        at = nextSign(text, close, line.end, sign) + 1
      } else {
        const end = nextSign(text, at, line.end, sign)
        cells.push(trim(text, at, end))
        at = end + 1
      }
    }
    return cells
  }
}

const endOfLine = (text: string, at: number): number => {
  const newline = text.indexOf('\n', at)
  return newline === -1 ? text.length : newline
}

const quotedMax = 100_000

/** -1 when the quote does not close right before a separator or a line's end: then it is part of the value. */
function closingQuote(text: string, from: number, sign: string): number {
  for (let at = text.indexOf('"', from); at !== -1 && at - from < quotedMax; at = text.indexOf('"', at + 2)) {
    if (text[at + 1] === '"') continue
    const after = text[at + 1]
    return after === undefined || after === sign || after === '\n' || after === '\r' ? at : -1
  }
  return -1
}

function nextSign(text: string, from: number, end: number, sign: string): number {
  let at = from
  while (at < end && text[at] !== sign) at += 1
  return at
}

/** Columns begin where the heading's do; a cell is every word that reaches into its column. */
function aligned(head: string): Split {
  const starts = [...head.matchAll(/\S+(?: \S+)*/g)].map((match) => match.index)
  return (text, line) =>
    starts.map((start, index) => {
      let from = Math.min(line.start + start, line.end)
      let to = Math.min(line.start + (starts[index + 1] ?? Number.POSITIVE_INFINITY), line.end)
      while (from > line.start && /\S/.test(text[from - 1]!) && /\S/.test(text[from] ?? ' ')) from -= 1
      while (to < line.end && /\S/.test(text[to]!) && /\S/.test(text[to - 1]!)) to += 1
      return trim(text, from, to)
    })
}

const rule = /^[\s|+:=\-\u2500-\u257f]+$/
const isRule = (text: string, line: Line): boolean =>
  /[\s|+:=\-\u2500-\u257f]/.test(text[line.start]!) && rule.test(text.slice(line.start, line.end))

/** Adds the cells of the rows below; gives the last line of the table. */
function rows(text: string, heading: Line, table: Table, spans: Span[]): Line {
  let last = heading
  for (let line = following(text, heading); line !== null; line = following(text, line)) {
    const isEmpty = trim(text, line.start, line.end).start >= line.end
    if (isEmpty ? goesOn(text, line, table) : isRule(text, line)) continue
    if (isEmpty || (table.piped && !isPiped.test(text.slice(line.start, line.end)))) break
    last = line
    const cells = table.split(text, line)
    const more = Math.max(0, cells.length - table.width)
    for (const { index, cover } of table.columns)
      for (const cell of cells.slice(index, index + more + 1)) if (cell.end > cell.start) spans.push({ ...cell, cover })
  }
  return last
}

/** Whether after an empty line another row of several cells follows. */
function goesOn(text: string, empty: Line, table: Table): boolean {
  const next = table.width > 1 ? following(text, empty) : null
  return next !== null && table.split(text, { ...next }).length === table.width
}
