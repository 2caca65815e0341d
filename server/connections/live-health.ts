import { desc, eq } from 'drizzle-orm'
import type { Logger } from 'pino'
import { type Database, transaction } from '../context'
import { ring } from '../db/notify'
import { connectionChecks, connections } from '../db/schema'
import type { LiveConnection } from './current'
import { keepCheck } from './keep-check'
import { targetHash } from './target-hash'

/** How a call found the target. `failure`: why it could not be used, or null. */
export type Found = { failure: string | null; latencyMs: number }

type Known = { connection: LiveConnection; found: Found; writtenAt: number; timer: NodeJS.Timeout | null }

export type HealthOptions = { db: Database; log: Logger; settleMs?: number; againMs?: number }

/**
 * The health of connections as calls find it, in the same list as tests of them: a line when it differs from the newest one. What
 * changes within `settleMs` is one change; what stays is compared again after `againMs`, because a test may have said otherwise.
 */
export class LiveHealth {
  readonly #options: Required<HealthOptions>
  readonly #known = new Map<string, Known>()

  constructor(options: HealthOptions) {
    this.#options = { settleMs: 2_000, againMs: 60_000, ...options }
  }

  saw(connection: LiveConnection, failure: string | null, latencyMs: number): void {
    const known = this.#known.get(connection.id)
    const isSame = known !== undefined && (known.found.failure === null) === (failure === null)
    if (isSame && (known.timer !== null || performance.now() - known.writtenAt < this.#options.againMs)) return
    const found = { failure, latencyMs: Math.round(latencyMs) }
    const timer = known?.timer ?? setTimeout(() => this.#write(connection.id), this.#options.settleMs).unref()
    this.#known.set(connection.id, { connection, found, writtenAt: known?.writtenAt ?? 0, timer })
  }

  #write(id: string): void {
    const known = this.#known.get(id)
    if (known === undefined) return
    this.#known.set(id, { ...known, writtenAt: performance.now(), timer: null })
    keep(this.#options.db, known).catch((err) => {
      this.#known.delete(id)
      this.#options.log.warn({ err, connection: known.connection.name }, 'the health of a connection could not be kept')
    })
  }
}

/** Nothing of a connection that is gone, or points elsewhere by now. */
const keep = (db: Database, { connection, found }: Pick<Known, 'connection' | 'found'>): Promise<void> =>
  transaction({ db }, async (tx) => {
    const { id, name } = connection
    const [row] = await tx.select().from(connections).where(eq(connections.id, id)).for('update')
    if (row === undefined || targetHash(row) !== connection.targetHash) return
    const [last] = await tx
      .select({ ok: connectionChecks.ok })
      .from(connectionChecks)
      .where(eq(connectionChecks.connectionId, id))
      .orderBy(desc(connectionChecks.id))
      .limit(1)
    const ok = found.failure === null
    if (last?.ok === ok) return
    const message = found.failure ?? 'a call was answered'
    await keepCheck(tx, id, { ok, latencyMs: found.latencyMs, message })
    await ring(tx, 'connections', name)
  })
