/** Just enough of CEL's grammar to take a condition apart at its outermost `&&` or `||`, and to write values. */

type Value = string | number | boolean

export const textPattern = '"(?:[^"\\\\]|\\\\.)*"'
const reserved =
  /^(?:true|false|null|in|as|break|const|continue|else|for|function|if|import|let|loop|package|namespace|return|var|void|while)$/

/** An argument of the call, however it is named. */
export const reference = (name: string): string =>
  /^[A-Za-z_]\w*$/.test(name) && !reserved.test(name) ? `args.${name}` : `args[${JSON.stringify(name)}]`

/** A value as CEL writes it. Numbers of arguments are decimal, so 50 is `50.0`. */
export function literal(value: Value): string {
  if (typeof value !== 'number') return JSON.stringify(value)
  return Number.isInteger(value) && Math.abs(value) < 1e21 ? `${value}.0` : String(value)
}

export const list = (values: Value[]): string => `[${values.map(literal).join(', ')}]`

/** The value of a literal; null when it is none. */
export function literalValue(text: string): Value | null {
  if (text === 'true' || text === 'false') return text === 'true'
  if (!new RegExp(`^(?:${textPattern}|-?\\d+(?:\\.\\d+)?(?:[eE][+-]?\\d+)?)$`, 's').test(text)) return null
  try {
    return JSON.parse(text) as Value
  } catch {
    return null
  }
}

/** The values of a list of literals; null when it is something else. */
export function literalValues(text: string): Value[] | null {
  if (text === '[]') return []
  const items = text.slice(1, -1).match(new RegExp(`${textPattern}|[^",]+`, 'gs')) ?? []
  const values = items
    .map((item) => item.trim())
    .filter((item) => item !== '')
    .map(literalValue)
  return values.every((value) => value !== null) ? (values as Value[]) : null
}

/** `isAtomic`: can stand beside any other part without parentheses. */
export type Split = { join: 'all' | 'any'; parts: string[]; isAtomic: boolean }

/** The outermost parts of a condition. What is too clever to be taken apart is one part. */
export function split(text: string): Split {
  const whole = { join: 'all', parts: [text], isAtomic: false } as const satisfies Split
  const cuts = cutsOf(text)
  if (cuts === null) return { ...whole, parts: [text] }
  const sign = cuts.some((cut) => cut.sign === '||') ? '||' : '&&'
  const at = cuts.filter((cut) => cut.sign === sign).map((cut) => cut.at)
  if (at.length === 0) return { ...whole, parts: [text], isAtomic: true }
  const parts = [...at, text.length].map((end, index) => text.slice(index === 0 ? 0 : at[index - 1]! + 2, end).trim())
  if (parts.some((part) => part === '')) return { ...whole, parts: [text] }
  return { join: sign === '&&' ? 'all' : 'any', parts, isAtomic: false }
}

type Cut = { sign: '&&' | '||'; at: number }

function cutsOf(text: string): Cut[] | null {
  const cuts: Cut[] = []
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const char = text[at] as string
    if (char === '"' || char === "'") {
      at = endOfString(text, at)
      if (at === -1) return null
    } else if (text.startsWith('//', at)) return null
    else if ('([{'.includes(char)) depth += 1
    else if (')]}'.includes(char)) depth -= 1
    else if (depth === 0 && char === '?') return null
    else if (depth === 0 && (text.startsWith('&&', at) || text.startsWith('||', at)))
      cuts.push({ sign: text.slice(at, at + 2) as Cut['sign'], at: at++ })
    if (depth < 0) return null
  }
  return depth === 0 ? cuts : null
}

/** Where a text ends; -1 when it does not, or is one with rules of its own (raw, of bytes, in three quotes). */
function endOfString(text: string, start: number): number {
  const quote = text[start] as string
  if (/\w/.test(text[start - 1] ?? '') || text.startsWith(quote.repeat(3), start)) return -1
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at += 1
    else if (text[at] === quote) return at
  }
  return -1
}
