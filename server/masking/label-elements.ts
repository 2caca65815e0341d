import type { Mention } from './mentions'
import { matchAt, type Range } from './sticky'
import { lineHead } from './value-lines'

const triesMax = 64
const lookBack = 44
const tagRest = /(?:\s[^<>]{0,200})?>/y
const endTags = /\s{0,8}<\/(?!t[hd]\b)[a-z][\w:-]{0,40}>(?:\s{0,8}<\/(?!t[hd]\b)[a-z][\w:-]{0,40}>){0,3}/iy
const startTags = /\s{0,8}[:=]?(?:\s{0,8}<(?!\/|t[hd]\b)[a-z][^<>]{0,200}>){0,4}\s{0,8}[:=]?/iy

/** What can stand before an element that was cut off before its end. Elsewhere `<ssn>` asks to put something there. */
const beginsLine = /(?:^|>)\s*$/

/**
 * The text of an element that has a field's name (`<ssn>1</ssn>`), or of what follows an element whose text it is
 * (`<dt>SSN</dt><dd>1</dd>`, `<b>SSN</b>: 1`). Undefined where neither is the case; null where there is no value.
 */
export function elementsIn(text: string): (mention: Mention) => Range | null | undefined {
  let lastClose = -2
  const isPlaceholder = (from: number, start: number): boolean => {
    if (lastClose === -2) lastClose = text.lastIndexOf('</')
    return lastClose < start && !beginsLine.test(lineHead(text, from))
  }
  const closeOf = (start: number, name: string): number => {
    if (lastClose === -2) lastClose = text.lastIndexOf('</')
    let at = start - 1
    for (let tries = 0; tries < triesMax && at < lastClose; tries += 1) {
      at = text.indexOf('</', at + 1)
      if (text.slice(at, at + 48 + name.length).includes(name)) return at
    }
    // Not near: further than it needs to, or to the next tag when no element closes any more.
    return at >= start ? at : nextTag(text, start)
  }
  return (mention) => {
    const before = /<(\/?)(?:[\w.-]{1,40}:)?$/.exec(text.slice(Math.max(0, mention.start - lookBack), mention.start))
    if (before === null) return besideElement(text, mention)
    if (before[1] !== '') return null
    const tag = matchAt(tagRest, text, mention.end)
    if (tag === null) return undefined
    const start = mention.end + tag[0].length
    if (isPlaceholder(mention.start - before[0].length, start)) return null
    return tag[0].endsWith('/>') ? null : [start, closeOf(start, text.slice(mention.start, mention.end))]
  }
}

function besideElement(text: string, { end }: Mention): Range | undefined {
  const closed = matchAt(endTags, text, end)
  if (closed === null) return undefined
  const opened = matchAt(startTags, text, end + closed[0].length)!
  const start = end + closed[0].length + opened[0].length
  return [start, nextTag(text, start)]
}

function nextTag(text: string, start: number): number {
  const next = text.indexOf('<', start)
  return next === -1 ? text.length : next
}
