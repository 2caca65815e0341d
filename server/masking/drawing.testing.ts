/** Numbers that are the same for the same seed (mulberry32). */
function seededNumbers(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

export type Draw = { number(below: number): number; letters(length: number): string; digits(length: number): string }

export function drawing(seed: number): Draw {
  const next = seededNumbers(seed)
  const number = (below: number) => Math.floor(next() * below)
  const from = (chars: string) => (length: number) => {
    let out = ''
    for (let i = 0; i < length; i += 1) out += chars[number(chars.length)]
    return out
  }
  return { number, letters: from('abcdefghijklmnopqrstuvwxyz'), digits: from('0123456789') }
}

/** Pieces until there are `size` characters. */
export function repeated(size: number, piece: (i: number) => string, joint = ''): string {
  const parts: string[] = []
  for (let length = 0, i = 0; length < size; i += 1) {
    const part = piece(i)
    parts.push(part)
    length += part.length + joint.length
  }
  return parts.join(joint)
}

export const base64 = (text: string): string => Buffer.from(text).toString('base64')
