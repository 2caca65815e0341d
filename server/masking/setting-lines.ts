import { listingKeys } from './rows'
import { type Cell, isPiped, type Split } from './table-splits'

// All of them have signs that a caller may not give to a column beside a masked one (output-names.ts): a heading must not pass for one.
const goesOnAs = /^(?:[:=]|=>)|^[\w.[\]*]+\s+`\w+:"/
const flowList = /^\s*(?:- )?["']?([\w.-]{1,64})["']?\s?[:=]\s?\[[^\]]*\]\s*[,;]?\s*$/
const sets = /[\w\])] ?:?= ?[^,;\s]/

/** Whether a line of two cells or more is one of settings or of code. */
export function isSetting(
  text: string,
  { head, split, cells, end }: { head: string; split: Split; cells: Cell[]; end: number },
): boolean {
  if (isPiped.test(head)) return false
  if (split.fixed !== true) {
    const list = flowList.exec(head)?.[1]
    return list === undefined ? sets.test(head) : !listingKeys.has(list)
  }
  const isLabel = text.slice(cells[0]!.start, cells[1]!.start).trimEnd().endsWith(':') && !/:\s*$/.test(head)
  return isLabel || goesOnAs.test(text.slice(cells[1]!.start, end))
}
