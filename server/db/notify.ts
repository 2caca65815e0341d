import { sql } from 'drizzle-orm'
import pg from 'pg'
import type { Logger } from 'pino'
import type { Database, Transaction } from '../context'

/** `held`: between instances alone; a client takes back a request that one of them holds. */
const topics = ['reviews', 'grants', 'policy', 'agents', 'connections', 'held'] as const
export type Topic = (typeof topics)[number]

/** LISTEN/NOTIFY. A listener is told what changed, or `''`: look for yourself, something may have been missed. */
export type Bell = {
  on(topic: Topic, listener: (payload: string) => void): () => void
  /** How often it rang by now, to ask `since` with. */
  count(): number
  /** Topics it rang for after that, or may have. */
  since(count: number): Topic[]
  close(): Promise<void>
}

const channel = 'sallyport'
const lookEveryMs = 5000
const backoffMs = { first: 100, most: 5000 }

/**
 * Listens on a connection of its own, made again when it breaks. After that, and every five seconds, each listener is
 * called with `''`. Rejects when the first connection cannot be made.
 */
export async function startBell(connectionString: string, log: Logger): Promise<Bell> {
  const listeners = new Map<Topic, Set<(payload: string) => void>>()
  // When it rang for each last, counted in rings; all of them after a broken line.
  const last = new Map<Topic, number>()
  let [rings, missedAt] = [0, 0]
  const call = (listener: (payload: string) => void, payload: string) => {
    try {
      listener(payload)
    } catch (error) {
      log.error({ err: error }, 'a listener of the bell failed')
    }
  }
  const lookAll = () => {
    for (const [, some] of listeners) for (const listener of some) call(listener, '')
  }
  const hear = ({ payload }: pg.Notification) => {
    const heard = parse(payload)
    rings += 1
    if (heard !== null) last.set(heard.topic as Topic, rings)
    for (const listener of listeners.get(heard?.topic as Topic) ?? []) call(listener, heard?.payload ?? '')
  }
  const reconnected = () => {
    rings += 1
    missedAt = rings
    lookAll()
  }
  const line = await keepListening(connectionString, hear, reconnected, log)
  const look = setInterval(() => {
    lookAll()
    line.check()
  }, lookEveryMs)
  return {
    on: (topic, listener) => {
      const some = listeners.get(topic) ?? new Set()
      listeners.set(topic, some.add(listener))
      return () => void some.delete(listener)
    },
    count: () => rings,
    since: (count) => topics.filter((topic) => Math.max(missedAt, last.get(topic) ?? 0) > count),
    close: async () => {
      clearInterval(look)
      listeners.clear()
      await line.close()
    },
  }
}

/** Inside the transaction of the change, so that it rings when the change is there, and not if it is not. */
export const ring = (tx: Database | Transaction, topic: Topic, payload: string): Promise<void> =>
  ringAll(tx, [{ topic, payload }])

/** Several at once, for one round trip. */
export async function ringAll(tx: Database | Transaction, rings: { topic: Topic; payload: string }[]): Promise<void> {
  const texts = sql.param(rings.map(({ topic, payload }) => JSON.stringify({ topic, payload })))
  await tx.execute(sql`select pg_notify(${channel}, said) from unnest(${texts}::text[]) said`)
}

function parse(text: string | undefined): { topic: string; payload: string } | null {
  try {
    return JSON.parse(text ?? '') as { topic: string; payload: string }
  } catch {
    return null
  }
}

type Line = { check(): void; close(): Promise<void> }

async function keepListening(
  connectionString: string,
  hear: (notification: pg.Notification) => void,
  reconnected: () => void,
  log: Logger,
): Promise<Line> {
  let closed = false
  let client = await listen(connectionString, hear, lost)
  let again: NodeJS.Timeout | undefined

  function lost(): void {
    if (closed) return
    log.warn('the bell lost its database connection')
    retry(backoffMs.first)
  }

  function retry(waitMs: number): void {
    again = setTimeout(async () => {
      try {
        const next = await listen(connectionString, hear, lost)
        if (closed) return void next.end().catch(() => {})
        client = next
        log.info('the bell is connected again')
        reconnected()
      } catch {
        if (!closed) retry(Math.min(waitMs * 2, backoffMs.most))
      }
    }, waitMs)
  }

  return {
    // A peer that vanished without a word is noticed by asking; the query's timeout destroys the connection.
    check: () => void client.query('select 1').catch(() => client.end().catch(() => {})),
    close: async () => {
      closed = true
      clearTimeout(again)
      await client.end().catch(() => {})
    },
  }
}

/** `lost` is called once when the connection ends, for whatever reason. */
async function listen(
  connectionString: string,
  hear: (notification: pg.Notification) => void,
  lost: () => void,
): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString,
    application_name: 'sallyport bell',
    connectionTimeoutMillis: 5000,
    query_timeout: 4000,
    keepAlive: true,
  })
  client.on('error', () => {})
  client.on('notification', hear)
  try {
    await client.connect()
    await client.query(`listen ${channel}`)
  } catch (error) {
    await client.end().catch(() => {})
    throw error
  }
  client.once('end', lost)
  return client
}
