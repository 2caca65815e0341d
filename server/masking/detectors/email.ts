import { isDigit } from '../characters'
import type { Detect } from '../detectors'

const local = new Uint8Array(128)
const domain = new Uint8Array(128)
for (const char of 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789') {
  local[char.charCodeAt(0)] = 1
  domain[char.charCodeAt(0)] = 1
}
for (const char of ".!#$%&'*+-^_~") local[char.charCodeAt(0)] = 2
for (const char of '.-') domain[char.charCodeAt(0)] = 2

// Letters of other scripts (RFC 6531) begin above Latin-1's signs; general punctuation and ideographic stops are none.
const foreign = (code: number): boolean =>
  code >= 0xaa && !(code >= 0x2000 && code <= 0x206f) && !(code >= 0x3000 && code <= 0x303f)
const isLocal = (code: number): boolean => (code < 128 ? local[code] !== 0 : foreign(code))
const isDomain = (code: number): boolean => (code < 128 ? domain[code] !== 0 : foreign(code))
const isWord = (code: number): boolean => (code < 128 ? local[code] === 1 : foreign(code))

/** E-mail addresses (RFC 5321, 6531). From every `@` outwards; a stretch between two of them is read twice at most. */
export const email: Detect = (text, cover, spans) => {
  for (let at = text.indexOf('@'); at !== -1; at = text.indexOf('@', at + 1)) {
    const end = text[at + 1] === '[' ? literalEnd(text, at + 2) : domainEnd(text, at + 1)
    if (end === -1) continue
    const start = localStart(text, at)
    if (start < at && !isOther(text, start, at, end)) spans.push({ start, end, cover, sure: true })
  }
}

// `icon@2x.png`, `inter@400.woff2`, `core@7.26.0.tgz`: no top level of the domain name system is called so.
const scaled =
  /^[\d.]+x?\.(?:png|jpe?g|gif|webp|avif|svg|ico|woff2?|ttf|otf|css|json|tgz|tar|gz|jar|whl|js|mjs|cjs|ts)$/i
const scaledMax = 24
const gitRemote = /^git@[\w.-]+[:/][\w~./-]*\//i
const remoteMax = 128

/** What has an `@` and is nobody's address: a file of a scale or version, the account of a Git remote. */
function isOther(text: string, start: number, at: number, end: number): boolean {
  if (isDigit(text.charCodeAt(at + 1)) && end - at <= scaledMax && scaled.test(text.slice(at + 1, end))) return true
  return at - start === 3 && gitRemote.test(text.slice(start, end + remoteMax))
}

function localStart(text: string, at: number): number {
  if (text.charCodeAt(at - 1) === 0x22) return quotedStart(text, at)
  let start = at
  while (start > 0 && isLocal(text.charCodeAt(start - 1))) start -= 1
  while (start < at && !isWord(text.charCodeAt(start)) && text[start] !== '_') start += 1
  return start
}

const quotedMax = 66

/** `"john doe"@example.com` */
function quotedStart(text: string, at: number): number {
  for (let open = at - 2; open >= 0 && at - open <= quotedMax; open -= 1)
    if (text.charCodeAt(open) === 0x22) return open
  return at
}

const literalMax = 64

/** `[10.0.0.1]`, `[IPv6:::1]`, or -1. */
function literalEnd(text: string, from: number): number {
  const close = text.slice(from, from + literalMax).indexOf(']')
  return close > 0 && /^[\da-z.:]*[.:][\da-z.:]*$/i.test(text.slice(from, from + close)) ? from + close + 1 : -1
}

/** -1 unless a name with a dot and a top level of two letters or more begins at `from`. */
function domainEnd(text: string, from: number): number {
  let end = from
  while (end < text.length && isDomain(text.charCodeAt(end))) end += 1
  // A sentence may end here: give back dots and hyphens, then labels that cannot be a top level.
  for (;;) {
    while (end > from && !isWord(text.charCodeAt(end - 1))) end -= 1
    let dot = end - 1
    while (dot > from && text.charCodeAt(dot) !== 0x2e) dot -= 1
    if (dot <= from) return -1
    if (end - dot > 2 && !isDigit(text.charCodeAt(dot + 1))) return end
    end = dot
  }
}
