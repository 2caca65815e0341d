import { readWhole } from '../read-whole'

/** The body of a target's answer as it comes. Read once: whole, or piece by piece with back-pressure. */
export type Body = AsyncIterable<Uint8Array> & {
  /** All of it, at once where it is there; null when it is longer than `bytesMax`, and then it is discarded. Rejects when it is cut off. */
  whole(bytesMax: number): Buffer | null | Promise<Buffer | null>
}

/** A body that something else reads off its line. */
export const bodyFrom = (pieces: AsyncIterable<Uint8Array>): Body => ({
  [Symbol.asyncIterator]: () => pieces[Symbol.asyncIterator](),
  whole: (bytesMax) => readWhole(pieces, bytesMax),
})

/** What a source is told: not to send more for now, to go on, that nobody wants the rest. */
export type Source = { pause(): void; resume(): void; abort(): void }

const pauseAtBytes = 64 * 1024

/** A body that is pushed into; undici's own stream costs three times as much a call. */
export class PushedBody implements Body {
  readonly #source: Source
  #chunks: Uint8Array[] = []
  #size = 0
  #end: { error: Error | null } | null = null
  #wake: (() => void) | null = null
  #bytesMax: number | null = null

  constructor(source: Source) {
    this.#source = source
  }

  push(chunk: Uint8Array): void {
    this.#chunks.push(chunk)
    this.#size += chunk.byteLength
    if (this.#bytesMax === null) {
      if (this.#size > pauseAtBytes) this.#source.pause()
      this.#awake()
    } else if (this.#size > this.#bytesMax) this.#awake()
  }

  end(error: Error | null): void {
    this.#end ??= { error }
    this.#awake()
  }

  whole(bytesMax: number): Buffer | null | Promise<Buffer | null> {
    if (this.#end?.error === null && this.#size <= bytesMax) return this.#joined()
    this.#bytesMax = bytesMax
    this.#source.resume()
    return new Promise((resolve, reject) => {
      const look = () => {
        if (this.#size > bytesMax) {
          this.#source.abort()
          resolve(null)
        } else if (this.#end === null) this.#wake = look
        else if (this.#end.error !== null) reject(this.#end.error)
        else resolve(this.#joined())
      }
      look()
    })
  }

  #joined(): Buffer {
    const [first] = this.#chunks
    return this.#chunks.length === 1 && Buffer.isBuffer(first) ? first : Buffer.concat(this.#chunks)
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        const chunks = this.#chunks
        this.#chunks = []
        this.#size = 0
        this.#source.resume()
        yield* chunks
        if (this.#chunks.length > 0) continue
        if (this.#end !== null) break
        await this.#more()
      }
      if (this.#end.error !== null) throw this.#end.error
    } finally {
      if (this.#end === null) this.#source.abort()
    }
  }

  #more(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }

  #awake(): void {
    const wake = this.#wake
    this.#wake = null
    wake?.()
  }
}
