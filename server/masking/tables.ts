import type { Mention } from './mentions'
import { holdsValue, isAboutFields } from './rows'
import type { Cover, Span } from './spans'
import { isPiped, type Line, lineAt, type Split, separated, splitterOf, trim } from './table-splits'

type Column = { index: number; cover: Cover }
/** `signs`: how many keep the heading's cells apart. */
type Table = { columns: Column[]; width: number; signs: number; split: Split; piped: boolean }
type Named = (name: string) => Cover | null

/** Lines of as many cells, one below the other: its first names the columns. */
type Block = { first: Line; width: number; headings?: string[] } | null

/**
 * Cells below a masked column's heading: CSV (RFC 4180) with comma, semicolon or tab, Markdown and psql tables, TOON,
 * columns aligned with spaces, a single column, rows of a dump. A row with too many or too few cells hides every cell that
 * could be meant: who chooses a heading or a value can put separators into it.
 */
export function tableSpans(text: string, mentions: Mention[], named: Named, spans: Span[]): void {
  let next = 0
  let block: Block = null
  for (let line = lineAt(text, 0); line !== null; line = following(text, line)) {
    while (next < mentions.length && mentions[next]!.start < line.start) next += 1
    if (next === mentions.length) return
    block = blockOf(text, line, block)
    if (mentions[next]!.start >= line.end) continue
    const table = headingOf(text, line, block, named, spans)
    if (table !== null) line = rows(text, line, table, spans)
  }
}

const following = (text: string, line: Line): Line | null => lineAt(text, line.end + 1)

function blockOf(text: string, line: Line, block: Block): Block {
  if (isEmpty(text, line)) return null
  if (isRule(text, line)) return block
  const width = line.end - line.start > headingMax ? 0 : cellsIn(text, line).length
  return block !== null && block.width === width && width > 1 ? block : { first: { ...line }, width }
}

const cellsIn = (text: string, line: Line) => splitterOf(text.slice(line.start, line.end))(text, { ...line })

const headingMax = 100_000
const nameMax = 80

function headingOf(text: string, line: Line, block: Block, named: Named, spans: Span[]): Table | null {
  if (line.end - line.start > headingMax) return null
  const head = text.slice(line.start, line.end)
  const toon = toonHeading.exec(head)
  if (toon !== null) return listTable(toon[1]!, [...'\t|,'].find((sign) => toon[1]!.includes(sign)) ?? ',', null, named)
  const dump = dumpHeading.exec(head)
  if (dump !== null) return listTable(dump[1]!, ',', '\t', named)
  // A label on a line of its own.
  if (/:\s*$/.test(head.slice(-64))) return null
  const split = splitterOf(head)
  const cells = split(text, { ...line })
  const names = cells.map((cell) => text.slice(cell.start, cell.end))
  const columns = columnsIn(names, named)
  if (columns.length === 0 || (names.length === 1 && !alone.test(head))) return null
  if (block !== null && block.first.start < line.start && namesFields(text, block, columns, cells, spans)) return null
  const beside = names.length === 2 && columns[0]!.index === 0 && besides(names[1]!, head)
  if (beside) spans.push({ ...cells[1]!, cover: columns[0]!.cover })
  // Below a heading, a row that begins with a field's name: `| field | Bob | Eve |`.
  const isAcross = names.length > 2 && columns[0]!.index === 0 && block !== null && block.first.start < line.start
  if (isAcross)
    for (const cell of cells.slice(1)) if (cell.end > cell.start) spans.push({ ...cell, cover: columns[0]!.cover })
  if (isAcross || (names.length > 1 && !beside && !names.every(isName))) return null
  return { columns, width: cells.length, signs: signsIn(head), split, piped: isPiped.test(head) }
}

/** A table about fields (`column | type`, `field | value`): a field's name is no heading there, and its value stands beside. */
function namesFields(
  text: string,
  block: NonNullable<Block>,
  columns: Column[],
  cells: Line[],
  spans: Span[],
): boolean {
  block.headings ??= cellsIn(text, block.first).map(({ start, end }) => text.slice(start, end))
  const { headings } = block
  const about = columns.filter(({ index }) => isAboutFields(headings, index))
  for (const { cover } of about)
    for (let i = 0; i < cells.length; i += 1) if (holdsValue(headings[i] ?? '')) spans.push({ ...cells[i]!, cover })
  return about.length > 0
}

// TOON: `customers[2]{id,ssn}:` and a line for each row.
const toonHeading = /^\s*[^\s[\]{}]{0,64}\[[^[\]{}]{0,16}\]\{([^{}]*)\}:\s*$/

// pg_dump: `COPY public.customers (id, ssn) FROM stdin;` and a line for each row, with tabs.
const dumpHeading = /^COPY [^()]{1,200}\(([^()]*)\) FROM stdin/i

function listTable(list: string, sign: string, rowSign: string | null, named: Named): Table | null {
  const names = list.split(sign)
  const columns = columnsIn(names, named)
  const split = separated(rowSign ?? sign)
  return columns.length === 0 ? null : { columns, width: names.length, signs: names.length - 1, split, piped: false }
}

const columnsIn = (names: string[], named: Named): Column[] =>
  names.flatMap((name, index) => {
    const cover = named(name)
    return cover === null ? [] : [{ index, cover }]
  })

/** A name on a line of its own, as a heading may be marked. */
const alone = /^[\s#*_`"'|\ufeff]*[\p{L}\p{N}][\p{L}\p{N} _.-]*[\s*_`"'|]*$/u
const isName = (cell: string): boolean =>
  cell.length <= nameMax && cell.trim().split(/\s+/).length <= 6 && !/^[\d.,-]+$/.test(cell)

/** A line of two cells can be a name and its value, as psql prints a record; with commas only if it looks like a value. */
const besides = (value: string, head: string): boolean =>
  value !== '' && (/\d/.test(value) || ((isPiped.test(head) || head.includes('\t')) && !rule.test(value)))

const rule = /^[\s|+:=\-\u2500-\u257f]+$/
const isRule = (text: string, line: Line): boolean =>
  /[\s|+:=\-\u2500-\u257f]/.test(text[line.start]!) && rule.test(text.slice(line.start, line.end))

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
    if (isRule(text, line)) continue
    if (isAfterGap ? !goesOn(text, line, table) : table.piped && !hasPipe(text, line)) break
    isAfterGap = false
    last = line
    const cells = table.split(text, line)
    const more = Math.max(0, cells.length - table.width)
    const fewer =
      cells.length < 2 && !table.piped ? 0 : missingIn(text.slice(line.start, line.end), cells.length, table)
    for (const { index, cover } of table.columns)
      for (let at = Math.max(0, index - fewer); at <= index + more && at < cells.length; at += 1) {
        const { start, end } = cells[at]!
        // What may be another column's is not looked for elsewhere.
        if (end > start) spans.push({ start, end, cover, sure: at < index })
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
  table.piped ? hasPipe(text, line) : table.split(text, { ...line }).length >= table.width
