/** Where a text names a field: `name` is the field's normalised name, `start` to `end` how the text writes it. */
export type Mention = { start: number; end: number; name: string }

const gapMax = 2

/**
 * Every place where a text has one of `names` as a word of its own, whatever its case and separators (`card_number`,
 * `Card Number`, `cardNumber`). Linear: a name is tried only where a word begins.
 */
export function mentionsOf(names: string[]): (text: string) => Mention[] {
  const byFirst = new Map<number, string[]>()
  for (const name of names) {
    const first = name.charCodeAt(0)
    byFirst.set(first, [...(byFirst.get(first) ?? []), name])
  }
  const classes = new Uint8Array(wordy)
  let foreign: number = word
  for (const first of byFirst.keys()) {
    if (first >= 128) foreign = word | begins
    else for (const char of [first, first & ~0x20]) if (lowerCode(char) === first) classes[char]! |= begins
  }
  const any = anyOf(names)
  return (text) => {
    const found: Mention[] = []
    if (any !== null && !any.test(text)) return found
    const table = classes
    const beyond = foreign
    let before = 0
    for (let i = 0; i < text.length; i += 1) {
      const code = text.charCodeAt(i)
      const bits = code < 128 ? table[code]! : isForeign(code) ? beyond : 0
      if (bits > 1 && before === 0) {
        const mention = joined(text, i - 1, -1) ? null : mentionAt(text, i, byFirst.get(lowerCode(code)))
        if (mention !== null) {
          found.push(mention)
          i = mention.end - 1
        }
      }
      before = bits
    }
    return found
  }
}

/** All names in one expression, as a filter: bounded, without backtracking. Null where a name is not plain ASCII. */
function anyOf(names: string[]): RegExp | null {
  if (!names.every((name) => /^[a-z0-9]+$/.test(name))) return null
  const written = names.map((name) => [...name].join(`[ _.-]{0,${gapMax}}`))
  return names.length === 0 ? null : new RegExp(`(?:^|[^a-z0-9])(?:${written.join('|')})(?![a-z0-9])`, 'i')
}

const [word, begins] = [1, 2]
const wordy = new Uint8Array(128)
for (const char of 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789') wordy[char.charCodeAt(0)] = word

const lowerCode = (code: number): number => {
  if (code < 128) return code >= 0x41 && code <= 0x5a ? code | 0x20 : code
  const lower = String.fromCharCode(code).toLowerCase()
  return lower.length === 1 ? lower.charCodeAt(0) : code
}

/** Beyond ASCII: not the signs of Latin-1, punctuation, arrows, lines and boxes, or ideographic stops. */
const isForeign = (code: number): boolean =>
  code >= 0xaa &&
  code !== 0xab &&
  code !== 0xbb &&
  !(code >= 0x2010 && code <= 0x205e) &&
  !(code >= 0x2190 && code <= 0x2bff) &&
  !(code >= 0x3001 && code <= 0x303f)

const isWord = (code: number): boolean =>
  (code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x39) || isForeign(code)
const isGap = (code: number): boolean => code === 0x20 || code === 0x5f || code === 0x2d || code === 0x2e

function mentionAt(text: string, start: number, names: string[] | undefined): Mention | null {
  if (names === undefined) return null
  for (const name of names) {
    const end = endOf(text, start, name)
    if (end !== -1) return { start, end, name }
  }
  return null
}

function endOf(text: string, start: number, name: string): number {
  let at = start
  for (let i = 0; i < name.length; i += 1) {
    for (let gap = 0; i > 0 && gap < gapMax && isGap(text.charCodeAt(at)); gap += 1) at += 1
    if (lowerCode(text.charCodeAt(at)) !== name.charCodeAt(i)) return -1
    at += 1
  }
  const follows = at < text.length && isWord(lowerCode(text.charCodeAt(at)))
  return follows || joined(text, at, 1) ? -1 : at
}

/** `user_ssn` and `ssn-hash` are other names than `ssn`. */
function joined(text: string, at: number, step: 1 | -1): boolean {
  const code = text.charCodeAt(at)
  return (code === 0x5f || code === 0x2d) && isWord(lowerCode(text.charCodeAt(at + step)))
}
