/** One server-sent event (HTML, section 9.2). `data` is whole; `id` and `retry` as sent, null when absent. */
export type ServerEvent = { event: string; data: string; id: string | null; retry: string | null }

export class EventTooLarge extends Error {
  readonly code = 'event-too-large'
}

const fieldsMax = 100_000

/**
 * Reads a byte stream as server-sent events, each as soon as its last byte is there; comments are dropped, an unfinished event
 * at the end too. Linear in what comes, however it is cut. Throws EventTooLarge past `bytesMax` UTF-16 units, or 100,000 fields,
 * in one event.
 */
export async function* readEvents(
  body: AsyncIterable<Uint8Array>,
  bytesMax = 16 * 1024 * 1024,
): AsyncGenerator<ServerEvent> {
  const decoder = new TextDecoder('utf-8')
  let line: string[] = []
  let lineSize = 0
  let event = emptyEvent()
  let afterReturn = false
  for await (const chunk of body) {
    let text = decoder.decode(chunk, { stream: true })
    if (afterReturn && text !== '') {
      // The other half of a CRLF that was cut in two.
      if (text.charCodeAt(0) === newline) text = text.slice(1)
      afterReturn = false
    }
    let start = 0
    for (let end = lineEnd(text, start); end !== -1; end = lineEnd(text, start)) {
      const whole = line.length === 0 ? text.slice(start, end) : line.join('') + text.slice(start, end)
      line = []
      lineSize = 0
      const returned = text.charCodeAt(end) === carriageReturn
      afterReturn = returned && end + 1 === text.length
      start = returned && text.charCodeAt(end + 1) === newline ? end + 2 : end + 1
      if (whole !== '') {
        readLine(whole, event)
        continue
      }
      const done = event
      event = emptyEvent()
      if (done.fields > 0) yield finish(done)
    }
    if (start < text.length) line.push(start === 0 ? text : text.slice(start))
    lineSize += text.length - start
    if (lineSize + event.size > bytesMax || event.fields > fieldsMax)
      throw new EventTooLarge('one event of the target is too large')
  }
}

const [newline, carriageReturn] = [0x0a, 0x0d]

/** Where the line that begins at `from` ends; -1 when it goes on. */
function lineEnd(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === newline || code === carriageReturn) return at
  }
  return -1
}

type Growing = { event: string; data: string[]; id: string | null; retry: string | null; fields: number; size: number }
const emptyEvent = (): Growing => ({ event: 'message', data: [], id: null, retry: null, fields: 0, size: 0 })
const finish = (event: Growing): ServerEvent => ({
  event: event.event,
  data: event.data.join('\n'),
  id: event.id,
  retry: event.retry,
})

function readLine(line: string, event: Growing): void {
  const colon = line.indexOf(':')
  if (colon === 0) return
  const field = colon === -1 ? line : line.slice(0, colon)
  const rest = colon === -1 ? '' : line.slice(colon + 1)
  const value = rest.startsWith(' ') ? rest.slice(1) : rest
  event.size += line.length
  event.fields += 1
  if (field === 'data') event.data.push(value)
  else if (field === 'event') event.event = value
  // An id with NUL is none (HTML, section 9.2.6): no client could send it back.
  else if (field === 'id' && !value.includes('\0')) event.id = value
  else if (field === 'retry') event.retry = value
}

/** MCP messages are events of this type; a client reads no other (HTML, section 9.2.6: an empty type is this one). */
export const isMessage = ({ event }: ServerEvent): boolean => event === 'message' || event === ''

/** JSON text has no raw newline, so one `data` line is enough for it; other text is split over several. */
export function writeEvent(data: string, id: string | null = null, retry: string | null = null): string {
  const lines = data.includes('\n') ? data.split('\n').join('\ndata: ') : data
  return `${id === null ? '' : `id: ${id.replace(/[\r\n\0]/g, '')}\n`}${pace(retry)}event: message\ndata: ${lines}\n\n`
}

const pace = (retry: string | null): string => (retry === null || !/^\d{1,9}$/.test(retry) ? '' : `retry: ${retry}\n`)

/** An event that says where to go on, or how soon, and nothing else (MCP 2025-11-25, transports); null when it says neither. */
export function writePriming(id: string | null, retry: string | null): string | null {
  if (id !== null) return writeEvent('', id, retry)
  return pace(retry) === '' ? null : `${pace(retry)}\n`
}

export const comment = ': keep-alive\n\n'
