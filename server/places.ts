import { runtime } from './runtime'

/** How much each has under way (a person, or a person on a target), so that nobody takes the room of all others. */
export class Places {
  readonly #taken = new Map<string, number>()

  /** What to call when it is over; null when there is as much under way as one may have. */
  take(whose: string): (() => void) | null {
    const taken = this.#taken.get(whose) ?? 0
    if (taken >= runtime().env.callsAtOnce) return null
    this.#taken.set(whose, taken + 1)
    let isOver = false
    return () => {
      if (isOver) return
      isOver = true
      const left = (this.#taken.get(whose) ?? 1) - 1
      if (left > 0) this.#taken.set(whose, left)
      else this.#taken.delete(whose)
    }
  }
}

export const tooMany = (): string =>
  `you have ${runtime().env.callsAtOnce} requests under way here; wait until one has ended`

/** The same, until its last one was read or its reader left. */
export async function* thenLeave<T>(items: AsyncIterable<T>, leave: () => void): AsyncGenerator<T> {
  try {
    yield* items
  } finally {
    leave()
  }
}
