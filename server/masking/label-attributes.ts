import { normalise } from './fields'
import type { Mention } from './mentions'
import { namingKeys } from './rows'
import { matchAt, type Range } from './sticky'

const lookBack = 300
const tagMax = 500
const namedBy = /<[a-z][^<>]*?\s([\w:-]{1,40})\s{0,8}=\s{0,8}["']?$/i
const afterName = /["']?(?=[\s/>])/y
const named = /^(?:data-[\w-]{1,30}|class|itemprop)$/i
const isVoid = /^<(?:area|br|col|embed|hr|img|input|link|meta|param|source|track|wbr)\b|\/$/i
const value = /\s(?:value|content)\s{0,8}=\s{0,8}(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/i

/**
 * The value that stands beside a field's name in one element: `<input name="ssn" value="1">`, in any order, or what the
 * element holds: `<field name="ssn">1</field>`; else null.
 */
export function attributeBeside(text: string, mention: Mention): Range | null {
  const before = text[mention.start - 1]
  if (before !== '"' && before !== "'" && before !== '=') return null
  const from = Math.max(0, mention.start - lookBack)
  const head = text.slice(from, mention.start)
  const open = head.lastIndexOf('<')
  const name = open === -1 ? null : namedBy.exec(head.slice(open))
  const names = name !== null && (namingKeys.has(name[1]!) || named.test(name[1]!))
  if (!names || matchAt(afterName, text, mention.end) === null) return null
  const tag = text.slice(from + open, mention.end + tagMax)
  const close = tag.indexOf('>', mention.end - from - open)
  const found = value.exec(close === -1 ? tag : tag.slice(0, close))
  if (found === null)
    return close === -1 || isVoid.test(tag.slice(0, close)) ? null : heldFrom(text, from + open + close + 1, mention)
  const said = found[1] ?? found[2] ?? found[3] ?? ''
  const isQuoted = found[3] === undefined
  const end = from + open + found.index + found[0].length - (isQuoted ? 1 : 0)
  return [end - said.length, end]
}

const heldMax = 4000
const againMax = 200
const anyTag = /<[^<>]{0,500}>/g

/** Up to the first end of an element; null where that is only the field's own name again, as in a heading. */
function heldFrom(text: string, start: number, { name }: Mention): Range | null {
  const held = text.slice(start, start + heldMax)
  const end = held.indexOf('</')
  const range: Range = [start, end === -1 ? start + held.length : start + end]
  if (range[1] - start > againMax) return range
  return normalise(text.slice(...range).replace(anyTag, ' ')) === name ? null : range
}
