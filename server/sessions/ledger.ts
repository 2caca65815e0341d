import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { Logger } from 'pino'
import { chained, genesis } from '../audit/chain'
import type { Entry, EntryDraft } from '../types'
import { chainOpened, type Head } from './chain-opened'
import { isInDoubt, isLoss, unavailable } from './failures'
import { insertEntries, type Terms, type Written } from './insert'

export type LedgerOptions = {
  connectionString: string
  instanceId: string
  log: Logger
  /** The database is back. `committed`: ids of entries whose commit was in doubt, and did happen. */
  back(committed: Set<string>): void
  /** A database that says nothing for so long is as good as gone. */
  writeWithinMs?: number
}

const dialWithinMs = 5_000
const graceMs = 1_000
const redialMs = [100, 250, 500, 1000, 2000]

/** The chain of this process, on a connection of its own. One write at a time: that gives the chain its order. */
export class Ledger {
  readonly #options: LedgerOptions
  #client: pg.Client | null = null
  #head: Head = { chain: randomUUID(), seq: 0, hash: genesis }
  /** Groups that were sent and never answered, by the hash of their last entry. */
  readonly #doubts = new Map<string, string[]>()
  /** Since something was written: a database that can be reached but takes nothing is not asked ten times a second. */
  #redials = 0
  #closed = false

  private constructor(options: LedgerOptions) {
    this.#options = options
  }

  static async open(options: LedgerOptions): Promise<Ledger> {
    const ledger = new Ledger(options)
    await ledger.#dial()
    return ledger
  }

  ready(): boolean {
    return this.#client !== null && !this.#closed
  }

  /** Durable when it says `open`. Throws `unavailable` when the connection is lost; anything else is about these entries. */
  async write(drafts: EntryDraft[], terms: Terms): Promise<Written> {
    const client = this.#client
    if (client === null) throw unavailable('the record cannot be written now')
    const entries = this.#placed(drafts)
    const last = entries.at(-1)
    if (last === undefined) return { state: 'open' }
    try {
      const written = await insertEntries(client, entries, terms)
      if (written.state === 'open') {
        this.#head = last
        this.#doubts.clear()
        this.#redials = 0
      }
      return written
    } catch (error) {
      if (!isLoss(error)) throw error
      if (isInDoubt(error))
        this.#doubts.set(
          last.hash,
          entries.map(({ id }) => id),
        )
      this.#lose(client, error)
      throw unavailable('the record cannot be written now', error)
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    const client = this.#client
    this.#client = null
    await client?.end().catch(() => {})
  }

  #placed(drafts: EntryDraft[]): Entry[] {
    let { chain, seq, hash } = this.#head
    return drafts.map((draft) => {
      const entry = chained(draft, chain, seq + 1, hash)
      ;({ seq, hash } = entry)
      return entry
    })
  }

  #lose(client: pg.Client, error: unknown): void {
    if (this.#client !== client) return
    this.#client = null
    this.#options.log.error({ err: error }, 'the record lost its database; calls are refused until it is back')
    void client.end().catch(() => {})
    void this.#redial()
  }

  async #redial(): Promise<void> {
    for (;;) {
      await sleep(redialMs[Math.min(this.#redials, redialMs.length - 1)], undefined, { ref: false })
      this.#redials += 1
      if (this.#closed) return
      try {
        const committed = await this.#dial()
        this.#options.log.info('the record is written again')
        return this.#options.back(committed)
      } catch (error) {
        this.#options.log.warn({ err: error }, 'the record still has no database')
      }
    }
  }

  async #dial(): Promise<Set<string>> {
    const { writeWithinMs = 15_000 } = this.#options
    const client = new pg.Client({
      connectionString: this.#options.connectionString,
      application_name: 'sallyport record',
      connectionTimeoutMillis: dialWithinMs,
      query_timeout: writeWithinMs + graceMs,
      keepAlive: true,
    })
    client.on('error', (error) => this.#lose(client, error))
    try {
      await client.connect()
      // PostgreSQL gives up by itself, and first: a statement that waits for a lock does not notice that we hung up, and each
      // redial would leave one more behind.
      await client.query(`set statement_timeout = ${writeWithinMs}`)
      const committed = await this.#findHead(client)
      if (this.#closed) throw unavailable('the record is closed')
      this.#client = client
      return committed
    } catch (error) {
      void client.end().catch(() => {})
      throw error
    }
  }

  /** A commit whose answer was lost must not fork the chain, and nobody else may have written to it. */
  async #findHead(client: pg.Client): Promise<Set<string>> {
    const { chain, seq, hash } = this.#head
    if (seq === 0) return this.#openChain(client, null)
    await client.query('begin')
    // Waits for what an earlier connection of ours may still be committing.
    await client.query('select from chains where id = $1 for update', [chain])
    const { rows } = await client.query('select seq, hash from entries where chain = $1 order by seq desc limit 1', [
      chain,
    ])
    await client.query('commit')
    const found = { chain, seq: Number(rows[0]?.seq ?? 0), hash: String(rows[0]?.hash) }
    if (found.seq === seq && found.hash === hash) return new Set()
    const committed = this.#doubts.get(found.hash)
    if (committed === undefined) {
      this.#options.log.error({ written: this.#head, found }, 'the end of the chain is not what this process wrote')
      return this.#openChain(client, this.#head)
    }
    this.#head = found
    return new Set(committed)
  }

  /** The first entry names the heads that are open at this moment, so that chains are tied to each other. */
  async #openChain(client: pg.Client, abandons: Head | null): Promise<Set<string>> {
    const { rows } = await client.query('select id, seq, hash from chains where closed_at is null order by id')
    const heads = rows.map((row) => ({ chain: row.id, seq: Number(row.seq), hash: row.hash }))
    const { instanceId } = this.#options
    const chain = randomUUID()
    const entry = chained(chainOpened(instanceId, heads, abandons), chain, 1, genesis)
    await client.query('begin')
    await client.query(`insert into chains (id, kind, instance_id, seq, hash) values ($1, 'calls', $2, 0, $3)`, [
      chain,
      instanceId,
      genesis,
    ])
    await insertEntries(client, [entry], { version: null, grantId: null })
    await client.query('commit')
    this.#head = entry
    return new Set()
  }
}
