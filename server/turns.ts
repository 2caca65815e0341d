import { Refusal } from './errors'

type Person = { last: Promise<unknown>; under: number }

/** Of one person: done and waiting. */
const underWayMax = 10

/**
 * For what keeps the database busy for seconds: one at a time for each person, and `atOnce` for all, so that whoever asks again and
 * again leaves the others their connections. Who waits holds none.
 */
export class Turns {
  readonly #atOnce: number
  readonly #people = new Map<string, Person>()
  readonly #line: (() => void)[] = []
  #running = 0

  constructor(atOnce: number) {
    this.#atOnce = atOnce
  }

  async take<T>(whose: string, work: () => Promise<T>): Promise<T> {
    const person = this.#people.get(whose) ?? { last: Promise.resolve(), under: 0 }
    if (person.under >= underWayMax)
      throw new Refusal('too-many', `you have ${underWayMax} searches under way; wait until one has ended`)
    this.#people.set(whose, person)
    person.under += 1
    const turn = person.last.then(() => this.#run(work))
    person.last = turn.catch(() => {})
    try {
      return await turn
    } finally {
      person.under -= 1
      if (person.under === 0) this.#people.delete(whose)
    }
  }

  async #run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running < this.#atOnce) this.#running += 1
    else await new Promise<void>((go) => this.#line.push(go))
    try {
      return await work()
    } finally {
      const next = this.#line.shift()
      // Its place goes to who waits.
      if (next === undefined) this.#running -= 1
      else next()
    }
  }
}
