import type { Span } from './spans'
import { note, type Work } from './work'

/** The text in a base64 blob: how it is read and written again. `binary` when only what stands out may be overwritten. */
export type Blob = { text: string; encode(text: string): string; binary: boolean }

const binaryMin = 12

/** Reads UTF-8, UTF-16, else Latin-1; bytes that are no text are read as Latin-1 so that places stay. */
export function readBlob(base64: string): Blob {
  const bytes = Buffer.from(base64, 'base64')
  const write = (encoding: BufferEncoding) => (text: string) => Buffer.from(text, encoding).toString('base64')
  const [first, second] = zeros(bytes)
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (second && !first))
    return { text: bytes.toString('utf16le'), encode: write('utf16le'), binary: false }
  if (bytes.length % 2 === 0 && ((bytes[0] === 0xfe && bytes[1] === 0xff) || (first && !second))) {
    const encode = (text: string) => Buffer.from(text, 'utf16le').swap16().toString('base64')
    return { text: Buffer.from(bytes).swap16().toString('utf16le'), encode, binary: false }
  }
  const utf8 = bytes.toString('utf8')
  if (!utf8.includes('\ufffd') && !utf8.includes('\0')) return { text: utf8, encode: write('utf8'), binary: false }
  const latin1 = bytes.toString('latin1')
  return { text: latin1, encode: write('latin1'), binary: controls(latin1) }
}

const zerosLooked = 512

/** Whether of the bytes at even and at odd places nine in ten are zero, as one half is in UTF-16 of a Latin text. */
function zeros(bytes: Buffer): [even: boolean, odd: boolean] {
  const length = Math.min(bytes.length, zerosLooked) & ~1
  const counts: [number, number] = [0, 0]
  for (let i = 0; i < length; i += 1) if (bytes[i] === 0) counts[(i & 1) as 0 | 1] += 1
  const [even, odd] = counts.map((count) => count > 0 && count * 20 >= length * 9) as [boolean, boolean]
  return [even, odd]
}

/** True when control characters show that this is not text. */
function controls(text: string): boolean {
  let count = 0
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i)
    if (code < 0x20 && code !== 0x09 && code !== 0x0a && code !== 0x0d) count += 1
  }
  return count * 100 > text.length
}

/** In a binary format only long finds count, and lengths must stay. */
export function overwrite(text: string, spans: Span[], work: Work): string {
  let out = ''
  let from = 0
  for (const { start, end, cover } of spans) {
    if (end - start < binaryMin) continue
    note(work, text.slice(start, end), cover)
    out += text.slice(from, start) + '*'.repeat(end - start)
    from = end
  }
  return out + text.slice(from)
}
