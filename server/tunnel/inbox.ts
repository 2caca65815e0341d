import { FrameError, limits } from './frames'

type Waiting = { resolve(result: IteratorResult<Uint8Array>): void; reject(error: Error): void }

/**
 * What one side of a stream was sent and nobody has read yet. It never holds more than `limits.windowBytes`: its sender is
 * held to the credit that reading gives back. Read it once; leaving early calls `left`.
 */
export class Inbox implements AsyncIterable<Uint8Array>, AsyncIterator<Uint8Array> {
  readonly #give: (bytes: number) => void
  readonly #left: () => void
  readonly #chunks: Uint8Array[] = []
  #room: number = limits.windowBytes
  #owed = 0
  #ended = false
  #failure: Error | null = null
  #waiting: Waiting | null = null

  constructor(options: { give(bytes: number): void; left(): void }) {
    this.#give = options.give
    this.#left = options.left
  }

  get ended(): boolean {
    return this.#ended
  }

  /** Throws FrameError when the sender goes on after its end, or past its credit. */
  push(bytes: Uint8Array, last: boolean): void {
    if (this.#ended) throw new FrameError('data came after the end of its stream')
    if (bytes.length > this.#room) throw new FrameError('more data came than the reader has room for')
    this.#room -= bytes.length
    this.#ended = last
    if (bytes.length > 0) this.#chunks.push(bytes)
    this.#settle()
  }

  /** What came before is still read; then the reader gets `error`. Does nothing when all has come. */
  fail(error: Error): void {
    if (this.#ended || this.#failure !== null) return
    this.#failure = error
    this.#settle()
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<IteratorResult<Uint8Array>> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
      this.#settle()
    })
  }

  return(): Promise<IteratorResult<Uint8Array>> {
    const early = !this.#ended && this.#failure === null
    this.#chunks.length = 0
    this.#ended = true
    if (early) this.#left()
    return Promise.resolve({ done: true, value: undefined })
  }

  #settle(): void {
    const waiting = this.#waiting
    const chunk = this.#chunks[0]
    if (waiting === null || (chunk === undefined && !this.#ended && this.#failure === null)) return
    this.#waiting = null
    if (chunk === undefined) {
      if (this.#ended) waiting.resolve({ done: true, value: undefined })
      else waiting.reject(this.#failure ?? new Error('the stream broke off'))
      return
    }
    this.#chunks.shift()
    this.#credit(chunk.length)
    waiting.resolve({ done: false, value: chunk })
  }

  /** In halves of a window: a frame for every chunk read would cost more than the chunk. */
  #credit(bytes: number): void {
    this.#owed += bytes
    if (this.#ended || this.#owed < limits.windowBytes / 2) return
    this.#room += this.#owed
    this.#give(this.#owed)
    this.#owed = 0
  }
}
