/** What one escape says, and how many characters it takes. */
export type Piece = { text: string; width: number }

const simple: Record<string, string> = {
  n: '\n',
  r: '\r',
  t: '\t',
  b: '\b',
  f: '\f',
  '/': '/',
  '"': '"',
  "'": "'",
  '\\': '\\',
}

const hexValue = (code: number): number => {
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  const letter = code | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}

/** `width` hexadecimal digits at `i`, or -1. */
function hexAt(text: string, i: number, width: number): number {
  let value = 0
  for (let n = 0; n < width; n += 1) {
    const digit = i + n < text.length ? hexValue(text.charCodeAt(i + n)) : -1
    if (digit === -1) return -1
    value = value * 16 + digit
  }
  return value
}

/** JSON's and JavaScript's escapes (RFC 8259, section 7; ECMA-262, 12.9.4). */
export function backslash(text: string, i: number): Piece | null {
  const next = text[i + 1]
  if (next === undefined) return null
  if (next === 'u' || next === 'x') {
    const width = next === 'u' ? 4 : 2
    const value = hexAt(text, i + 2, width)
    if (value !== -1) return { text: String.fromCharCode(value), width: width + 2 }
    const braced =
      next === 'u' && text[i + 2] === '{' ? /^\{0{0,4}([0-9a-f]{1,6})\}/i.exec(text.slice(i + 2, i + 14)) : null
    return braced === null ? null : { text: codePoint(Number.parseInt(braced[1]!, 16)), width: braced[0].length + 2 }
  }
  const plain = simple[next]
  return plain === undefined ? null : { text: plain, width: 2 }
}

/** One percent-encoded character (RFC 3986, section 2.1); a byte that is not UTF-8 stands for itself. */
export function percent(text: string, i: number): Piece | null {
  const first = hexAt(text, i + 1, 2)
  if (first === -1) return null
  const more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc0 ? 1 : 0
  if (more === 0) return { text: String.fromCharCode(first), width: 3 }
  const bytes = [first]
  for (let n = 1; n <= more; n += 1) {
    const byte = text[i + 3 * n] === '%' ? hexAt(text, i + 3 * n + 1, 2) : -1
    if (byte < 0x80 || byte > 0xbf) return { text: String.fromCharCode(first), width: 3 }
    bytes.push(byte)
  }
  return { text: Buffer.from(bytes).toString('utf8'), width: 3 * bytes.length }
}

// The names of characters that stand in what detectors look for.
const named: Record<string, string> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  commat: '@',
  period: '.',
  hyphen: '-',
  dash: '-',
  lowbar: '_',
  shy: '',
  zwnj: '',
  zwj: '',
  colon: ':',
  equals: '=',
  sol: '/',
  plus: '+',
  percnt: '%',
  num: '#',
}

const reference = /^&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,6}));?/i

/** A character reference of HTML. */
export function entity(text: string, i: number): Piece | null {
  const next = text.charCodeAt(i + 1)
  if (next !== 0x23 && !((next | 0x20) >= 0x61 && (next | 0x20) <= 0x7a)) return null
  const match = reference.exec(text.slice(i, i + 12))
  if (match === null) return null
  const [whole, decimal, hex, name] = match
  if (name !== undefined) {
    const plain = whole.endsWith(';') ? named[name.toLowerCase()] : undefined
    return plain === undefined ? null : { text: plain, width: whole.length }
  }
  return { text: codePoint(decimal !== undefined ? Number(decimal) : Number.parseInt(hex!, 16)), width: whole.length }
}

const codePoint = (code: number): string => (code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd')
