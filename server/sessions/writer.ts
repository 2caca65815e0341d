import type { Logger } from 'pino'
import type { Metrics } from '../metrics'
import type { EntryDraft } from '../types'
import { Debts } from './debts'
import { isInDoubt, isUnavailable, unavailable } from './failures'
import { type Terms, usedBy, type Written } from './insert'
import { Ledger } from './ledger'

export type OpenResult = Written
export type OpenTerms = Terms & { version: number }

export type Writer = {
  /** Durable when it resolves to `open`; written only under its terms. */
  open(entry: EntryDraft, terms: OpenTerms): Promise<OpenResult>
  /** Durable when it resolves; rejects when it cannot be written. */
  append(entry: EntryDraft): Promise<void>
  /** Age in ms of the oldest entry that still waits. */
  lagMs(): number
  close(): Promise<void>
}

type Waiting = {
  draft: EntryDraft
  terms: OpenTerms | null
  since: number
  resolve(result: OpenResult): void
  reject(error: unknown): void
}

export type WriterOptions = {
  connectionString: string
  instanceId: string
  log: Logger
  metrics: Pick<Metrics, 'recordLag'>
  writeWithinMs?: number
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

const isAlone = (waiting: Waiting | undefined): boolean => waiting?.terms != null && usedBy(waiting.terms) !== null

const groupMax = 500
const waitingMax = 20_000

/** One writer a process, one INSERT in flight: what arrives meanwhile goes with the next, so durability costs latency only. */
export async function startWriter(options: WriterOptions): Promise<Writer> {
  const writer = new GroupWriter(options)
  await writer.start()
  return writer
}

class GroupWriter implements Writer {
  readonly #options: WriterOptions
  #ledger: Ledger | null = null
  #queue: Waiting[] = []
  #flight: Waiting[] = []
  readonly #debts = new Debts()
  #running = false
  #done = Promise.resolve()

  constructor(options: WriterOptions) {
    this.#options = options
  }

  async start(): Promise<void> {
    this.#ledger = await Ledger.open({ ...this.#options, back: (committed) => this.#pay(committed) })
  }

  open(draft: EntryDraft, terms: OpenTerms): Promise<OpenResult> {
    return new Promise((resolve, reject) => this.#add({ draft, terms, since: performance.now(), resolve, reject }))
  }

  append(draft: EntryDraft): Promise<void> {
    return new Promise((resolve, reject) =>
      this.#add({ draft, terms: null, since: performance.now(), resolve: () => resolve(), reject }),
    )
  }

  lagMs(): number {
    const oldest = this.#flight[0] ?? this.#queue[0]
    return oldest === undefined ? 0 : performance.now() - oldest.since
  }

  /** The chain is closed by recovery, which first closes the calls in it that never got their answer's entry. */
  async close(): Promise<void> {
    const ledger = this.#ledger
    this.#ledger = null
    await this.#done
    await ledger?.close()
  }

  #add(waiting: Waiting): void {
    if (this.#ledger?.ready() !== true) this.#refuse([waiting], unavailable('the record cannot be written now'))
    else if (this.#queue.length >= waitingMax)
      this.#refuse([waiting], unavailable('the record is too far behind; try again'))
    else {
      this.#queue.push(waiting)
      if (this.#running) return
      this.#running = true
      this.#done = this.#run(this.#ledger)
    }
  }

  async #run(ledger: Ledger): Promise<void> {
    while (this.#queue.length > 0) {
      // Whoever arrives in this turn of the event loop goes with the group: a statement costs more than an entry.
      await turn()
      const group = this.#nextGroup()
      this.#options.metrics.recordLag.set((performance.now() - (group[0]?.since ?? 0)) / 1000)
      await this.#write(ledger, group)
    }
    this.#options.metrics.recordLag.set(0)
    // In the same breath as the look at the queue: who comes after this starts the next run.
    this.#running = false
    // What was refused because too much waited, while the database was there all along.
    if (ledger.ready()) this.#pay(null)
  }

  /** Entries that use something up go alone; the others together, as long as they were decided on one policy version. */
  #nextGroup(): Waiting[] {
    if (isAlone(this.#queue[0])) return this.#queue.splice(0, 1)
    let version: number | null = null
    let size = 0
    for (const waiting of this.#queue) {
      const { terms } = waiting
      if (size === groupMax || isAlone(waiting)) break
      if (terms !== null && version !== null && terms.version !== version) break
      version ??= terms?.version ?? null
      size += 1
    }
    return this.#queue.splice(0, size)
  }

  async #write(ledger: Ledger, group: Waiting[]): Promise<void> {
    const terms = group.find((one) => one.terms !== null)?.terms ?? { version: null, grantId: null }
    this.#flight = group
    try {
      const drafts = group.map(({ draft }) => draft)
      await this.#settle(ledger, group, await ledger.write(drafts, terms))
    } catch (error) {
      if (isUnavailable(error)) this.#lost(group, error as Error)
      else if (group.length === 1) group[0]?.reject(error)
      else await this.#halve(ledger, group)
    } finally {
      this.#flight = []
    }
  }

  /** One caller's odd bytes must hurt nobody else, nor cost a statement for each entry beside them. */
  async #halve(ledger: Ledger, group: Waiting[]): Promise<void> {
    const half = group.length >> 1
    await this.#write(ledger, group.slice(0, half))
    await this.#write(ledger, group.slice(half))
  }

  /** Those that were decided on an older policy are told; what goes on any policy is written without them. */
  async #settle(ledger: Ledger, group: Waiting[], written: Written): Promise<void> {
    const told = written.state === 'policy-moved' ? group.filter(({ terms }) => terms !== null) : group
    for (const { resolve } of told) resolve(written)
    // At once: beside those that come next, which may be too old again, they could wait for as long as such ones come.
    if (told.length < group.length)
      await this.#write(
        ledger,
        group.filter(({ terms }) => terms === null),
      )
  }

  #lost(group: Waiting[], error: Error): void {
    this.#refuse(group, error, error.cause !== undefined && isInDoubt(error.cause))
    this.#refuse(this.#queue.splice(0), error)
  }

  #refuse(refused: Waiting[], error: unknown, inDoubt = false): void {
    for (const { draft, reject } of refused) {
      this.#debts.add(draft, inDoubt)
      reject(error)
    }
  }

  #pay(committed: Set<string> | null): void {
    for (const entry of this.#debts.due(committed))
      this.append(entry).catch((error) => {
        // Else it is owed again.
        if (!isUnavailable(error)) this.#options.log.warn({ err: error }, 'a refused call was left open')
      })
  }
}
