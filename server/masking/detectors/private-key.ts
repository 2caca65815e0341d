import type { Detect } from '../detectors'

const marker = /-{4,5} ?BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)? ?-{4,5}|PuTTY-User-Key-File-\d/gi
const ending = /-{4,5} ?END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)? ?-{4,5}|Private-MAC: ?[0-9a-f]+/gi

/**
 * Private keys in PEM (RFC 7468), OpenPGP, SSH2 and PuTTY blocks, with their newlines escaped or not. A block that does
 * not end hides the rest of the text: half a key is a secret too.
 */
export const privateKey: Detect = (text, cover, spans) => {
  marker.lastIndex = 0
  for (let begin = marker.exec(text); begin !== null; begin = marker.exec(text)) {
    ending.lastIndex = marker.lastIndex
    const end = ending.exec(text)
    spans.push({ start: begin.index, end: end === null ? text.length : ending.lastIndex, cover })
    if (end === null) return
    marker.lastIndex = ending.lastIndex
  }
}
