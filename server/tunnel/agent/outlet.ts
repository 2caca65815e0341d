import { TargetError } from './target'

/** `errorCode`: of the JSON-RPC error that an answer is. */
export type Said = { text: string; last: boolean; errorCode?: number }

const fullAbove = 256 * 1024
const stalledAfterMs = 60_000

/**
 * What a process says to one caller, until it has been sent on. Past `fullAbove` its process has to wait; a caller that takes
 * nothing for a minute then is given up, because others wait behind it.
 */
export class Outlet {
  readonly #onFull: (full: boolean) => void
  readonly #onStalled: () => void
  #queue: Said[] = []
  #size = 0
  #taken = 0
  #failure: Error | null = null
  #finished = false
  #wake: (() => void) | null = null
  #stalled: NodeJS.Timeout | null = null

  constructor(options: { full(full: boolean): void; stalled(): void }) {
    this.#onFull = options.full
    this.#onStalled = options.stalled
  }

  say(said: Said): void {
    if (this.#finished) return
    this.#queue.push(said)
    this.#size += said.text.length
    this.#finished = said.last
    this.#change()
  }

  /** What was said before is still read. */
  fail(error: Error): void {
    if (this.#finished) return
    this.#finished = true
    this.#failure = error
    this.#change()
  }

  /** Nobody reads on. */
  close(): void {
    this.#finished = true
    this.#queue = []
    this.#size = 0
    this.#taken = 0
    this.#change()
  }

  /** The next message; null after the last. What was taken before counts as sent on. Rejects after `fail`. */
  async next(): Promise<Said | null> {
    this.#size -= this.#taken
    this.#taken = 0
    this.#change()
    for (;;) {
      const said = this.#queue.shift()
      if (said !== undefined) {
        this.#taken = said.text.length
        return said
      }
      if (this.#failure !== null) throw this.#failure
      if (this.#finished) return null
      await new Promise<void>((wake) => {
        this.#wake = wake
      })
    }
  }

  #change(): void {
    this.#watch(this.#size > fullAbove)
    const wake = this.#wake
    this.#wake = null
    wake?.()
  }

  #watch(full: boolean): void {
    if (full && this.#stalled !== null) this.#stalled.refresh()
    if (full === (this.#stalled !== null)) return
    if (this.#stalled !== null) clearTimeout(this.#stalled)
    this.#stalled = full ? setTimeout(() => this.#giveUp(), stalledAfterMs) : null
    this.#onFull(full)
  }

  #giveUp(): void {
    this.#failure = new TargetError('the caller reads too slowly')
    this.#onStalled()
    this.close()
  }
}
