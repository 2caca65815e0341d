import { EventTooLarge, type ServerEvent } from './sse'

const [quote, backslash, open, close] = [0x22, 0x5c, 0x7b, 0x7d]

/**
 * Reads a byte stream as JSON objects one after the other, each as soon as its last byte is there, as if each were an event.
 * What stands between them is dropped, an unfinished one at the end too. Linear in what comes, however it is cut. Throws
 * EventTooLarge past `sizeMax` UTF-16 units in one.
 */
export async function* readObjects(body: AsyncIterable<Uint8Array>, sizeMax: number): AsyncGenerator<ServerEvent> {
  const decoder = new TextDecoder('utf-8')
  let parts: string[] = []
  let size = 0
  let depth = 0
  let inString = false
  let escaped = false
  for await (const chunk of body) {
    const text = decoder.decode(chunk, { stream: true })
    let start = 0
    for (let at = 0; at < text.length; at += 1) {
      const code = text.charCodeAt(at)
      if (inString) {
        if (escaped) escaped = false
        else if (code === backslash) escaped = true
        else if (code === quote) inString = false
      } else if (code === open) {
        if (depth === 0) start = at
        depth += 1
      } else if (depth > 0 && code === quote) inString = true
      else if (depth > 0 && code === close) {
        depth -= 1
        if (depth > 0) continue
        parts.push(text.slice(start, at + 1))
        yield { event: 'message', data: parts.join(''), id: null, retry: null }
        parts = []
        size = 0
      }
    }
    if (depth === 0) continue
    parts.push(text.slice(start))
    size += text.length - start
    if (size > sizeMax) throw new EventTooLarge('one message of the target is too large')
  }
}
