import type { Mention } from './mentions'
import { type AboutFields, aboutFields } from './rows'
import { isSetting } from './setting-lines'
import { type Cover, type Span, stricter } from './spans'
import { type Column, type CoverOfCells, coverOfCells } from './table-columns'
import { type Cell, isPiped, type Line, lineAt, type Split, separated, splitterOf, trim } from './table-splits'

/** `signs`: how many keep the heading's cells apart. */
type Table = { cover: CoverOfCells; width: number; signs: number; split: Split; piped: boolean }
/** What hides the columns of these names. */
type Columns = (cells: Cell[]) => Column[]
/** A line read as cells. */
type Row = Line & { head: string; split: Split; cells: Cell[] }

/** Lines of as many cells, one below the other: its first names the columns. */
type Block = { first: Row; about?: AboutFields }

/**
 * Cells below a masked column's heading: CSV (RFC 4180) with comma, semicolon or tab, Markdown and psql tables, TOON,
 * columns aligned with spaces, a single column, rows of a dump. A row with too many or too few cells hides every cell that
 * could be meant: who chooses a heading or a value can put separators into it.
 */
export function tableSpans(
  text: string,
  mentions: Mention[],
  named: (name: string) => Cover | null,
  spans: Span[],
): void {
  let next = 0
  let block: Block | null = null
  const columns: Columns = (cells) => columnsIn(text, cells, mentions, next, named)
  for (let line = lineAt(text, 0); line !== null; line = following(text, line)) {
    while (next < mentions.length && mentions[next]!.start < line.start) next += 1
    if (next === mentions.length) return
    if (isEmpty(text, line)) block = null
    else if (!isRule(text, line)) {
      const row = rowAt(text, line)
      block = blockWith(row, block)
      if (row === null || mentions[next]!.start >= line.end) continue
      const table = headingOf(text, row, block, columns, spans)
      if (table !== null) line = rows(text, line, table, spans)
    }
  }
}

const following = (text: string, line: Line): Line | null => lineAt(text, line.end + 1)

const headingMax = 100_000
const nameMax = 80

/** Null for a line too long to be a heading. */
function rowAt(text: string, { start, end }: Line): Row | null {
  if (end - start > headingMax) return null
  const head = text.slice(start, end)
  const split = splitterOf(head)
  return { start, end, head, split, cells: split(text, { start, end }) }
}

const blockWith = (row: Row | null, block: Block | null): Block | null =>
  row === null
    ? null
    : block !== null && block.first.cells.length === row.cells.length && row.cells.length > 1
      ? block
      : { first: row }

function headingOf(text: string, row: Row, block: Block | null, columnsOf: Columns, spans: Span[]): Table | null {
  const { head, split, cells } = row
  const listed = listHeading(row, columnsOf)
  if (listed !== undefined) return listed
  // A label on a line of its own.
  if (/:\s*$/.test(head.slice(-64))) return null
  const columns = columnsOf(cells)
  if (columns.length === 0 || (cells.length === 1 && !isAlone(text, cells[0]!)) || isOther(text, row)) return null
  const isBelow = block !== null && block.first.start < row.start
  if (isBelow && namesFields(text, block, columns, cells, spans)) return null
  const { index, cover } = columns[0]!
  const beside = cells.length === 2 && index === 0 && besides(text, cells[1]!, head)
  if (beside) spans.push({ ...cells[1]!, cover })
  // Below a heading, a row that begins with a field's name: `| field | Bob | Eve |`.
  const isAcross = cells.length > 2 && index === 0 && isBelow
  if (isAcross) for (const cell of cells.slice(1)) if (cell.end > cell.start) spans.push({ ...cell, cover })
  if (isAcross || (cells.length > 1 && !beside && !cells.every((cell) => isName(text, cell)))) return null
  const [width, signs] = [cells.length, signsIn(head)]
  return { cover: coverOfCells(columns), width, signs, split, piped: isPiped.test(head) }
}

/** A table about fields (`column | type`, `field | value`): a field's name is no heading there, and its value stands beside. */
function namesFields(text: string, block: Block, columns: Column[], cells: Cell[], spans: Span[]): boolean {
  block.about ??= aboutFields(block.first.cells.map(({ start, end }) => text.slice(start, end)))
  const { names, values } = block.about
  if (names.size === 0) return false
  const about = columns.filter(({ index }) => names.has(index))
  const cover = about.reduce<Cover | null>((so, column) => stricter(so, column.cover), null)
  if (cover !== null) for (const i of values) spans.push({ ...cells[i]!, cover })
  return cover !== null
}

// TOON: `customers[2]{id,ssn}:` and a line for each row.
const toonHeading = /^\s*[^\s[\]{}]{0,64}\[[^[\]{}]{0,16}\]\{([^{}]*)\}:\s*$/

// pg_dump: `COPY public.customers (id, ssn) FROM stdin;` and a line for each row, with tabs.
const dumpHeading = /^COPY [^()]{1,200}\(([^()]*)\) FROM stdin/i

/** Undefined for a line that begins no such list. */
function listHeading({ start, head }: Row, columnsOf: Columns): Table | null | undefined {
  const toon = head.includes(']{') ? toonHeading.exec(head) : null
  if (toon !== null) {
    const sign = [...'\t|,'].find((one) => toon[1]!.includes(one)) ?? ','
    return listTable(start + toon[0].indexOf('{') + 1, toon[1]!, sign, sign, columnsOf)
  }
  const dump = dumpHeading.exec(head)
  return dump === null ? undefined : listTable(start + head.indexOf('(') + 1, dump[1]!, ',', '\t', columnsOf)
}

