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

/** The whole run, else its pieces between the signs that paths and ids are made of. */
function read(run: string, start: number, found: Encoded[]): void {
  const whole = decode(run)
  if (whole !== null) {
    found.push({ start, end: start + run.length, ...whole })
    return
  }
  for (const match of run.matchAll(/[A-Za-z0-9+=]+/g)) {
    const piece = match[0].length >= runMin && match[0].length < run.length ? decode(match[0]) : null
    if (piece !== null) found.push({ start: start + match.index, end: start + match.index + match[0].length, ...piece })
  }
}

// With `0x`, or with the `x` of PostgreSQL's `\x`.
const hex = /^(0?x)?((?:[0-9a-f]{2})+|(?:[0-9A-F]{2})+)$/

function decode(run: string): Pick<Encoded, 'text' | 'encode'> | null {
  const digits = hex.exec(run)
  if (digits !== null) {
    const text = readable(Buffer.from(digits[2]!, 'hex'))
    if (text !== null) return { text, encode: (plain) => (digits[1] ?? '') + Buffer.from(plain).toString('hex') }
  }
  const text = readable(Buffer.from(run, 'base64'))
  return text === null ? null : { text, encode: (plain) => inBase64(plain, run) }
}

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
