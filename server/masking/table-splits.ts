export type Cell = { start: number; end: number }
export type Line = { start: number; end: number }

/**
 * The cells of a line, without the space and the quotes around them. A quoted cell can make the line longer.
 * `fixed`: columns have their places, so a cell is never another's; empty ones at the end are left out.
 */
export type Split = ((text: string, line: Line) => Cell[]) & { fixed?: true }

export const isPiped = /[|│┃]/

/** How the cells of a table with this first line are kept apart. */
export function splitterOf(head: string): Split {
  if (isPiped.test(head)) return piped(/^\s*[|│┃]/.test(head))
  for (const sign of ['\t', ',', ';']) if (head.includes(sign)) return separated(sign)
  return /\S {2,}\S/.test(head) ? aligned(head) : separated('\t')
}

export function lineAt(text: string, start: number): Line | null {
  if (start >= text.length) return null
  return { start, end: endOfLine(text, start) }
}

const endOfLine = (text: string, at: number): number => {
  const newline = text.indexOf('\n', at)
  return newline === -1 ? text.length : newline
}

export function trim(text: string, start: number, end: number): Cell {
  let [from, to] = [start, end]
  while (from < to && isSpace(text.charCodeAt(from))) from += 1
  while (to > from && isSpace(text.charCodeAt(to - 1))) to -= 1
  return { start: from, end: to }
}

const isSpace = (code: number): boolean =>
  code === 0x20 || (code >= 0x09 && code <= 0x0d) || code === 0xa0 || code === 0xfeff

/** With a sign before the first cell, what stands before it is no cell; the same after the last. */
function piped(isLed: boolean): Split {
  return (text, line) => {
    const cells: Cell[] = []
    let from = line.start
    for (let at = line.start; at < line.end; at += 1) {
      const char = text[at]!
      if (char === '\\') at += 1
      else if (char === '|' || char === '│' || char === '┃') {
        if (from > line.start || !isLed) cells.push(trim(text, from, at))
        from = at + 1
      }
    }
    const last = trim(text, from, line.end)
    if (last.end > last.start) cells.push(last)
    return cells
  }
}

/** RFC 4180: a quoted cell may hold the separator, doubled quotes, newlines. */
export function separated(sign: string): Split {
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
  const split = (text: string, line: Line) => {
    const cells: Cell[] = []
    // The word that was looked at last: many columns can begin in it.
    let word: Cell = { start: 0, end: 0 }
    const wordAt = (at: number): Cell => {
      if (at < word.start || at >= word.end) word = wordAround(text, at, line)
      return word
    }
    for (let i = 0; i < starts.length; i += 1) {
      const from = line.start + starts[i]!
      if (from >= line.end) break
      const to = Math.min(line.start + (starts[i + 1] ?? Number.POSITIVE_INFINITY), line.end)
      const reaches = to < line.end && isInk(text, to) && isInk(text, to - 1)
      cells.push(trim(text, isInk(text, from) ? wordAt(from).start : from, reaches ? wordAt(to).end : to))
    }
    return cells
  }
  return Object.assign(split, { fixed: true as const })
}

const isInk = (text: string, at: number): boolean => !isSpace(text.charCodeAt(at))

function wordAround(text: string, at: number, line: Line): Cell {
  let [start, end] = [at, at]
  while (start > line.start && isInk(text, start - 1)) start -= 1
  while (end < line.end && isInk(text, end)) end += 1
  return { start, end }
}
