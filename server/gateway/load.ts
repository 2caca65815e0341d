import { thenLeave } from '../places'
import { runtime } from '../runtime'

/** A message up to here is no burden; there are never more of them than one person may have under way. */
const lightBytes = 64 * 1024
/** What each request that one may have under way may be large, on average. */
const bytesEach = 160 * 1024

const heldOf = new Map<string, number>()

export type Weighed = Pick<Load, 'mayBe' | 'isTooMuch' | 'during'>

/**
 * What one message weighs of all that its sender has under way: two hundred of four megabytes, each kept while it waits, would be
 * the memory of everybody. It counts until its work is done and its request is over; a caller that leaves takes neither away.
 */
export class Load {
  readonly #whose: string
  #bytes = 0
  #ends = 2
  /** Whether it was told that it may not grow. */
  isTooMuch = false

  constructor(whose: string) {
    this.#whose = whose
  }

  /** Whether the message may be as large as `bytes`. One by itself always may. */
  mayBe(bytes: number): boolean {
    if (bytes <= Math.max(lightBytes, this.#bytes)) return true
    const others = (heldOf.get(this.#whose) ?? 0) - this.#bytes
    if (others > 0 && others + bytes > heaviest()) {
      this.isTooMuch = true
      return false
    }
    this.#bytes = bytes
    heldOf.set(this.#whose, others + bytes)
    return true
  }

  /** Until these have ended it weighs as well: what goes on while, or after, its answer is read. */
  during<T>(items: AsyncIterable<T>): AsyncIterable<T> {
    if (this.#bytes === 0) return items
    this.#ends += 1
    return thenLeave(items, () => this.end())
  }

  /** Called once when the work is done, and once when the request is over. */
  end(): void {
    this.#ends -= 1
    if (this.#ends !== 0 || this.#bytes === 0) return
    const left = (heldOf.get(this.#whose) ?? 0) - this.#bytes
    if (left > 0) heldOf.set(this.#whose, left)
    else heldOf.delete(this.#whose)
  }
}

/** Of what was taken before, and must run. */
export const weightless: Weighed = { mayBe: () => true, isTooMuch: false, during: (items) => items }

const heaviest = (): number => runtime().env.callsAtOnce * bytesEach

export const tooHeavy = (): string =>
  `your requests under way hold ${Math.floor(heaviest() / 2 ** 20)} MB here; wait until one has ended`
