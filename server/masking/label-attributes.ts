import type { Mention } from './mentions'
import { namingKeys } from './rows'
import { matchAt, type Range } from './sticky'

const lookBack = 300
const tagMax = 500
const namedBy = /<[a-z][^<>]*?\s([\w:-]{1,40})\s{0,8}=\s{0,8}["']?$/i
const afterName = /["']?(?=[\s/>])/y
const value = /\s(?:value|content)\s{0,8}=\s{0,8}(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/i

/** The value that stands beside a field's name in one element: `<input name="ssn" value="1">`, in any order; else null. */
export function attributeBeside(text: string, mention: Mention): Range | null {
  const before = text[mention.start - 1]
  if (before !== '"' && before !== "'" && before !== '=') return null
  const from = Math.max(0, mention.start - lookBack)
  const head = text.slice(from, mention.start)
  const open = head.lastIndexOf('<')
  const name = open === -1 ? null : namedBy.exec(head.slice(open))
  if (name === null || !namingKeys.has(name[1]!) || matchAt(afterName, text, mention.end) === null) return null
  const tag = text.slice(from + open, mention.end + tagMax)
  const close = tag.indexOf('>', mention.end - from - open)
  const found = value.exec(close === -1 ? tag : tag.slice(0, close))
  if (found === null) return null
  const said = found[1] ?? found[2] ?? found[3] ?? ''
  const isQuoted = found[3] === undefined
  const end = from + open + found.index + found[0].length - (isQuoted ? 1 : 0)
  return [end - said.length, end]
}
