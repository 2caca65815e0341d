/** A text as it is meant, and for each of its characters where it stands in the original; one entry more for the end. */
export type View = { text: string; at: Int32Array }

const roundsMax = 4
const folds = /[\u0080-\uffff\\%&]/

/**
 * Undoes what makes the same value look different: zero-width characters, compatibility forms (NFKC), digits of other
 * scripts, escapes of JSON, URL (RFC 3986) and HTML. Null when there is nothing to undo. Several layers are undone.
 */
export function fold(text: string): View | null {
  if (!folds.test(text)) return null
  let view: View | null = null
  for (let round = 0; round < roundsMax; round += 1) {
    const next = foldOnce(view?.text ?? text)
    if (next === null) break
    view = view === null ? next : compose(view, next)
  }
  return view
}

function compose(outer: View, inner: View): View {
  const at = new Int32Array(inner.at.length)
  for (let i = 0; i < at.length; i += 1) at[i] = outer.at[inner.at[i]!]!
  return { text: inner.text, at }
}

type Piece = { text: string; width: number }

function foldOnce(text: string): View | null {
  let changed = false
  let out = ''
  let from = 0
  const at: number[] = []
  for (let i = 0; i < text.length; ) {
    const code = text.charCodeAt(i)
    const piece = code < 0x80 ? ascii(text, i, code) : other(text, i, code)
    if (piece === null) {
      at.push(i)
      i += 1
      continue
    }
    changed = true
    out += text.slice(from, i) + piece.text
    for (let n = 0; n < piece.text.length; n += 1) at.push(i)
    i += piece.width
    from = i
  }
  if (!changed) return null
  at.push(text.length)
  return { text: out + text.slice(from), at: Int32Array.from(at) }
}

function ascii(text: string, i: number, code: number): Piece | null {
  if (code === 0x5c) return backslash(text, i)
  if (code === 0x25) return percent(text, i)
  if (code === 0x26) return entity(text, i)
  return null
}

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

function backslash(text: string, i: number): Piece | null {
  const next = text[i + 1]
  if (next === undefined) return null
  if (next === 'u' || next === 'x') {
    const width = next === 'u' ? 4 : 2
    const hex = text.slice(i + 2, i + 2 + width)
    if (hex.length === width && /^[0-9a-f]+$/i.test(hex))
      return { text: String.fromCharCode(Number.parseInt(hex, 16)), width: width + 2 }
    const braced = next === 'u' ? /^\{0{0,4}([0-9a-f]{1,6})\}/i.exec(text.slice(i + 2, i + 14)) : null
    if (braced !== null) return { text: codePoint(Number.parseInt(braced[1]!, 16)), width: braced[0].length + 2 }
    return null
  }
  const plain = simple[next]
  return plain === undefined ? null : { text: plain, width: 2 }
}

const hexPair = (text: string, i: number): number => {
  const pair = text.slice(i, i + 2)
  return /^[0-9a-f]{2}$/i.test(pair) ? Number.parseInt(pair, 16) : -1
}

/** One percent-encoded character; a byte that is not UTF-8 stands for itself. */
function percent(text: string, i: number): Piece | null {
  const first = hexPair(text, i + 1)
  if (first < 0) return null
  const more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc0 ? 1 : 0
  const bytes = [first]
  for (let n = 1; n <= more; n += 1) {
    const byte = text[i + 3 * n] === '%' ? hexPair(text, i + 3 * n + 1) : -1
    if (byte < 0x80 || byte > 0xbf) return { text: String.fromCharCode(first), width: 3 }
    bytes.push(byte)
  }
  return { text: Buffer.from(bytes).toString('utf8'), width: 3 * bytes.length }
}

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

function entity(text: string, i: number): Piece | null {
  const match = /^&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,6}));?/i.exec(text.slice(i, i + 12))
  if (match === null) return null
  const [whole, decimal, hex, name] = match
  if (name !== undefined) {
    const plain = whole.endsWith(';') ? named[name.toLowerCase()] : undefined
    return plain === undefined ? null : { text: plain, width: whole.length }
  }
  return { text: codePoint(decimal !== undefined ? Number(decimal) : Number.parseInt(hex!, 16)), width: whole.length }
}

const codePoint = (code: number): string => (code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd')

const known = new Map<number, string | null>()
const knownMax = 20_000

function other(text: string, i: number, code: number): Piece | null {
  const point = code >= 0xd800 && code <= 0xdbff ? text.codePointAt(i)! : code
  let plain = known.get(point)
  if (plain === undefined) {
    plain = plainOf(point)
    if (known.size < knownMax) known.set(point, plain)
  }
  return plain === null ? null : { text: plain, width: point > 0xffff ? 2 : 1 }
}

const invisible = /^(?:\p{Cf}|\p{Variation_Selector}|\u034f|\u115f|\u1160|\u17b4|\u17b5|\u3164|\uffa0)$/u
const space = /^\p{Zs}$/u
const dash = /^\p{Pd}$|^\u2212$/u
const stops = new Set([0x3002, 0xff61, 0x2024])

/** Null when the character stands for itself. */
function plainOf(point: number): string | null {
  if (point >= 0xd800 && point <= 0xdfff) return null
  const char = String.fromCodePoint(point)
  if (invisible.test(char)) return ''
  if (space.test(char)) return ' '
  if (dash.test(char)) return '-'
  if (stops.has(point)) return '.'
  if (/^\p{Nd}$/u.test(char)) return String(digitValue(point))
  const composed = char.normalize('NFKC')
  return composed === char ? null : composed
}

const isDigit = (point: number): boolean => /^\p{Nd}$/u.test(String.fromCodePoint(point))

/** Decimal digits stand in rows of ten that begin at a code ending in 0 or 6 (Unicode, section 4.6), else NFKC knows them. */
function digitValue(point: number): number {
  const ascii = String.fromCodePoint(point).normalize('NFKC')
  if (/^[0-9]$/.test(ascii)) return Number(ascii)
  const low = point & 0xf
  return low <= 9 && isDigit(point - low) ? low : low - 6
}
