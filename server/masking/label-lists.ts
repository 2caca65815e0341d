import type { Mention } from './mentions'
import { matchAt, type Range } from './sticky'
import { bracketEnd } from './value-ends'

const listMax = 4000
const listAfter = /[ \t]{0,4}(?:=|\s{0,8}values)\s{0,8}(?=\()/iy
const tupleNext = /\s{0,4},\s{0,4}(?=\()/y

/** What follows a list that has the name: `(id, ssn) values (1, '2'), (3, '4')`, `Key (id, ssn)=(1, 2)`. */
export function listsIn(text: string): (mention: Mention) => Range | null {
  let close = -1
  let open = -1
  let values = -1
  return ({ start, end }) => {
    if (close < end && close !== text.length) {
      const next = text.indexOf(')', end)
      close = next === -1 ? text.length : next
      const sign = next === -1 ? null : matchAt(listAfter, text, close + 1)
      values = sign === null ? -1 : close + 1 + sign[0].length
      const from = Math.max(0, close - listMax)
      open = sign === null ? -1 : from + text.slice(from, close).lastIndexOf('(')
    }
    return values !== -1 && start > open ? tuples(text, values) : null
  }
}

/** `(1, 'a'), (2, 'b')` */
function tuples(text: string, start: number): Range {
  let end = bracketEnd(text, start)
  for (let next = matchAt(tupleNext, text, end); next !== null; next = matchAt(tupleNext, text, end))
    end = bracketEnd(text, end + next[0].length)
  return [start, end]
}
