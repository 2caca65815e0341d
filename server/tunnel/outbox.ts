import { FrameError, limits } from './frames'

/** The socket that all streams share: `ready` is null when it takes more, else resolves when it does. */
export type Pipe = { ready(): Promise<void> | null }

/** Sends one side of a stream, as far as its reader has given credit and the socket keeps up. */
export class Outbox {
  readonly #pipe: Pipe
  readonly #send: (bytes: Uint8Array, last: boolean) => void
  #credit: number = limits.windowBytes
  #wake: (() => void) | null = null
  #failure: Error | null = null
  #ended = false

  constructor(pipe: Pipe, send: (bytes: Uint8Array, last: boolean) => void) {
    this.#pipe = pipe
    this.#send = send
  }

  get ended(): boolean {
    return this.#ended
  }

  /** Resolves when the last byte was handed to the socket; rejects when the stream fails before. One write at a time. */
  async write(bytes: Uint8Array, last = false): Promise<void> {
    let rest = bytes
    for (;;) {
      await this.#turn(rest.length > 0)
      const piece = rest.subarray(0, Math.min(rest.length, limits.dataBytes, this.#credit))
      rest = rest.subarray(piece.length)
      this.#credit -= piece.length
      const done = rest.length === 0
      if (done && last) this.#ended = true
      if (piece.length > 0 || last) this.#send(piece, done && last)
      if (done) return
    }
  }

  async #turn(needsCredit: boolean): Promise<void> {
    for (;;) {
      if (this.#failure !== null) throw this.#failure
      if (this.#ended) throw new Error('this stream has ended')
      const busy = this.#pipe.ready()
      if (busy !== null) await busy
      else if (needsCredit && this.#credit === 0) await new Promise<void>((wake) => (this.#wake = wake))
      else return
    }
  }

  /** There is nothing to send; the head said so. */
  close(): void {
    this.#ended = true
  }

  /** Throws FrameError when the sum is more than anybody can mean. */
  grant(bytes: number): void {
    this.#credit += bytes
    if (this.#credit > limits.creditMax) throw new FrameError('the frame gives too much credit')
    this.#wakeUp()
  }

  fail(error: Error): void {
    this.#failure ??= error
    this.#wakeUp()
  }

  #wakeUp(): void {
    const wake = this.#wake
    this.#wake = null
    wake?.()
  }
}
