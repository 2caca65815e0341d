import type { Entry, PolicyVersion } from '../types'
import { entryHash, genesis } from './chain'
import { isSigned } from './heads'
import type { Finding, Report } from './schemas'
import { versionHash } from './version-hash'

/** One line of an export. */
export type RecordLine =
  | { type: 'entry'; entry: Omit<Entry, 'at'> & { at: string } }
  | { type: 'version'; version: Omit<PolicyVersion, 'at'> & { at: string } }
  | { type: 'heads'; head: SignedHead }

export type SignedHead = { number: number; heads: string; publicKey: string; signature: string }
type Head = { chain: string; seq: number; hash: string }

const findingsMax = 100

/**
 * Verifies a record without the server: each chain of entries, each version of the policy, each set of signed heads. `known` are
 * heads kept elsewhere: what they name must be here, so nothing before them was cut off. `publicKey`, when given, is the only
 * signer that counts.
 */
export class RecordVerifier {
  readonly #findings: Finding[] = []
  readonly #last = new Map<string, { seq: number; hash: string }>()
  readonly #wanted = new Map<string, Map<number, { hash: string; where: string }>>()
  readonly #publicKey: string | null
  #version = { number: 0, hash: genesis }
  #entries = 0
  #heads = 0
  #lastSignedAt: string | null = null

  constructor(publicKey: string | null = null) {
    this.#publicKey = publicKey
  }

  /** Signed heads come first, then the rest in any order between chains; within a chain, in order. */
  take(line: RecordLine): void {
    if (line.type === 'entry') this.#entry({ ...line.entry, at: new Date(line.entry.at) })
    else if (line.type === 'version') this.#policy({ ...line.version, at: new Date(line.version.at) })
    else this.expect(line.head, `heads ${line.head.number}`)
  }

  /** Heads that must be found; also for a head that was kept elsewhere. */
  expect(head: SignedHead, where: string): void {
    this.#heads += 1
    if (!isSigned(head)) this.#found(where, 'the signature is not valid')
    else if (this.#publicKey !== null && head.publicKey !== this.#publicKey)
      this.#found(where, 'it is signed by another key')
    else this.#want(head, where)
  }

  #want(head: SignedHead, where: string): void {
    const { at, heads } = JSON.parse(head.heads) as { at: string; heads: Head[] }
    if (this.#lastSignedAt === null || at > this.#lastSignedAt) this.#lastSignedAt = at
    for (const { chain, seq, hash } of heads) {
      if (seq === 0) continue
      const wanted = this.#wanted.get(chain) ?? new Map()
      const before = wanted.get(seq)
      if (before !== undefined && before.hash !== hash)
        this.#found(where, `it contradicts ${before.where} about entry ${seq} of chain ${chain}`)
      this.#wanted.set(chain, wanted.set(seq, { hash, where }))
    }
  }

  end(): Report {
    for (const [chain, wanted] of this.#wanted)
      for (const [seq, { where }] of wanted)
        this.#found(
          `chain ${chain} entry ${seq}`,
          `it is missing, but ${where} names it: the end was cut off, or it was removed`,
        )
    return {
      findings: this.#findings,
      entries: this.#entries,
      chains: this.#last.size,
      versions: this.#version.number,
      heads: this.#heads,
      lastSignedAt: this.#lastSignedAt,
    }
  }

  #entry(entry: Entry): void {
    this.#entries += 1
    const where = `chain ${entry.chain} entry ${entry.seq} (${entry.id})`
    const last = this.#last.get(entry.chain) ?? { seq: 0, hash: genesis }
    if (entry.seq !== last.seq + 1)
      this.#found(
        where,
        entry.seq > last.seq + 1
          ? `entries ${last.seq + 1} to ${entry.seq - 1} are missing`
          : 'it stands out of order or twice',
      )
    else if (entry.previousHash !== last.hash) this.#found(where, 'it does not follow the entry before it')
    if (entryHash(entry.previousHash, entry) !== entry.hash) this.#found(where, 'it was changed after it was written')
    const wanted = this.#wanted.get(entry.chain)?.get(entry.seq)
    if (wanted !== undefined && wanted.hash !== entry.hash)
      this.#found(where, `it is not the entry that ${wanted.where} names`)
    this.#wanted.get(entry.chain)?.delete(entry.seq)
    this.#last.set(entry.chain, { seq: entry.seq, hash: entry.hash })
  }

  #policy(version: PolicyVersion): void {
    const where = `policy version ${version.number}`
    if (version.number !== this.#version.number + 1)
      this.#found(where, `version ${this.#version.number + 1} is missing`)
    else if (version.previousHash !== this.#version.hash) this.#found(where, 'it does not follow the version before it')
    if (versionHash(version) !== version.hash) this.#found(where, 'it was changed after it was published')
    this.#version = { number: version.number, hash: version.hash }
  }

  #found(where: string, problem: string): void {
    if (this.#findings.length < findingsMax) this.#findings.push({ where, problem })
  }
}
