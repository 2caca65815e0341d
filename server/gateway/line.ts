import { comment, writeEvent } from '../mcp/sse'
import type { JsonObject } from '../types'
import { type Answer, streamHeaders } from './answer'
import type { CallerRequest } from './caller-request'

/** The line to a waiting caller. Nothing is sent until the answer is there or something must be said before it. */
export type Line = {
  /** Whether the caller reads `text/event-stream`. */
  streams: boolean
  /** Aborts when the caller is gone. */
  readonly gone: AbortSignal
  /** Sends a message before the answer; opens the stream. Does nothing when the caller does not read streams. */
  say(message: JsonObject): void
  /** Keeps a silent line open. */
  comment(): void
}

/** Runs `work`; its answer goes out as it is, or as the end of a stream if the line was opened before. */
export async function overLine(request: CallerRequest, work: (line: Line) => Promise<Answer>): Promise<Answer> {
  const queue: string[] = []
  let wake: () => void = () => {}
  let open: () => void = () => {}
  const opened = new Promise<null>((resolve) => {
    open = () => resolve(null)
  })
  const push = (text: string) => {
    if (!line.streams) return
    queue.push(text)
    open()
    wake()
  }
  const line: Line = {
    streams: (request.headers.get('accept') ?? '').includes('text/event-stream'),
    get gone() {
      return request.signal
    },
    say: (message) => push(writeEvent(JSON.stringify(message))),
    comment: () => push(comment),
  }
  const working = work(line)
  const first = await Promise.race([working, opened])
  if (first !== null) return first
  let answer: Answer | null = null
  let failure: unknown = null
  const done = working
    .then((last) => {
      answer = last
    })
    .catch((error: unknown) => {
      failure = error
    })
    .finally(() => wake())
  async function* events(): AsyncGenerator<string> {
    for (;;) {
      yield* queue.splice(0)
      if (failure !== null) throw failure
      if (answer !== null) break
      await Promise.race([done, new Promise<void>((resolve) => (wake = resolve))])
    }
    yield* eventsOf(answer)
  }
  return { status: 200, headers: streamHeaders, events: events() }
}

async function* eventsOf(answer: Answer): AsyncGenerator<string> {
  if ('events' in answer) yield* answer.events
  else if (answer.body !== null)
    yield answer.headers['content-type'] === 'text/event-stream' ? answer.body : writeEvent(answer.body)
}
