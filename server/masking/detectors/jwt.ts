import type { Detect } from '../detectors'

const token = new Uint8Array(128)
for (const char of 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.') token[char.charCodeAt(0)] = 1

const headerMin = 10
const payloadMin = 4
// base64url of `{"`, `{ `, `{` and a newline: how a JSON object can begin.
const beginnings = ['eyJ', 'eyA', 'ewo', 'ew0', 'ewk']

/**
 * JSON Web Tokens: JWS (RFC 7515, three parts, the last may be empty or missing) and JWE (RFC 7516, five). The header
 * is base64url of a JSON object.
 */
export const jwt: Detect = (text, cover, spans) => {
  for (const beginning of beginnings)
    for (let from = text.indexOf(beginning); from !== -1; ) {
      let end = from
      while (end < text.length && isToken(text.charCodeAt(end))) end += 1
      tokens(text.slice(from, end), beginning, (start, stop) =>
        spans.push({ start: from + start, end: from + stop, cover, sure: true }),
      )
      from = text.indexOf(beginning, end)
    }
}

const isToken = (code: number): boolean => code < 128 && token[code] === 1

/** In a run without spaces: from a header to the end of the parts that follow it. */
function tokens(run: string, beginning: string, hit: (start: number, end: number) => void): void {
  const parts = run.split('.')
  let at = 0
  for (let i = 0; i + 1 < parts.length; i += 1) {
    const part = parts[i]!
    const header = part.indexOf(beginning)
    if (
      header !== -1 &&
      part.length - header >= headerMin &&
      (parts[i + 1]!.length >= payloadMin || i + 2 < parts.length)
    ) {
      const last = Math.min(i + 4, parts.length - 1)
      const length = parts.slice(i, last + 1).reduce((sum, each) => sum + each.length + 1, -1)
      hit(at + header, at + length)
      at += length + 1
      i = last
    } else at += part.length + 1
  }
}
