import type { Logger } from 'pino'
import type { Metrics } from '../metrics'
import type { EntryDraft } from '../types'
import { owed } from './closing'
import { isUnavailable, unavailable } from './failures'
import type { Written } from './insert'
import { Ledger } from './ledger'

export type OpenResult = Written

export type Writer = {
  /** Durable when it resolves to `open`; written only on the newest policy version and, with `grantId`, with one use of it taken. */
  open(entry: EntryDraft, terms: { version: number; grantId: string | null }): Promise<OpenResult>
  /** Durable when it resolves; rejects when it cannot be written. */
  append(entry: EntryDraft): Promise<void>
  /** Age in ms of the oldest entry that still waits. */
  lagMs(): number
  close(): Promise<void>
}

type Waiting = {
  draft: EntryDraft
  terms: { version: number; grantId: string | null } | null
  since: number
  resolve(result: OpenResult): void
  reject(error: unknown): void
}

export type WriterOptions = {
  connectionString: string
  instanceId: string
  log: Logger
  metrics: Pick<Metrics, 'recordLag'>
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

const groupMax = 500
const waitingMax = 20_000
const owedMax = 10_000

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
  /** Refused while the database was away. */
  #owed: EntryDraft[] = []
  #running = false
  #done = Promise.resolve()

  constructor(options: WriterOptions) {
    this.#options = options
  }

  async start(): Promise<void> {
    this.#ledger = await Ledger.open({ ...this.#options, back: (committed) => this.#back(committed) })
  }

  open(draft: EntryDraft, terms: { version: number; grantId: string | null }): Promise<OpenResult> {
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
  }

  /** Entries that use a grant go alone; the others together, as long as they were decided on one policy version. */
  #nextGroup(): Waiting[] {
    if (this.#queue[0]?.terms?.grantId != null) return this.#queue.splice(0, 1)
    let version: number | null = null
    let size = 0
    for (const { terms } of this.#queue) {
      if (size === groupMax || terms?.grantId != null) break
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
      this.#settle(group, await ledger.write(drafts, terms))
    } catch (error) {
      if (isUnavailable(error)) this.#refuse([...group, ...this.#queue.splice(0)], error)
      else if (group.length === 1) group[0]?.reject(error)
      // One caller's odd bytes must hurt nobody else.
      else for (const one of group) await this.#write(ledger, [one])
    } finally {
      this.#flight = []
    }
  }

  /** Those that were decided on an older policy are told; what goes on any policy waits for the next group. */
  #settle(group: Waiting[], written: Written): void {
    const told = written.state === 'policy-moved' ? group.filter(({ terms }) => terms !== null) : group
    if (told.length < group.length) this.#queue.unshift(...group.filter(({ terms }) => terms === null))
    for (const { resolve } of told) resolve(written)
  }

  #refuse(refused: Waiting[], error: unknown): void {
    for (const { draft, reject } of refused) {
      if (this.#owed.length < owedMax) this.#owed.push(draft)
      reject(error)
    }
  }

  #back(committed: Set<string>): void {
    const entries = this.#owed.splice(0).map((draft) => owed(draft, committed.has(draft.id)))
    for (const entry of entries)
      if (entry !== null)
        this.append(entry).catch((error) => this.#options.log.warn({ err: error }, 'a refused call was left open'))
  }
}
