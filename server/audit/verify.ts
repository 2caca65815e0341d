import type { Entry, PolicyVersion } from '../types'
import { entryHash, genesis } from './chain'
import { type HeadsText, headsHash, isSigned } from './heads'
import { Named } from './named'
import type { Finding, Report } from './schemas'
import { versionHash } from './version-hash'

/** One line of an export. */
export type RecordLine =
  | { type: 'entry'; entry: Entry }
  | { type: 'version'; version: Omit<PolicyVersion, 'at'> & { at: string } }
  | { type: 'heads'; head: SignedHead }

export type SignedHead = { number?: number; heads: string; publicKey: string; signature: string }

const findingsMax = 100

/**
 * Verifies a record without the server: each chain of entries, each version of the policy, the chain of signed heads. All lines
 * are given to `learn`, then all to `take`, in the order of the export. `keys`: the only signers that count; without them, the one
 * that signed first.
 */
export class RecordVerifier {
  readonly #findings: Finding[] = []
  #more = 0
  readonly #named = new Named()
  readonly #keys: Set<string>
  readonly #kept = new Map<string, string>()
  readonly #last = new Map<string, { seq: number; hash: string }>()
  #head: { hash: string; where: string } | null = null
  #version = { number: 0, hash: genesis }
  #entries = 0
  #heads = 0
  #lastSignedAt: string | null = null

  constructor(keys: string[] = []) {
    this.#keys = new Set(keys)
  }

  /** A head that was kept elsewhere: what it names, and all that was signed before it, must be here. */
  expect(head: SignedHead, where: string): void {
    if (this.#name(head, where)) this.#kept.set(headsHash(head.heads), where)
  }

  /** What the lines say of one another: signed heads, and the heads that a new chain begins with. */
  learn(line: RecordLine): void {
    if (line.type === 'heads') this.#signed(line.head)
    if (line.type !== 'entry' || line.entry.kind !== 'chain') return
    const problem = this.#named.opening(line.entry, placeOf(line.entry))
    if (problem !== null) this.#found(placeOf(line.entry), problem)
  }

  /** Versions before entries; within a chain, entries in order. */
  take(line: RecordLine): void {
    if (line.type === 'entry') this.#entry(line.entry)
    else if (line.type === 'version') this.#policy(line.version)
    else if (line.type !== 'heads') this.#found('a line', 'it is neither an entry, a version nor signed heads')
  }

  end(): Report {
    for (const [, where] of this.#kept) this.#found(where, 'it is not among the signed heads here: some were cut off')
    for (const { chain, seq, where } of this.#named.ends()) {
      const last = this.#last.get(chain)?.seq ?? 0
      if (seq > last)
        this.#found(
          `chain ${chain} entry ${seq}`,
          `it is missing with all from entry ${last + 1} on, but ${where} names it: the end was cut off`,
        )
    }
    const policy = this.#named.policy()
    if (policy !== null && policy.number > this.#version.number)
      this.#found(`policy version ${policy.number}`, `it is missing, but ${policy.where} names it`)
    if (this.#more > 0) this.#findings.push({ where: 'the record', problem: `${this.#more} more findings` })
    return {
      findings: this.#findings,
      entries: this.#entries,
      chains: this.#last.size,
      versions: this.#version.number,
      heads: this.#heads,
      lastSignedAt: this.#lastSignedAt,
      keys: [...this.#keys],
    }
  }

  #signed(head: SignedHead): void {
    this.#heads += 1
    const where = `heads ${head.number}`
    if (this.#keys.size === 0) this.#keys.add(head.publicKey)
    const text = this.#name(head, where)
    if (text === null) return
    const hash = headsHash(head.heads)
    this.#kept.delete(hash)
    if (text.previous !== (this.#head?.hash ?? genesis))
      this.#found(where, `it does not follow ${this.#head?.where ?? 'the beginning'}: signed heads are missing`)
    this.#head = { hash, where }
    this.#lastSignedAt = text.at
  }

  /** Notes what a signed head says, if it is one; null otherwise. */
  #name(head: SignedHead, where: string): HeadsText | null {
    if (!isSigned(head)) this.#found(where, 'the signature is not valid')
    else if (this.#keys.size > 0 && !this.#keys.has(head.publicKey)) this.#found(where, 'it is signed by another key')
    else {
      const text = JSON.parse(head.heads) as HeadsText
      for (const problem of this.#named.signed(text, where)) this.#found(where, problem)
      return text
    }
    return null
  }

  #entry(entry: Entry): void {
    this.#entries += 1
    const where = placeOf(entry)
    const last = this.#last.get(entry.chain) ?? { seq: 0, hash: genesis }
    if (entry.seq > last.seq + 1) this.#found(where, `entries ${last.seq + 1} to ${entry.seq - 1} are missing`)
    else if (entry.seq <= last.seq) this.#found(where, 'it stands out of order or twice')
    else if (entry.previousHash !== last.hash) this.#found(where, 'it does not follow the entry before it')
    if (entryHash(entry.previousHash, entry) !== entry.hash) this.#found(where, 'it was changed after it was written')
    if (entry.policyVersion > this.#version.number)
      this.#found(where, `it speaks of policy version ${entry.policyVersion}, which is missing`)
    for (const problem of this.#named.about(entry)) this.#found(where, problem)
    this.#last.set(entry.chain, { seq: entry.seq, hash: entry.hash })
  }

  #policy(version: Omit<PolicyVersion, 'at'> & { at: string }): void {
    const where = `policy version ${version.number}`
    if (version.number !== this.#version.number + 1)
      this.#found(where, `version ${this.#version.number + 1} is missing`)
    else if (version.previousHash !== this.#version.hash) this.#found(where, 'it does not follow the version before it')
    if (versionHash(version) !== version.hash) this.#found(where, 'it was changed after it was published')
    const other = this.#named.versionProblem(version)
    if (other !== null) this.#found(where, other)
    this.#version = { number: version.number, hash: version.hash }
  }

  #found(where: string, problem: string): void {
    if (this.#findings.length < findingsMax) this.#findings.push({ where, problem })
    else this.#more += 1
  }
}

const placeOf = ({ chain, seq, id }: Entry): string => `chain ${chain} entry ${seq} (${id})`
