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

const separators = new Uint8Array(128)
for (const char of ' -._/()+,') separators[char.charCodeAt(0)] = 1
const isSeparator = (code: number): boolean => code < 128 && separators[code] === 1

/** Lower-case text without separators, and where each character came from. */
export function squeeze(low: string): { text: string; at: Int32Array } {
  const at = new Int32Array(low.length)
  const parts: string[] = []
  let length = 0
  let from = -1
  for (let i = 0; i < low.length; i += 1) {
    if (isSeparator(low.charCodeAt(i))) {
      if (from !== -1) parts.push(low.slice(from, i))
      from = -1
    } else {
      if (from === -1) from = i
      at[length++] = i
    }
  }
  if (from !== -1) parts.push(low.slice(from))
  return { text: parts.join(''), at }
}
