import type { Entry } from '../types'
import type { HeadsText } from './heads'

type Head = { chain: string; seq: number; hash: string }
type Wanted = { hash: string; where: string }

/** What signed heads and the first entries of chains say must be in the record. */
export class Named {
  readonly #entries = new Map<string, Map<number, Wanted>>()
  readonly #left = new Map<string, { seq: number; where: string }>()
  readonly #versions = new Map<number, Wanted>()

  /** Returns what contradicts earlier heads. */
  signed({ heads, policy }: HeadsText, where: string): string[] {
    const problems = heads.flatMap((head) => this.#want(head, where) ?? [])
    if (policy.number === 0) return problems
    const before = this.#versions.get(policy.number)
    if (before !== undefined && before.hash !== policy.hash)
      problems.push(`it contradicts ${before.where} about policy version ${policy.number}`)
    this.#versions.set(policy.number, { hash: policy.hash, where })
    return problems
  }

  /** Heads that were known when a chain began; `abandons`: where its process left another one. Null when it reads. */
  opening({ body }: Entry, where: string): string | null {
    try {
      const { heads, abandons } = JSON.parse(body) as { heads: Head[]; abandons?: Head }
      for (const head of heads) this.#want(head, where)
      if (abandons !== undefined) this.#left.set(abandons.chain, { seq: abandons.seq, where })
      return null
    } catch {
      return 'it does not read'
    }
  }

  /** What others say against an entry. */
  about({ chain, seq, hash }: Entry): string[] {
    const wanted = this.#entries.get(chain)?.get(seq)
    const left = this.#left.get(chain)
    return [
      ...(wanted !== undefined && wanted.hash !== hash ? [`it is not the entry that ${wanted.where} names`] : []),
      ...(left !== undefined && seq > left.seq
        ? [`it was added by somebody else: ${left.where} says that its process wrote up to entry ${left.seq}`]
        : []),
    ]
  }

  versionProblem({ number, hash }: { number: number; hash: string }): string | null {
    const wanted = this.#versions.get(number)
    return wanted === undefined || wanted.hash === hash ? null : `it is not the version that ${wanted.where} names`
  }

  /** The last entry that is named of each chain. */
  ends(): { chain: string; seq: number; where: string }[] {
    return [...this.#entries].map(([chain, wanted]) => {
      let seq = 0
      for (const named of wanted.keys()) seq = Math.max(seq, named)
      return { chain, seq, where: wanted.get(seq)?.where ?? '' }
    })
  }

  policy(): { number: number; where: string } | null {
    let number = 0
    for (const named of this.#versions.keys()) number = Math.max(number, named)
    const wanted = this.#versions.get(number)
    return wanted === undefined ? null : { number, where: wanted.where }
  }

  #want({ chain, seq, hash }: Head, where: string): string | null {
    if (seq === 0) return null
    const wanted = this.#entries.get(chain) ?? new Map<number, Wanted>()
    const before = wanted.get(seq)
    this.#entries.set(chain, wanted)
    if (before === undefined) wanted.set(seq, { hash, where })
    return before === undefined || before.hash === hash
      ? null
      : `it contradicts ${before.where} about entry ${seq} of chain ${chain}`
  }
}
