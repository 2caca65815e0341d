/** A run of text that is another text in base64 (RFC 4648, both alphabets) or hexadecimal. */
export type Encoded = { start: number; end: number; text: string; encode(text: string): string }

const runMin = 16
const wrapMin = 60

const alphabet = new Uint8Array(128)
for (const char of 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/-_')
  alphabet[char.charCodeAt(0)] = 1
const inAlphabet = (text: string, i: number): boolean => {
  const code = text.charCodeAt(i)
  return code < 128 && alphabet[code] === 1
}

/** Every run of 16 characters or more that decodes to readable text; lines of MIME's length are read as one. */
export function encodedRuns(text: string): Encoded[] {
  const found: Encoded[] = []
  for (let i = runMin - 1; i < text.length; i += runMin) {
    if (!inAlphabet(text, i)) continue
    let start = i
    while (start > 0 && inAlphabet(text, start - 1)) start -= 1
    const end = runEnd(text, start)
    if (end - start >= runMin) read(text.slice(start, end), start, found)
    if (end > i) i = end - 1
  }
  return found
}

function runEnd(text: string, start: number): number {
  let lineStart = start
  for (let i = start; ; i += 1) {
    if (i < text.length && inAlphabet(text, i)) continue
    const next = i - lineStart >= wrapMin ? afterNewline(text, i) : -1
    if (next === -1 || next >= text.length || !inAlphabet(text, next)) return i + padding(text, i)
    lineStart = next
    i = next
  }
}

function padding(text: string, i: number): number {
  return text[i] === '=' ? (text[i + 1] === '=' ? 2 : 1) : 0
}

function afterNewline(text: string, i: number): number {
  if (text[i] === '\n') return i + 1
  return text[i] === '\r' && text[i + 1] === '\n' ? i + 2 : -1
}

const joined = /[-_/\r\n]/

/** The whole run, else its pieces between the signs that paths and ids are made of. */
function read(run: string, start: number, found: Encoded[]): void {
  const whole = decode(run)
  if (whole !== null) {
    found.push({ start, end: start + run.length, ...whole })
    return
  }
  if (!joined.test(run)) return
  for (const match of run.matchAll(/[A-Za-z0-9+=]+/g)) {
    const piece = match[0].length >= runMin ? decode(match[0]) : null
    if (piece !== null) found.push({ start: start + match.index, end: start + match.index + match[0].length, ...piece })
  }
}

// With `0x`, or with the `x` of PostgreSQL's `\x`.
const hex = /^(0?x)?((?:[0-9a-f]{2})+|(?:[0-9A-F]{2})+)$/

function decode(run: string): Pick<Encoded, 'text' | 'encode'> | null {
  const digits = mayBeHex(run) ? hex.exec(run) : null
  if (digits !== null && beginsReadably(digits[2]!, 2)) {
    const text = readable(Buffer.from(digits[2]!, 'hex'))
    if (text !== null) return { text, encode: (plain) => (digits[1] ?? '') + Buffer.from(plain).toString('hex') }
  }
  const text = beginsReadably(run, 4) ? readable(Buffer.from(run, 'base64')) : null
  return text === null ? null : { text, encode: (plain) => inBase64(plain, run) }
}

/** The pattern looks at the whole run; its third and fourth character are hexadecimal with any beginning. */
const mayBeHex = (run: string): boolean => nibbles[run.charCodeAt(2)]! < 16 && nibbles[run.charCodeAt(3)]! < 16

const sextets = new Uint8Array(128).fill(64)
for (const [value, char] of [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'].entries())
  sextets[char.charCodeAt(0)] = value
sextets[0x2d] = 62
sextets[0x5f] = 63
const nibbles = new Uint8Array(128).fill(16)
for (const [value, char] of [...'0123456789abcdef'].entries()) {
  nibbles[char.charCodeAt(0)] = value
  nibbles[char.toUpperCase().charCodeAt(0)] = value
}

const bytesLooked = 9

/**
 * False when the first bytes that a run stands for are surely no text: most runs are names and numbers, and to decode them
 * costs more than all else that is looked for. `size` is 4 for base64 and 2 for hexadecimal.
 */
function beginsReadably(run: string, size: 2 | 4): boolean {
  let [bits, held, looked, following] = [0, 0, 0, 0]
  const [table, width] = size === 4 ? [sextets, 6] : [nibbles, 4]
  for (let i = 0; i < run.length && looked < bytesLooked; i += 1) {
    const value = table[run.charCodeAt(i)]!
    if (value >> width !== 0) return true
    held = ((held << width) | value) & 0xffff
    bits += width
    if (bits < 8) continue
    bits -= 8
    const byte = (held >> bits) & 0xff
    looked += 1
    if (following > 0) {
      if ((byte & 0xc0) !== 0x80) return false
      following -= 1
    } else if (byte < 0x80) {
      if (controls[byte] === 1) return false
    } else if (byte < 0xc2 || byte > 0xf4) return false
    else following = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3
  }
  return true
}

const controls = new Uint8Array(128)
for (let code = 0; code < 0x20; code += 1) controls[code] = 1
controls[0x7f] = 1
for (const code of [0x09, 0x0a, 0x0d]) controls[code] = 0

function inBase64(plain: string, like: string): string {
  const url = /[-_]/.test(like)
  const text = Buffer.from(plain).toString(url ? 'base64url' : 'base64')
  return like.endsWith('=') || url ? text : text.replace(/=+$/, '')
}

const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffd]/

/** UTF-8 text without control characters, or null. */
function readable(bytes: Buffer): string | null {
  const head = bytes.subarray(0, 24).toString('latin1')
  if (control.test(head)) return null
  const text = bytes.toString('utf8')
  return control.test(text) ? null : text
}
