import type { Span } from './spans'
import { note, type Work } from './work'

/** The text in a base64 blob: how it is read and written again. `binary` when only what stands out may be overwritten. */
export type Blob = { text: string; encode(text: string): string; binary: boolean }

const binaryMin = 12

/** Reads UTF-8, UTF-16 with a mark, else Latin-1; bytes that are no text are read as Latin-1 so that places stay. */
export function readBlob(base64: string): Blob {
  const bytes = Buffer.from(base64, 'base64')
  const write = (encoding: BufferEncoding) => (text: string) => Buffer.from(text, encoding).toString('base64')
  if (bytes[0] === 0xff && bytes[1] === 0xfe)
    return { text: bytes.toString('utf16le'), encode: write('utf16le'), binary: false }
  const utf8 = bytes.toString('utf8')
  if (!utf8.includes('\ufffd') && !utf8.includes('\0')) return { text: utf8, encode: write('utf8'), binary: false }
  const latin1 = bytes.toString('latin1')
  return { text: latin1, encode: write('latin1'), binary: controls(latin1) }
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
