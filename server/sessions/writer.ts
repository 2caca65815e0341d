import { randomUUID } from 'node:crypto'
import pg from 'pg'
import type { Logger } from 'pino'
import { chained, genesis } from '../audit/chain'
import type { Metrics } from '../metrics'
import type { Entry, EntryDraft } from '../types'
import { chainOpened } from './chain-opened'
import { isConnectionLoss, unavailable } from './failures'
import { insertEntries, takeGrant } from './insert'

export type OpenResult = { state: 'open' } | { state: 'policy-moved'; version: number } | { state: 'grant-gone' }

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

const groupMax = 500
const waitingMax = 20_000
const redialMs = [100, 250, 500, 1000, 2000]

/** One writer a process, one INSERT in flight: what arrives meanwhile goes with the next, so durability costs latency only. */
export async function startWriter(options: WriterOptions): Promise<Writer> {
  const writer = new GroupWriter(options)
  await writer.dial()
  return {
    open: (draft, terms) => writer.open(draft, terms),
    append: (draft) => writer.append(draft),
    lagMs: () => writer.lagMs(),
    close: () => writer.close(),
  }
}

class GroupWriter implements Writer {
  readonly #options: WriterOptions
  readonly #chain = randomUUID()
  #client: pg.Client | null = null
  #head = { seq: 0, hash: genesis }
  #queue: Waiting[] = []
  #running: Promise<void> | null = null
  #dialling: Promise<void> | null = null
  #closed = false

  constructor(options: WriterOptions) {
    this.#options = options
  }

  open(draft: EntryDraft, terms: { version: number; grantId: string | null }): Promise<OpenResult> {
    return this.#enqueue(draft, terms)
  }

  async append(draft: EntryDraft): Promise<void> {
    await this.#enqueue(draft, null)
  }

  lagMs(): number {
    const oldest = this.#queue[0]
    return oldest === undefined ? 0 : performance.now() - oldest.since
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#running
    // The chain is closed by recovery, which first closes the calls in it that never got their answer's entry.
    await this.#client?.end().catch(() => {})
  }

