import { matchAt, type Range } from './sticky'

const headMax = 200

/** What stands before a label in its line, at most 200 characters of it. */
export function lineHead(text: string, labelStart: number): string {
  const before = text.slice(Math.max(0, labelStart - headMax), labelStart)
  return before.slice(before.lastIndexOf('\n') + 1)
}

// Tags and anchors of YAML, then the sign of a block with how it ends, its margin and a comment.
const header =
  /(?:[!&]\S{1,60}[ \t]{1,8}){0,2}(?:[|>][-+1-9]{0,2}(?:[ \t]{1,8}#[^\n]{0,200})?|[-+])?[ \t]{0,8}(?:\r?\n|$)/y

/** Where the lines begin that a label announces with nothing beside it; -1 where something stands there. */
export const belowLabel = (text: string, start: number): number =>
  matchAt(header, text, start) === null ? -1 : header.lastIndex

type TextLine = { start: number; end: number; head: string; indent: number; isEmpty: boolean }

function lineFrom(text: string, start: number): TextLine | null {
  if (start >= text.length) return null
  const newline = text.indexOf('\n', start)
  const end = newline === -1 ? text.length : newline
  const head = text.slice(start, Math.min(end, start + headMax))
  const indent = indentOf(head)
  return { start, end, head, indent, isEmpty: end - start < headMax && head.trim() === '' }
}

const indentOf = (head: string): number => /^[ \t]*/.exec(head)![0].length

const label = /^[^:]{1,40}:(?:\s|$)/
const listItem = /^[ \t]*- /
const fence = /^[ \t]*(?:```|~~~)/
const markup = /^\s*(?:#{1,6}\s|\||<|\*\*|__|>\s|[-=*_]{3,}\s*$)/
/** A label with nothing but marks before it. */
const alone = /^[\s>*_#`"'\d.)+-]*$/
const gapMax = 3

/** YAML, or a label on a line of its own: the deeper lines that follow, at least one; those of a fence; or a line below empty ones. */
export function blockBelow(text: string, start: number, labelStart: number): Range {
  const own = lineHead(text, labelStart)
  const isItem = listItem.test(own)
  const margin = indentOf(own)
  const isDeep = ({ head, indent }: TextLine) => indent > margin || (!isItem && listItem.test(head))
  const first = pastEmpty(text, start)
  if (first === null) return [start, start]
  if (fence.test(first.head)) return fenced(text, first)
  if (isDeep(first)) return [first.start, deeperEnd(text, first, isDeep)]
  if (label.test(first.head)) return [start, start]
  const isNext = first.start === start || mayStandApart(first, own)
  return isNext ? [first.start, deeperEnd(text, first, first.start === start ? isDeep : () => false)] : [start, start]
}

/** The next line with something in it; null where none is near. */
function pastEmpty(text: string, start: number): TextLine | null {
  let line = lineFrom(text, start)
  for (let gap = 0; line?.isEmpty === true; gap += 1) line = gap === gapMax ? null : lineFrom(text, line.end + 1)
  return line
}

const shortMax = 64

/** Below an empty line: for a label alone anything but markup; for one at the end of a sentence what looks like a value. */
const mayStandApart = ({ start, end, head }: TextLine, own: string): boolean =>
  !markup.test(head) && (alone.test(own) || (end - start <= shortMax && /\d/.test(head)))

/** The end of the last of the lines after `first` that go on with it; empty ones may stand between. */
function deeperEnd(text: string, first: TextLine, goesOn: (line: TextLine) => boolean): number {
  let last = first
  for (;;) {
    const next = pastEmpty(text, last.end + 1)
    if (next === null || !goesOn(next)) return last.end
    last = next
  }
}

function fenced(text: string, first: TextLine): Range {
  let last = first
  for (let line = lineFrom(text, first.end + 1); line !== null && !fence.test(line.head); ) {
    last = line
    line = lineFrom(text, line.end + 1)
  }
  return [Math.min(first.end + 1, last.end), last.end]
}

/** A line that begins JSON is no part of a plain value. */
const opens = /^\s*[{[]\s*$/
const beforeKey = /^[ \t]*(?:- +)*["']?$/
/** Digits and what is between them: such a value does not go on. */
const whole = /^[\d\s.,:/()+-]+$/
const wholeMax = 40

export const isWhole = (text: string, [start, end]: Range): boolean =>
  end - start <= wholeMax && whole.test(text.slice(start, end))

/** A plain value of YAML goes on in the deeper lines below it, as long as they are no labels or items. */
export function continued(text: string, value: Range, labelStart: number): Range {
  const next = text[value[1] + 1]
  if (text[value[1]] !== '\n' || (next !== ' ' && next !== '\t' && next !== '\n' && next !== '\r')) return value
  const own = lineHead(text, labelStart)
  if (!beforeKey.test(own) || isWhole(text, value)) return value
  const margin = own.replace(/["']$/, '').length
  const first = { start: value[0], end: value[1], head: '', indent: 0, isEmpty: false }
  const goesOn = ({ head, indent }: TextLine) =>
    indent > margin && !label.test(head) && !listItem.test(head) && !markup.test(head) && !opens.test(head)
  return [value[0], deeperEnd(text, first, goesOn)]
}

const tail = /[*_`#"':]{0,8}[ \t]{0,40}\r?\n(?:(?:={3,}|-{3,})[ \t]{0,8}\r?\n)?(?=[ \t]{0,40}\r?\n)/y
const strong = /#|\*\*|__/
const [wordsMax, digitsWordsMax, lengthMax] = [6, 4, 80]

/** A short line below a heading and an empty line: `## SSN`, `**SSN**`, or with digits in it, any name on a line of its own. */
export function belowHeading(text: string, start: number, end: number): Range | null {
  if (matchAt(tail, text, end) === null) return null
  const stop = tail.lastIndex
  const own = lineHead(text, start)
  if (!alone.test(own)) return null
  const line = pastEmpty(text, stop)
  if (line === null || line.end - line.start > lengthMax || markup.test(line.head) || label.test(line.head)) return null
  const words = line.head.trim().split(/\s+/).length
  const isMarked = strong.test(own) || strong.test(text.slice(end, stop))
  const isValue = isMarked
    ? words <= wordsMax && !/[.!?:]\s*$/.test(line.head)
    : words <= digitsWordsMax && /\d/.test(line.head)
  return isValue ? [line.start, line.end] : null
}
