const known = new Map<number, string | null>()
const knownMax = 70_000

/** What a character beyond ASCII stands for: nothing, a space, a digit, its NFKC form; null when for itself. */
export function plainOf(point: number): string | null {
  // Ideographs stand for themselves, and are too many to be remembered.
  if (point >= 0x20000 && point < 0x2f800) return null
  let plain = known.get(point)
  if (plain === undefined) {
    plain = find(point)
    if (known.size < knownMax) known.set(point, plain)
  }
  return plain
}

const invisible = /^(?:\p{Cf}|\p{Variation_Selector}|\p{Me}|\u034f|\u115f|\u1160|\u17b4|\u17b5|\u3164|\uffa0)$/u
const space = /^\p{Zs}$/u
const dash = /^(?:\p{Pd}|\u2212)$/u
const digit = /^\p{Nd}$/u
const stops = new Set([0x3002, 0xff61, 0x2024])

function find(point: number): string | null {
  if (point >= 0xd800 && point <= 0xdfff) return null
  const char = String.fromCodePoint(point)
  if (invisible.test(char)) return ''
  if (space.test(char)) return ' '
  if (dash.test(char)) return '-'
  if (stops.has(point)) return '.'
  if (digit.test(char)) return String(digitValue(point))
  const composed = char.normalize('NFKC')
  return composed === char ? null : composed
}

/** Decimal digits stand in rows of ten that begin at a code ending in 0 or 6 (Unicode, section 4.6), else NFKC knows them. */
function digitValue(point: number): number {
  const ascii = String.fromCodePoint(point).normalize('NFKC')
  if (/^[0-9]$/.test(ascii)) return Number(ascii)
  const low = point & 0xf
  return low <= 9 && digit.test(String.fromCodePoint(point - low)) ? low : low - 6
}
