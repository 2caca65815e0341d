import { codes } from '../../mcp/errors'
import { errorMessage, type RequestId } from '../../mcp/messages'
import { writeEvent } from '../../mcp/sse'
import type { JsonObject } from '../../types'
import { Outlet, type Said } from './outlet'
import type { Process } from './process'
import { TargetError, type TargetReply } from './target'

type Asked = { message: JsonObject; id: RequestId; signal: AbortSignal; timeoutMs: number | null }
/** `errorCode`: of the JSON-RPC error that the answer is, null when it is none or not known yet. */
export type CallReply = TargetReply & { errorCode: number | null }

const smallBytes = 64 * 1024
const json = { 'content-type': 'application/json' }
const events = { 'content-type': 'text/event-stream' }

/** One request and its answer: JSON when the answer comes first, server-sent events when something comes before it. */
export async function call(process: Process, { message, id, signal, timeoutMs }: Asked): Promise<CallReply> {
  const outlet = new Outlet({
    full: (full) => process.hold(outlet, full),
    stalled: () => asked.cancel('the caller reads too slowly'),
  })
  const asked = process.talk.call(message, id, outlet, timeoutMs)
  closeWith(signal, outlet, () => asked.cancel('nobody waits for the answer'))
  const first = await outlet.next()
  if (first === null) throw new TargetError('the call was cancelled')
  const { text, last, errorCode = null } = first
  if (!last) return { status: 200, headers: events, body: eventsOf(first, outlet), errorCode }
  if (text.length > smallBytes) return { status: 200, headers: json, body: textsOf(first, outlet), errorCode }
  outlet.close()
  return { status: 200, headers: json, body: Buffer.from(text), errorCode }
}

/** What a legacy server says on its own (MCP 2025-11-25, transports, listening for messages). */
export function listen(process: Process, signal: AbortSignal): TargetReply {
  const outlet = new Outlet({
    full: (full) => process.hold(outlet, full),
    stalled: () => process.talk.unlisten(outlet),
  })
  if (!process.talk.listen(outlet)) return refusal(409, null, codes.invalidRequest, 'this session has a stream already')
  closeWith(signal, outlet, () => process.talk.unlisten(outlet))
  return { status: 200, headers: events, body: eventsOf(null, outlet) }
}

export const refusal = (status: number, id: RequestId | null, code: number, message: string): TargetReply => ({
  status,
  headers: json,
  body: Buffer.from(JSON.stringify(errorMessage(id, code, message))),
})

function closeWith(signal: AbortSignal, outlet: Outlet, left: () => void): void {
  const stop = () => {
    left()
    outlet.close()
  }
  if (signal.aborted) stop()
  else signal.addEventListener('abort', stop, { once: true })
}

async function* eventsOf(first: Said | null, outlet: Outlet): AsyncGenerator<Uint8Array> {
  for (let said = first ?? (await outlet.next()); said !== null; said = await outlet.next())
    yield Buffer.from(writeEvent(said.text))
}

async function* textsOf(first: Said, outlet: Outlet): AsyncGenerator<Uint8Array> {
  yield Buffer.from(first.text)
  await outlet.next()
}
