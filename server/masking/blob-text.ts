import { overwrite, readBlob } from './blob'
import { look } from './look'
import { merge } from './spans'
import { find, maskText } from './text'
import type { Work } from './work'

const base64 = /^[A-Za-z0-9+/_\-\s]*={0,2}\s*$/
const rawMax = 4096

/** Base64 of a text or of a binary format; what is no base64 is masked as a text. */
export function maskBlob(text: string, work: Work): string {
  if (!base64.test(text)) return maskText(text, work)
  const blob = readBlob(text)
  const masked = blob.binary
    ? overwrite(blob.text, merge(find(blob.text, look(blob.text), work, 'bytes')), work)
    : maskText(blob.text, work)
  const written = masked === blob.text ? text : blob.encode(masked)
  // What looks like base64 can itself be a secret.
  return written.length <= rawMax && maskText(written, work, 'word') !== written ? nothing : written
}

const nothing = Buffer.from('[masked]').toString('base64')
