import { globMatches } from './match'

type Entry<T> = { glob: string; value: T }

/**
 * Values under globs, found without looking at the globs that cannot match: exact names by a map, the others by the
 * text before their first `*`. What a search costs depends on the lengths of those texts, not on their number.
 */
export class GlobIndex<T> {
  readonly #exact = new Map<string, T[]>()
  readonly #byPrefix = new Map<string, Entry<T>[]>()
  #lengths: number[] = []

  add(glob: string, value: T): void {
    const star = glob.indexOf('*')
    if (star === -1) push(this.#exact, glob, value)
    else push(this.#byPrefix, glob.slice(0, star), { glob, value })
    if (star !== -1 && !this.#lengths.includes(star)) this.#lengths = [...this.#lengths, star].sort((a, b) => a - b)
  }

  /** Each value whose glob matches; once per matching glob. */
  find(text: string): T[] {
    const found = [...(this.#exact.get(text) ?? [])]
    for (const length of this.#lengths) {
      if (length > text.length) break
      for (const { glob, value } of this.#byPrefix.get(text.slice(0, length)) ?? [])
        if (globMatches(glob, text)) found.push(value)
    }
    return found
  }

  /** The value added under exactly this glob, made when there is none. */
  at(glob: string, make: () => T): T {
    const star = glob.indexOf('*')
    const known =
      star === -1
        ? this.#exact.get(glob)?.[0]
        : this.#byPrefix.get(glob.slice(0, star))?.find((entry) => entry.glob === glob)?.value
    if (known !== undefined) return known
    const made = make()
    this.add(glob, made)
    return made
  }
}

function push<T>(lists: Map<string, T[]>, key: string, value: T): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [value])
  else list.push(value)
}
