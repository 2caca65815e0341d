const digitsMin = 8
const lettersMax = 6

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39
const isLetter = (code: number): boolean => code >= 0x61 && code <= 0x7a

/** True for values like phone, card, account or social security numbers, which people print with or without separators. */
export function isNumberLike(low: string): boolean {
  let digits = 0
  let letters = 0
  for (let i = 0; i < low.length; i += 1) {
    const code = low.charCodeAt(i)
    if (isDigit(code)) digits += 1
    else if (isLetter(code)) letters += 1
    else if (!isSeparator(code)) return false
  }
  return digits >= digitsMin && letters <= lettersMax && low.length <= 64
}

const separators = new Set([...' -._/()+,'].map((char) => char.charCodeAt(0)))
const isSeparator = (code: number): boolean => separators.has(code)

/** Lower-case text without separators where a digit stands near, and where each character came from. */
export function squeeze(low: string): { text: string; at: number[] } {
  const at: number[] = []
  let out = ''
  let from = -1
  for (let i = 0; i < low.length; i += 1) {
    const code = low.charCodeAt(i)
    if (isSeparator(code)) {
      if (from !== -1) out += low.slice(from, i)
      from = -1
    } else {
      if (from === -1) from = i
      at.push(i)
    }
  }
  return { text: from === -1 ? out : out + low.slice(from), at }
}
