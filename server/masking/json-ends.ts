import { matchAt } from './sticky'

const [quote, backslash, comma, colon] = [0x22, 0x5c, 0x2c, 0x3a]
const [openArray, closeArray, openObject, closeObject] = [0x5b, 0x5d, 0x7b, 0x7d]

/** What comes next: a value, or for the first in an array its end; a key, or for the first in an object its end; what follows a value. */
const [value, item, key, member, after] = [0, 1, 2, 3, 4]

/**
 * Where the object or array of JSON (RFC 8259) ends that begins at a place; -1 where none does. Asked in ascending order,
 * it is linear in the text: what stands open where one fails is not read again, because it fails there too.
 */
export function jsonEnds(text: string): (start: number) => number {
  let failed: Uint8Array | null = null
  const open: number[] = []
  return (start) => {
    if (failed?.[start] === 1) return -1
    open.length = 0
    const end = endOf(text, start, open)
    if (end !== -1) return end
    failed ??= new Uint8Array(text.length)
    for (const at of open) failed[at] = 1
    return -1
  }
}

/** `open`: where the brackets stand that are not closed yet. */
function endOf(text: string, start: number, open: number[]): number {
  let next = value
  for (let at = start; at < text.length; ) {
    const code = text.charCodeAt(at)
    if (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09) at += 1
    else if (next === after) {
      const inObject = text.charCodeAt(open.at(-1)!) === openObject
      if (code === comma) next = inObject ? member : value
      else if (code !== (inObject ? closeObject : closeArray)) return -1
      else if (open.length === 1) return at + 1
      else open.pop()
      at += 1
    } else if ((next === item && code === closeArray) || (next === key && code === closeObject)) next = after
    else if (next === key || next === member) {
      const end = code === quote ? afterColon(text, stringEnd(text, at)) : -1
      if (end === -1) return -1
      at = end
      next = value
    } else if (code === openArray || code === openObject) {
      open.push(at)
      next = code === openArray ? item : key
      at += 1
    } else {
      const end = code === quote ? stringEnd(text, at) : wordEnd(text, at)
      if (end === -1) return -1
      at = end
      next = after
    }
  }
  return -1
}

const colonNext = /[ \t\r\n]*:/y

function afterColon(text: string, at: number): number {
  if (at === -1) return -1
  if (text.charCodeAt(at) === colon) return at + 1
  return matchAt(colonNext, text, at) === null ? -1 : colonNext.lastIndex
}

const escaped = /["\\/bfnrt]|u[0-9a-fA-F]{4}/y

function stringEnd(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === quote) return at + 1
    if (code < 0x20) return -1
    if (code !== backslash) continue
    if (matchAt(escaped, text, at + 1) === null) return -1
    at = escaped.lastIndex - 1
  }
  return -1
}

const word = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y

const wordEnd = (text: string, at: number): number => (matchAt(word, text, at) === null ? -1 : word.lastIndex)
