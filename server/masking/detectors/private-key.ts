import type { Detect } from '../detectors'
import type { Cover, Span } from '../spans'

const marker = /-{4,5} ?BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)? ?-{4,5}|PuTTY-User-Key-File-\d/gi
const ending = /-{4,5} ?END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)? ?-{4,5}|Private-MAC: ?[0-9a-f]+/gi

/**
 * Private keys in PEM (RFC 7468), OpenPGP, SSH2 and PuTTY blocks, with their newlines escaped or not. A block that does
 * not end hides the rest of the text: half a key is a secret too.
 */
export const privateKey: Detect = (text, cover, spans) => {
  if (text.length < blockMin) return
  blocks(text, cover, spans)
  if (text.length >= bodyMin) bodies(text, cover, spans)
}

function blocks(text: string, cover: Cover, spans: Span[]): void {
  if (!text.includes('--') && !text.includes('PuTTY')) return
  marker.lastIndex = 0
  for (let begin = marker.exec(text); begin !== null; begin = marker.exec(text)) {
    ending.lastIndex = marker.lastIndex
    const end = ending.exec(text)
    spans.push({ start: begin.index, end: end === null ? text.length : ending.lastIndex, cover, open: end === null })
    if (end === null) return
    marker.lastIndex = ending.lastIndex
  }
}

const blockMin = 20

// How base64 begins of PKCS #8 and PKCS #1 (a version follows the length), SEC 1, RFC 8410, and OpenSSH's format.
const beginnings = ['MII', 'MIG', 'MHcCAQEE', 'MC4CAQAw', 'MFECAQEw', 'b3BlbnNzaC1rZXktdjE']
// Lines may be indented, and their ends escaped.
const body = /[A-Za-z0-9+/=]+(?:(?:[ \t]{0,16}(?:\r?\n|\\+[rn])[ \t]{0,16})+[A-Za-z0-9+/=]+)*/y
const bodyMin = 60

/** A key without its block's first and last line. */
function bodies(text: string, cover: Cover, spans: Span[]): void {
  for (const beginning of beginnings)
    for (let start = text.indexOf(beginning); start !== -1; ) {
      body.lastIndex = start
      const found = body.exec(text)![0]
      const isKey = found.length >= bodyMin && begins(Buffer.from(found.slice(0, 40), 'base64'))
      if (isKey) spans.push({ start, end: start + found.length, cover })
      start = text.indexOf(beginning, start + found.length)
    }
}

/** DER (ITU-T X.690): a sequence whose first member is the version 0 or 1, then no bare serial number as in a certificate. */
function begins(der: Buffer): boolean {
  if (der.toString('latin1', 0, 14) === 'openssh-key-v1') return true
  if (der[0] !== 0x30) return false
  const at = der[1]! < 0x80 ? 2 : 2 + (der[1]! & 0x7f)
  const hasVersion = der[at] === 0x02 && der[at + 1] === 0x01 && der[at + 2]! <= 1
  return hasVersion && (der[at + 3] === 0x30 || der[at + 3] === 0x02 || der[at + 3] === 0x04)
}