  #enqueue(draft: EntryDraft, terms: Waiting['terms']): Promise<OpenResult> {
    if (this.#client === null) return Promise.reject(unavailable('the record cannot be written now'))
    if (this.#queue.length >= waitingMax) return Promise.reject(unavailable('the record is too far behind'))
    return new Promise((resolve, reject) => {
      this.#queue.push({ draft, terms, since: performance.now(), resolve, reject })
      this.#running ??= this.#run().finally(() => {
        this.#running = null
      })
    })
  }

  async #run(): Promise<void> {
    // Whoever arrives in this turn of the event loop goes with the first group.
    await Promise.resolve()
    while (this.#queue.length > 0) {
      this.#options.metrics.recordLag.set(this.lagMs() / 1000)
      const group = this.#nextGroup()
      try {
        await this.#write(group)
      } catch (error) {
        await this.#failed(group, error)
      }
    }
    this.#options.metrics.recordLag.set(0)
  }

  /** Entries that use a grant go alone; the others together, as long as they were decided on one policy version. */
  #nextGroup(): Waiting[] {
    const first = this.#queue[0]
    if (first === undefined) return []
    if (first.terms?.grantId != null) return this.#queue.splice(0, 1)
    let version = first.terms?.version ?? null
    let size = 0
    for (const { terms } of this.#queue) {
      if (size === groupMax || terms?.grantId != null) break
      if (terms !== null && version !== null && terms.version !== version) break
      version ??= terms?.version ?? null
      size += 1
    }
    return this.#queue.splice(0, size)
  }

  async #write(group: Waiting[]): Promise<void> {
    const client = this.#client
    if (client === null) throw unavailable('the record cannot be written now')
    const grantId = group[0]?.terms?.grantId ?? null
    const version = group.find(({ terms }) => terms !== null)?.terms?.version ?? null
    const entries = this.#placed(group.map(({ draft }) => draft))
    if (grantId !== null) await client.query('begin')
    if (grantId !== null && !(await takeGrant(client, grantId))) {
      await client.query('rollback')
      return group[0]?.resolve({ state: 'grant-gone' })
    }
    const written = await insertEntries(client, entries, version)
    if (grantId !== null) await client.query(written.inserted ? 'commit' : 'rollback')
    if (!written.inserted) return this.#moved(group, written.version)
    const last = entries.at(-1)
    if (last !== undefined) this.#head = { seq: last.seq, hash: last.hash }
    for (const { resolve } of group) resolve({ state: 'open' })
  }

  /** Those that were decided on an older policy are told; the rest waits for the next group. */
  #moved(group: Waiting[], version: number): void {
    const rest = group.filter(({ terms }) => terms === null || terms.version === version)
    for (const one of group) if (!rest.includes(one)) one.resolve({ state: 'policy-moved', version })
    this.#queue.unshift(...rest)
  }

  #placed(drafts: EntryDraft[]): Entry[] {
    let { seq, hash } = this.#head
    return drafts.map((draft) => {
      const entry = chained(draft, this.#chain, seq + 1, hash)
      seq = entry.seq
      hash = entry.hash
      return entry
    })
  }

  async #failed(group: Waiting[], error: unknown): Promise<void> {
    if (!isConnectionLoss(error)) {
      await this.#client?.query('rollback').catch(() => {})
      // One caller's odd bytes must hurt nobody else.
      if (group.length === 1) group[0]?.reject(error)
      else for (const one of group) await this.#write([one]).catch((alone: unknown) => this.#failed([one], alone))
      return
    }
    this.#lost(error)
    for (const { reject } of [...group, ...this.#queue.splice(0)])
      reject(unavailable('the record cannot be written now', error))
  }

  #lost(error: unknown): void {
    if (this.#client === null) return
    this.#options.log.error({ err: error }, 'the record lost its database; calls are refused until it is back')
    this.#client.removeAllListeners('error').on('error', () => {})
    void this.#client.end().catch(() => {})
    this.#client = null
    this.#dialling ??= this.#redial().finally(() => {
      this.#dialling = null
    })
  }

  async #redial(): Promise<void> {
    for (let attempt = 0; !this.#closed; attempt += 1) {
      await new Promise((wait) => setTimeout(wait, redialMs[Math.min(attempt, redialMs.length - 1)]))
      try {
        await this.dial()
        this.#options.log.info('the record is written again')
        return
      } catch (error) {
        this.#options.log.warn({ err: error }, 'the record still has no database')
      }
    }
  }

  /** Connects and finds the head: a commit whose answer was lost must not fork the chain. */
  async dial(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.#options.connectionString,
      application_name: 'sallyport record',
    })
    await client.connect()
    client.on('error', (error) => this.#lost(error))
    const { rows } = await client.query('select seq, hash from entries where chain = $1 order by seq desc limit 1', [
      this.#chain,
    ])
    this.#head = rows[0] === undefined ? { seq: 0, hash: genesis } : { seq: Number(rows[0].seq), hash: rows[0].hash }
    if (rows[0] === undefined) await this.#openChain(client)
    this.#client = client
  }

  /** The first entry names the heads that are known at this moment, so that chains are tied to each other. */
  async #openChain(client: pg.Client): Promise<void> {
    const { rows } = await client.query('select id, seq, hash from chains order by id')
    const heads = rows.map((row) => ({ chain: row.id, seq: Number(row.seq), hash: row.hash }))
    const { instanceId } = this.#options
    await client.query('begin')
    await client.query(`insert into chains (id, kind, instance_id, seq, hash) values ($1, 'calls', $2, 0, $3)`, [
      this.#chain,
      instanceId,
      genesis,
    ])
    const entry = chained(chainOpened(instanceId, heads), this.#chain, 1, genesis)
    await insertEntries(client, [entry], null)
    await client.query('commit')
    this.#head = { seq: 1, hash: entry.hash }
  }
}
