import { codes } from '../mcp/errors'
import { errorMessage, type RequestId } from '../mcp/messages'
import type { JsonObject } from '../types'

/** What goes back to the caller. A stream's strings are whole server-sent events. */
export type Answer =
  | { status: number; headers: Record<string, string>; body: string | null }
  | { status: number; headers: Record<string, string>; events: AsyncIterable<string> }

export const jsonHeaders = { 'content-type': 'application/json', 'cache-control': 'no-store' }

export const streamHeaders = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
}

export const jsonAnswer = (status: number, message: JsonObject, headers: Record<string, string> = {}): Answer => ({
  status,
  headers: { ...jsonHeaders, ...headers },
  body: JSON.stringify(message),
})

export const errorAnswer = (
  status: number,
  id: RequestId | null,
  message: string,
  code: number = codes.invalidRequest,
  headers: Record<string, string> = {},
): Answer => jsonAnswer(status, errorMessage(id, code, message), headers)

/** The last message of an answer, which is the answer itself. */
export const wholeMessage = async (answer: Answer): Promise<JsonObject> =>
  JSON.parse(await wholeText(answer)) as JsonObject

/** The same as it was written. */
export async function wholeText(answer: Answer): Promise<string> {
  let text = 'body' in answer ? (answer.body ?? '') : ''
  if ('events' in answer) for await (const event of answer.events) if (event.includes('data: ')) text = event
  return text.startsWith('{') ? text : dataOf(text)
}

/** Not with a pattern: to `$` and `.` U+2028 ends a line, in an event and in JSON it does not. */
function dataOf(event: string): string {
  const start = event.indexOf('data: ') + 'data: '.length
  return event.slice(start, event.indexOf('\n', start))
}