function listTable(from: number, list: string, sign: string, rowSign: string, columnsOf: Columns): Table | null {
  const cells: Cell[] = []
  for (let at = 0; at <= list.length; ) {
    const next = list.indexOf(sign, at)
    const end = next === -1 ? list.length : next
    cells.push({ start: from + at, end: from + end })
    at = end + 1
  }
  const [columns, width] = [columnsOf(cells), cells.length]
  if (columns.length === 0) return null
  return { cover: coverOfCells(columns), width, signs: width - 1, split: separated(rowSign), piped: false }
}

/** The cells that a field names. Only where one is mentioned, so that long rows of others cost nothing. */
function columnsIn(
  text: string,
  cells: Cell[],
  mentions: Mention[],
  from: number,
  named: (name: string) => Cover | null,
): Column[] {
  const columns: Column[] = []
  let next = from
  for (let index = 0; index < cells.length; index += 1) {
    const { start, end } = cells[index]!
    while (next < mentions.length && mentions[next]!.end <= start) next += 1
    if (next === mentions.length) break
    const cover = mentions[next]!.start < end ? named(text.slice(start, end)) : null
    if (cover !== null) columns.push({ index, cover })
  }
  return columns
}

const marks = new Set('\t\r #*_`"\'|\ufeff')
const plainName = /^[\p{L}\p{N}][\p{L}\p{N} _.-]*$/u

/** A name on a line of its own, as a heading may be marked. */
function isAlone(text: string, { start, end }: Cell): boolean {
  let [from, to] = [start, end]
  while (from < to && marks.has(text[from]!)) from += 1
  while (to > from && marks.has(text[to - 1]!)) to -= 1
  return plainName.test(text.slice(from, to))
}

/**
 * Lines of settings and of code that a heading is not: `Name:  web`, `password  = "x"`, `required: [id, ssn]`, `a, ssn = pair`.
 * What has a row below that is no such line is a heading all the same.
 */
function isOther(text: string, row: Row): boolean {
  if (row.cells.length < 2 || !isSetting(text, row)) return false
  const below = rowBelow(text, row)
  if (below === null) return true
  const cells = row.split(text, { ...below })
  return (
    cells.length < row.cells.length ||
    isSetting(text, { ...row, ...below, cells, head: text.slice(below.start, below.end) })
  )
}

/** The next line that says something. */
function rowBelow(text: string, line: Line): Line | null {
  let below = following(text, line)
  while (below !== null && (isEmpty(text, below) || isFence(text, below) || isRule(text, below)))
    below = following(text, below)
  return below
}

function isName(text: string, { start, end }: Cell): boolean {
  if (end - start > nameMax) return false
  const cell = text.slice(start, end)
  return !/^[\d.,-]+$/.test(cell) && cell.trim().split(/\s+/).length <= 6
}

/** A line of two cells can be a name and its value, as psql prints a record; with commas only if it looks like a value. */
function besides(text: string, { start, end }: Cell, head: string): boolean {
  const value = text.slice(start, end)
  return value !== '' && (/\d/.test(value) || ((isPiped.test(head) || head.includes('\t')) && !rule.test(value)))
}

const rule = /^[\s|+:=\-\u2500-\u257f]+$/
const isRule = (text: string, line: Line): boolean =>
  /[\s|+:=\-\u2500-\u257f]/.test(text[line.start]!) && rule.test(text.slice(line.start, line.end))

const isFence = (text: string, { start }: Line): boolean => text[start] === '`' && text.startsWith('```', start)

const isEmpty = (text: string, line: Line): boolean => trim(text, line.start, line.end).start >= line.end

/** Adds the cells of the rows below; gives the last line of the table. */
function rows(text: string, heading: Line, table: Table, spans: Span[]): Line {
  let last = heading
  let isAfterGap = false
  for (let line = following(text, heading); line !== null; line = following(text, line)) {
    if (isEmpty(text, line)) {
      if (table.width === 1) break
      isAfterGap = true
      continue
    }
    if (isRule(text, line) || isFence(text, line)) continue
    if (isAfterGap ? !goesOn(text, line, table) : table.piped && !hasPipe(text, line)) break
    isAfterGap = false
    last = line
    const cells = table.split(text, line)
    const more = Math.max(0, cells.length - table.width)
    const isWhole = table.split.fixed === true || (cells.length < 2 && !table.piped)
    const fewer = isWhole ? 0 : missingIn(text.slice(line.start, line.end), cells.length, table)
    const coverOf = table.cover(more, fewer)
    for (let at = 0; at < cells.length; at += 1) {
      const hidden = coverOf(at)
      const { start, end } = cells[at]!
      if (hidden !== null && end > start) spans.push({ start, end, ...hidden })
    }
  }
  return last
}

/** An empty last cell of a table with lines is no cell, so there the lines are counted. */
const missingIn = (row: string, cells: number, { piped, signs, width }: Table): number =>
  Math.max(0, piped ? signs - signsIn(row) : width - cells)

const signsIn = (line: string): number => line.split(isPiped).length - 1

const hasPipe = (text: string, { start, end }: Line): boolean => isPiped.test(text.slice(start, end))

/** Whether a line below empty ones is another row. */
const goesOn = (text: string, line: Line, table: Table): boolean =>
  table.piped ? hasPipe(text, line) : table.split.fixed === true || table.split(text, { ...line }).length >= table.width
