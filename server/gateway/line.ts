import { comment, writeEvent } from '../mcp/sse'
import type { JsonObject } from '../types'
import { type Answer, streamHeaders } from './answer'
import type { CallerRequest } from './caller-request'

/** The line to a waiting caller. Nothing is sent until the answer is there or something must be said before it. */
export type Line = {
  /** Whether the caller reads `text/event-stream`. */
  streams: boolean
  /** Whether it said that it reads `application/json` and no stream. */
  jsonOnly: boolean
  /** Aborts when the caller is gone. */
  readonly gone: AbortSignal
  /** Calls `listener` when the caller is gone; returns what stops that. */
  whenGone(listener: () => void): () => void
  /** Sends a message before the answer; opens the stream. Does nothing when the caller does not read streams. */
  say(message: JsonObject): void
  /** Keeps a silent line open. */
  comment(): void
}

/** Runs `work`; its answer goes out as it is, or as the end of a stream if the line was opened before. */
export function overLine(request: CallerRequest, work: (line: Line) => Promise<Answer>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const line = new OpenedLate(request, () =>
      resolve({ status: 200, headers: streamHeaders, events: line.events(working) }),
    )
    const working = work(line)
    working.then(resolve, reject)
  })
}

class OpenedLate implements Line {
  readonly streams: boolean
  readonly jsonOnly: boolean
  readonly #request: CallerRequest
  readonly #open: () => void
  readonly #queue: string[] = []
  #wake: () => void = () => {}

  constructor(request: CallerRequest, open: () => void) {
    const accepted = request.headers.get('accept') ?? ''
    this.streams = accepted.includes('text/event-stream')
    this.jsonOnly = accepted.includes('application/json') && !this.streams && !accepted.includes('*/*')
    this.#request = request
    this.#open = open
  }

  get gone(): AbortSignal {
    return this.#request.signal
  }

  whenGone(listener: () => void): () => void {
    return this.#request.whenGone(listener)
  }

  say(message: JsonObject): void {
    this.#push(writeEvent(JSON.stringify(message)))
  }

  comment(): void {
    this.#push(comment)
  }

  #push(text: string): void {
    if (!this.streams) return
    this.#queue.push(text)
    this.#open()
    this.#wake()
  }

  /** What is said until the answer is there, then the answer; throws what `working` throws. */
  async *events(working: Promise<Answer>): AsyncGenerator<string> {
    let answer: Answer | null = null
    let failure: unknown = null
    working
      .then((last) => {
        answer = last
      })
      .catch((error: unknown) => {
        failure = error
      })
      .finally(() => this.#wake())
    for (;;) {
      const woken = new Promise<void>((resolve) => (this.#wake = resolve))
      yield* this.#queue.splice(0)
      if (failure !== null) throw failure
      if (answer !== null && this.#queue.length === 0) break
      if (this.#queue.length === 0) await woken
    }
    yield* eventsOf(answer)
  }
}

async function* eventsOf(answer: Answer): AsyncGenerator<string> {
  if ('events' in answer) yield* answer.events
  else if (answer.body !== null)
    yield answer.headers['content-type'] === 'text/event-stream' ? answer.body : writeEvent(answer.body)
}
