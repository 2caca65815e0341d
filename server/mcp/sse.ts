/** One server-sent event (HTML, section 9.2). `data` is whole; `id` and `retry` as sent, null when absent. */
export type ServerEvent = { event: string; data: string; id: string | null; retry: string | null }

export class EventTooLarge extends Error {
  readonly code = 'event-too-large'
}

/**
 * Reads a byte stream as server-sent events; comments are dropped, an unfinished event at the end too.
 * Throws EventTooLarge past `bytesMax` UTF-16 units in one event.
 */
export async function* readEvents(
  body: AsyncIterable<Uint8Array>,
  bytesMax = 16 * 1024 * 1024,
): AsyncGenerator<ServerEvent> {
  const decoder = new TextDecoder('utf-8')
  let pending = ''
  let event = emptyEvent()
  for await (const chunk of body) {
    pending += decoder.decode(chunk, { stream: true })
    const lines = pending.split(/\r\n|\n|\r(?=[^\n])/)
    pending = lines.pop() ?? ''
    for (const line of lines) {
      const done = line === ''
      if (!done) readLine(line, event)
      else if (event.seen) yield finish(event)
      if (done) event = emptyEvent()
    }
    if (pending.length + event.size > bytesMax) throw new EventTooLarge('one event of the target is too large')
  }
}

type Growing = { event: string; data: string[]; id: string | null; retry: string | null; seen: boolean; size: number }
const emptyEvent = (): Growing => ({ event: 'message', data: [], id: null, retry: null, seen: false, size: 0 })
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
  event.seen = true
  if (field === 'data') event.data.push(value)
  else if (field === 'event') event.event = value
  else if (field === 'id') event.id = value
  else if (field === 'retry') event.retry = value
}

/** JSON text has no raw newline, so one `data` line is enough for it; other text is split over several. */
export function writeEvent(data: string, id: string | null = null, retry: string | null = null): string {
  const lines = data.includes('\n') ? data.split('\n').join('\ndata: ') : data
  const pace = retry === null || !/^\d{1,9}$/.test(retry) ? '' : `retry: ${retry}\n`
  return `${id === null ? '' : `id: ${id.replace(/[\r\n\0]/g, '')}\n`}${pace}event: message\ndata: ${lines}\n\n`
}

export const comment = ': keep-alive\n\n'
